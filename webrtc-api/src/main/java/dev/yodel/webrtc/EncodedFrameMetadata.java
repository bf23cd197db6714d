package dev.yodel.webrtc;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCEncodedAudioFrameMetadata and RTCEncodedVideoFrameMetadata, as far as something is known without looking
 * into pictures. Times are W3C's: milliseconds since 1970.
 *
 * @param synchronizationSource the stream's SSRC, 0 to 2^32-1
 * @param payloadType 0 to 127
 * @param contributingSources whom a mixer names
 * @param rtpTimestamp as on the wire, 0 to 2^32-1
 * @param mimeType for example {@code audio/opus}
 * @param sequenceNumber of received audio, 0 to 65535; else null
 * @param audioLevel of received audio that says so, 0 to 1; else null
 * @param receiveTime when its last packet came; null for what is sent
 * @param captureTime when it was captured, by the sender's clock; null if nobody said so
 * @param senderCaptureTimeOffset what to add to get the time of the clock of who sent the packet, milliseconds; null
 *     if nobody said so
 * @param rid the simulcast layer, where there is simulcast; else null (ours, beyond W3C)
 */
public record EncodedFrameMetadata(
        long synchronizationSource,
        int payloadType,
        List<Long> contributingSources,
        long rtpTimestamp,
        String mimeType,
        @Nullable Integer sequenceNumber,
        @Nullable Double audioLevel,
        @Nullable Double receiveTime,
        @Nullable Double captureTime,
        @Nullable Double senderCaptureTimeOffset,
        @Nullable String rid) {
    public EncodedFrameMetadata {
        contributingSources = List.copyOf(contributingSources);
        Objects.requireNonNull(mimeType, "mimeType");
    }
}
