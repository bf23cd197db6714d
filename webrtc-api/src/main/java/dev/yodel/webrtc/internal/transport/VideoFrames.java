package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.JitterBufferOptions;
import dev.yodel.media.VideoPlayout;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.extension.PlayoutDelay;
import dev.yodel.rtp.payload.Depacketizer;
import dev.yodel.rtp.payload.FrameAssembler;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * From the packets of one video stream to its frames in decoding order, each at its time. It says when only a key frame
 * helps. Loop thread only.
 */
final class VideoFrames {
    /** THREATS R10: no frame is larger, and with the packets that wait a stream holds little more. */
    private static final int MAX_FRAME_BYTES = 4 << 20;

    /** What is later than a retransmission that was lost itself is shown late, rather than all pictures after it. */
    private static final JitterBufferOptions BOUNDS = new JitterBufferOptions(0, 250 * Time.MILLISECOND);

    private final Loop loop;
    private final LongSupplier wallMillis;
    private final Consumer<EncodedFrame> sink;
    private @Nullable LoopTimer timer;
    private @Nullable RtpCodec codec;
    private @Nullable FrameAssembler assembler;
    private VideoPlayout playout = new VideoPlayout(90_000, BOUNDS);
    private FrameNotes notes = new FrameNotes(90_000);
    private long ssrc = -1;
    private long requestedNanos;
    private long synchronizeNanos;
    private @Nullable TransformStage transform;
    private final PictureAssembly assembly;
    private boolean closed;

    VideoFrames(Loop loop, LongSupplier wallMillis, PictureAssembly assembly, Consumer<EncodedFrame> sink) {
        this.loop = loop;
        this.wallMillis = wallMillis;
        this.assembly = assembly;
        this.sink = sink;
    }

    /** What frames pass through before they wait for their time. */
    void transform(@Nullable TransformStage stage) {
        transform = stage;
    }

    /** Takes a packet; true if a key frame must be asked for. */
    boolean onPacket(ReceivedPacket packet) {
        FrameAssembler frames = assembler(packet);
        if (frames == null) {
            return false;
        }
        if (notes.onPacket(packet)) {
            limit();
        }
        assembly.onPacket(packet.sequence, packet.arrivalNanos);
        frames.push(
                packet.sequence,
                packet.rtpTimestamp,
                packet.marker,
                packet.data,
                packet.payloadOffset,
                packet.payloadLength);
        boolean any = false;
        for (FrameAssembler.Frame frame = frames.poll(); frame != null; frame = frames.poll()) {
            assembly.onFrame(frame.firstSequence(), frame.lastSequence(), frame.rtpTimestamp());
            EncodedFrame encoded = EncodedFrame.ofTimestamp(frame.data(), frame.rtpTimestamp())
                    .withKeyFrame(frame.keyFrame())
                    .withMetadata(notes.of(frame.rtpTimestamp()));
            TransformStage stage = transform;
            if (stage == null) {
                playout.insert(encoded, packet.arrivalNanos);
                any = true;
            } else {
                VideoPlayout into = playout;
                long arrivalNanos = packet.arrivalNanos;
                stage.offer(PassingFrame.seen(
                        loop,
                        packet,
                        encoded,
                        wallMillis.getAsLong(),
                        data -> insert(into, encoded.withData(data), arrivalNanos)));
            }
        }
        if (any) {
            play();
        }
        return frames.needsKeyFrame();
    }

    /** What a transform lets go on; unless another stream has begun meanwhile. */
    private void insert(VideoPlayout into, EncodedFrame frame, long arrivalNanos) {
        if (into == playout && !closed) {
            playout.insert(frame, arrivalNanos);
            play();
        }
    }

    /** The sender knows what its pictures are for. */
    private void limit() {
        PlayoutDelay delay = notes.playoutDelay();
        if (delay != null) {
            playout.limit(delay.minMillis() * Time.MILLISECOND, delay.maxMillis() * Time.MILLISECOND);
        }
    }

    private void play() {
        long now = loop.now();
        for (EncodedFrame frame = playout.poll(now); frame != null; frame = playout.poll(now)) {
            assembly.onShown(frame.rtpTimestamp(), playout.targetDelayNanos(), playout.neededDelayNanos(), now);
            sink.accept(frame);
        }
        long next = playout.nextTimeout();
        if (next == Time.NEVER) {
            rest();
            return;
        }
        if (timer == null) {
            timer = loop.newTimer(this::play);
        }
        timer.set(next);
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
            flush();
            playout = new VideoPlayout(packet.codec.clockRate(), BOUNDS);
            playout.requestDelay(requestedNanos);
            playout.synchronize(synchronizeNanos);
            notes = new FrameNotes(packet.codec.clockRate());
        } else if (packet.restarted && assembler != null) {
            assembler.reset();
        }
        return assembler;
    }

    /** What still waits is handed over: what follows is another stream. */
    private void flush() {
        for (EncodedFrame frame = playout.poll(Time.NEVER - 1); frame != null; frame = playout.poll(Time.NEVER - 1)) {
            sink.accept(frame);
        }
    }

    void requestDelay(long nanos) {
        requestedNanos = nanos;
        playout.requestDelay(nanos);
    }

    void synchronize(long nanos) {
        synchronizeNanos = nanos;
        playout.synchronize(nanos);
    }

    long ownDelayNanos() {
        return playout.ownDelayNanos();
    }

    long fastestArrivalNanos(long rtpTimestamp) {
        return playout.fastestArrivalNanos(rtpTimestamp);
    }

    /** Nothing more comes of what still waits. */
    void close() {
        closed = true;
        rest();
    }

    private void rest() {
        if (timer != null) {
            timer.close();
            timer = null;
        }
    }
}
