package dev.yodel.webrtc.internal.transport;

import dev.yodel.media.EncodedFrame;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.FrameAssembler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From the packets of one video stream to its frames in decoding order. A frame is handed over as soon as it and all that
 * it refers to are there; it does not pace. It says when only a key frame helps. Loop thread only.
 */
final class VideoFrames {
    /** THREATS R10: no frame is larger, and with the packets that wait a stream holds little more. */
    private static final int MAX_FRAME_BYTES = 4 << 20;

    private final Consumer<EncodedFrame> sink;
    private @Nullable RtpCodec codec;
    private @Nullable FrameAssembler assembler;
    private long ssrc = -1;

    VideoFrames(Consumer<EncodedFrame> sink) {
        this.sink = sink;
    }

    /** Takes a packet; true if a key frame must be asked for. */
    boolean onPacket(ReceivedPacket packet) {
        FrameAssembler frames = assembler(packet);
        if (frames == null) {
            return false;
        }
        frames.push(
                packet.sequence,
                packet.rtpTimestamp,
                packet.marker,
                packet.data,
                packet.payloadOffset,
                packet.payloadLength);
        for (FrameAssembler.Frame frame = frames.poll(); frame != null; frame = frames.poll()) {
            sink.accept(
                    EncodedFrame.ofTimestamp(frame.data(), frame.rtpTimestamp()).withKeyFrame(frame.keyFrame()));
        }
        return frames.needsKeyFrame();
    }

    /** The assembler of the packet's codec; another codec or source begins anew. */
    private @Nullable FrameAssembler assembler(ReceivedPacket packet) {
        RtpCodec current = codec;
        if (current == null || packet.ssrc != ssrc || !current.sameEncoding(packet.codec)) {
            // A packet that only pads says nothing about the codec that follows.
            if (packet.payloadLength == 0) {
                return null;
            }
            codec = packet.codec;
            ssrc = packet.ssrc;
            Depacketizer depacketizer = Depacketizer.of(packet.codec);
            assembler = depacketizer == null ? null : new FrameAssembler(depacketizer, MAX_FRAME_BYTES);
        } else if (packet.restarted && assembler != null) {
            assembler.reset();
        }
        return assembler;
    }
}
