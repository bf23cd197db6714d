package dev.yodel.webrtc.internal.transport;

import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.payload.RedWriter;
import org.jspecify.annotations.Nullable;

/**
 * From encoded audio to the packets of a stream: one each, with the frame before it once more where the peer prefers
 * redundant audio (RFC 2198). Loop thread only.
 */
final class AudioPackets {
    private final byte[] payload;
    private final RedWriter redundancy = new RedWriter(1);
    private @Nullable RtpCodec before;

    AudioPackets(int maxPayloadBytes) {
        payload = new byte[maxPayloadBytes];
    }

    void write(SendStream to, RtpCodec codec, byte[] frame, long rtpTimestamp, boolean talkspurt, int level, long now) {
        RtpCodec preferred = to.parameters().codecs().get(0);
        if (!preferred.isRed() || preferred.redundantPayloadType() != codec.payloadType()) {
            before = null;
            to.write(codec, frame, 0, frame.length, rtpTimestamp, talkspurt, level, now);
            return;
        }
        if (talkspurt || !codec.equals(before)) {
            redundancy.reset();
            before = codec;
        }
        int length = redundancy.write(
                codec.payloadType(), frame, 0, frame.length, (int) rtpTimestamp, payload, 0, payload.length);
        if (length == 0) {
            to.write(codec, frame, 0, frame.length, rtpTimestamp, talkspurt, level, now);
        } else {
            to.write(preferred, payload, 0, length, rtpTimestamp, talkspurt, level, now);
        }
    }
}
