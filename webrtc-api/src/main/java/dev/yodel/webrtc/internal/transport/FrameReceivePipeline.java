package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.JitterBuffer;
import dev.yodel.media.JitterBufferOptions;
import dev.yodel.media.loop.MediaClock;
import dev.yodel.media.opus.OpusPacket;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * From the packets of one audio stream to its frames in playing order and pace: a jitter buffer without a decoder. A lost
 * frame is left out, and the timestamps of the frames around it show the gap. {@link #onPacket} on the loop, the sink
 * on a media thread.
 */
final class FrameReceivePipeline implements MediaClock.Task, AutoCloseable {
    /** With frames of 20 ms the pace changes by a tenth. */
    private static final int FRAMES_PER_STEP = 5;

    private final JitterBuffer buffer;
    private final int clockRateHz;
    private final Consumer<EncodedFrame> sink;
    private final Registration registration;

    // Guarded by this.
    private long aheadNanos;
    private long playedTicks;
    private int framesSinceStep;
    private boolean closed;

    FrameReceivePipeline(RtpCodec codec, MediaClock clock, Consumer<EncodedFrame> sink) {
        this.clockRateHz = codec.clockRate();
        this.sink = sink;
        boolean opus = codec.name().equalsIgnoreCase("opus");
        // One byte is one sample of G.711; Opus says its duration in its first byte (RFC 6716 3.1).
        this.buffer = new JitterBuffer(
                clockRateHz,
                (data, offset, length) -> opus ? Math.max(0, OpusPacket.samples(data, offset, length)) : length,
                false,
                JitterBufferOptions.DEFAULT);
        this.registration = clock.add(this);
    }

    synchronized void requestDelay(long nanos) {
        buffer.setRequestedDelayNanos(nanos);
    }

    synchronized void synchronize(long nanos) {
        buffer.synchronize(nanos);
    }

    synchronized long ownDelayNanos() {
        return buffer.ownDelayNanos();
    }

    synchronized long currentDelayNanos() {
        return buffer.currentDelayNanos();
    }

    synchronized long fastestArrivalNanos(long rtpTimestamp) {
        return buffer.fastestArrivalNanos(rtpTimestamp);
    }

    synchronized void onPacket(ReceivedPacket packet) {
        buffer.insert(
                packet.sequence,
                packet.rtpTimestamp,
                packet.restarted,
                packet.data,
                packet.payloadOffset,
                packet.payloadLength,
                packet.arrivalNanos);
    }

    /** A pause that the sender announced (RFC 3389): no packet is missing. */
    synchronized void onNoise(ReceivedPacket packet) {
        buffer.insertNoise(
                packet.sequence,
                packet.rtpTimestamp,
                packet.restarted,
                packet.data,
                packet.payloadOffset,
                packet.payloadLength,
                packet.arrivalNanos);
    }

    @Override
    public synchronized void onTick(long now) {
        if (closed) {
            return;
        }
        aheadNanos -= MediaClock.TICK_NANOS;
        while (aheadNanos < 0) {
            JitterBuffer.Decision decision = buffer.pull(now, Math.max(0, aheadNanos));
            long playNanos = buffer.ticks() * Time.SECOND / clockRateHz;
            if (decision == JitterBuffer.Decision.FRAME && playNanos > 0) {
                byte[] data = Arrays.copyOf(buffer.data(), buffer.length());
                sink.accept(EncodedFrame.ofTimestamp(data, playedTicks & 0xffff_ffffL)
                        .withPresentation(now + Math.max(0, aheadNanos)));
            }
            playedTicks += buffer.ticks();
            aheadNanos += Math.max(playNanos, MediaClock.TICK_NANOS);
            if (decision == JitterBuffer.Decision.FRAME) {
                adaptDelay();
            }
        }
    }

    /** Encoded sound cannot be stretched: now and then a frame is handed over a tick sooner or later. */
    private void adaptDelay() {
        framesSinceStep++;
        if (framesSinceStep < FRAMES_PER_STEP || buffer.tempo() == JitterBuffer.Tempo.NORMAL) {
            return;
        }
        framesSinceStep = 0;
        boolean slower = buffer.tempo() == JitterBuffer.Tempo.SLOWER;
        aheadNanos += slower ? MediaClock.TICK_NANOS : -MediaClock.TICK_NANOS;
    }

    @Override
    public void close() {
        registration.close();
        synchronized (this) {
            closed = true;
        }
    }
}
