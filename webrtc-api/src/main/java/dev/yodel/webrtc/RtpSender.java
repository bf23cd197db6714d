package dev.yodel.webrtc;

import dev.yodel.webrtc.internal.CapabilityList;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpSender: sends a track. RTCP needs nothing from the user. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcrtpsender-interface">WebRTC 1.0, 5.2</a>
 */
public interface RtpSender {
    /**
     * What is sent.
     *
     * @return null for nothing
     */
    @Nullable
    MediaStreamTrack track();

    /**
     * What it is sent over.
     *
     * @return null before a description is applied
     */
    @Nullable
    DtlsTransport transport();

    /**
     * Sends another track of the same kind from now on, without negotiation.
     *
     * @param track the track; null for nothing
     * @return completes when it is done; fails with {@link InvalidStateException} if the transceiver is stopped and with
     *     {@link IllegalArgumentException} if the kind differs
     */
    CompletableFuture<Void> replaceTrack(@Nullable MediaStreamTrack track);

    /**
     * Changes the streams that the peer is told of.
     *
     * @param streams the streams
     * @throws InvalidStateException if the connection is closed
     */
    void setStreams(MediaStream... streams);

    /**
     * What was negotiated.
     *
     * @return the parameters
     */
    RtpParameters getParameters();

    /**
     * What senders of a kind can do.
     *
     * @param kind audio or video
     * @return codecs and header extensions
     */
    static RtpCapabilities getCapabilities(MediaKind kind) {
        return CapabilityList.of(kind);
    }
}
