package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.RandomSource;
import dev.yodel.media.EncodedFrame;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.payload.Packetizer;
import org.jspecify.annotations.Nullable;

/** From encoded video frames to the packets of a stream. Loop thread only. */
final class VideoPackets {
    private final RandomSource random;
    private final byte[] payload;
    private @Nullable Packetizer packetizer;
    private @Nullable RtpCodec codec;

    VideoPackets(RandomSource random, int maxPayloadBytes) {
        this.random = random;
        this.payload = new byte[maxPayloadBytes];
    }

    /** Sends a frame; false if its codec has no payload format or the frame does not fit that. */
    boolean write(SendStream to, RtpCodec as, EncodedFrame frame, long timestamp, long now) {
        if (!as.equals(codec)) {
            codec = as;
            packetizer = Packetizer.of(as, random.nextInt(1 << 15));
        }
        Packetizer cut = packetizer;
        byte[] data = frame.data();
        if (cut == null || cut.begin(data, 0, data.length, payload.length, false) == 0) {
            return false;
        }
        while (!cut.finished()) {
            int length = cut.next(payload, 0);
            to.write(as, payload, 0, length, timestamp, cut.finished(), -1, now);
        }
        return true;
    }
}
