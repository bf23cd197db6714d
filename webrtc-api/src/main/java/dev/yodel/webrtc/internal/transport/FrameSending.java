package dev.yodel.webrtc.internal.transport;

import dev.yodel.media.EncodedFrame;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStream;

/** How the pictures of one further simulcast layer leave: its stream, its clock and its limits. Loop thread only. */
final class FrameSending {
    private final SendStream stream;
    private final FrameClock clock = new FrameClock();
    private final RateGate gate = new RateGate();
    private final VideoPackets packets;
    private SendLimits limits = SendLimits.NONE;

    FrameSending(SendStream stream, VideoPackets packets) {
        this.stream = stream;
        this.packets = packets;
    }

    SendStream stream() {
        return stream;
    }

    void limit(SendLimits within, long now) {
        limits = within;
        gate.limit(within.maxBitrateBps(), now);
    }

    /** The timestamp of the next frame. */
    long stamp(RtpCodec codec, EncodedFrame frame, long now) {
        return clock.next(frame, codec.clockRate(), now);
    }

    /** False if the frame may not, or cannot, leave. */
    boolean write(RtpCodec codec, EncodedFrame frame, long timestamp, int bytes, long now) {
        return limits.active()
                && gate.pass(timestamp, bytes, now)
                && packets.write(stream, codec, frame, timestamp, now);
    }
}
