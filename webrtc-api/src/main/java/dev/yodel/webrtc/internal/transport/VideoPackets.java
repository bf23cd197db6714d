package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.RandomSource;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.FrameMetadata;
import dev.yodel.rtp.FrameExtension;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.rtp.extension.ColorSpace;
import dev.yodel.rtp.extension.PlayoutDelay;
import dev.yodel.rtp.extension.VideoLayersAllocation;
import dev.yodel.rtp.extension.VideoOrientation;
import dev.yodel.rtp.payload.Packetizer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From encoded video frames to the packets of a stream. Loop thread only. */
final class VideoPackets {
    private final RandomSource random;
    private final byte[] payload;
    private @Nullable Packetizer packetizer;
    private @Nullable RtpCodec codec;
    private FrameMetadata before = FrameMetadata.NONE;

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
        FrameMetadata said = frame.metadata();
        boolean first = true;
        while (!cut.finished()) {
            int length = cut.next(payload, 0);
            if (first && !said.equals(FrameMetadata.NONE)) {
                begin(to, said, frame.keyFrame());
            }
            if (cut.finished() && !said.equals(FrameMetadata.NONE)) {
                end(to, said, frame.keyFrame());
            }
            first = false;
            to.write(as, payload, 0, length, timestamp, cut.finished(), -1, now);
        }
        return true;
    }

    private void begin(SendStream to, FrameMetadata said, boolean keyFrame) {
        AbsoluteCaptureTime time = said.captureTime();
        if (time != null) {
            byte[] value = new byte[time.size()];
            time.write(value, 0);
            to.say(FrameExtension.CAPTURE_TIME, value);
        }
        PlayoutDelay delay = said.playoutDelay();
        if (delay != null && (keyFrame || !to.acknowledged() || !delay.equals(before.playoutDelay()))) {
            byte[] value = new byte[delay.size()];
            delay.write(value, 0);
            to.say(FrameExtension.PLAYOUT_DELAY, value);
        }
        VideoLayersAllocation layers = said.layers();
        if (layers != null && (keyFrame || !layers.equals(before.layers()))) {
            to.say(FrameExtension.LAYERS_ALLOCATION, layers.toBytes());
        }
    }

    /** 3GPP TS 26.114 7.4.5: with key frames, and wherever it changes. */
    private void end(SendStream to, FrameMetadata said, boolean keyFrame) {
        VideoOrientation orientation = said.orientation();
        boolean turned = orientation != null && orientation.rotationDegrees() != 0;
        if (orientation != null && (keyFrame || turned || !orientation.equals(before.orientation()))) {
            byte[] value = new byte[orientation.size()];
            orientation.write(value, 0);
            to.say(FrameExtension.ORIENTATION, value);
        }
        ColorSpace colors = said.colorSpace();
        if (colors != null && (keyFrame || !Objects.equals(colors, before.colorSpace()))) {
            byte[] value = new byte[colors.size()];
            colors.write(value, 0);
            to.say(FrameExtension.COLOR_SPACE, value);
        }
        before = said;
    }
}
