package dev.yodel.examples.call;

import dev.yodel.examples.audio.Clip;
import dev.yodel.examples.audio.SharedClock;
import dev.yodel.examples.audio.Tone;
import dev.yodel.media.audio.PcmFrame;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Speaks a clip again and again, a tone, or silence, as a microphone would: every 20 ms it hands over the 20 ms that have
 * just been spoken, by an absolute schedule, so that late threads do not add up. It begins with half a second of silence.
 * It runs on a thread of its own.
 */
final class SpokenSource implements AutoCloseable {
    private static final int FRAMES_PER_SECOND = 50;
    private static final long FRAME_NANOS = 1_000_000_000L / FRAMES_PER_SECOND;
    private static final int BREATH_FRAMES = FRAMES_PER_SECOND / 2;
    private static final long BREATH_NANOS = BREATH_FRAMES * FRAME_NANOS;

    private final int sampleRateHz;
    private final IntFunction<short[]> samples;
    private final Thread thread;
    private final long startNanos;
    private volatile long spokenFrames;
    private volatile boolean closed;

    private SpokenSource(int sampleRateHz, IntFunction<short[]> samples, Consumer<PcmFrame> listener) {
        this.sampleRateHz = sampleRateHz;
        this.samples = samples;
        startNanos = System.nanoTime() + BREATH_NANOS;
        thread = new Thread(() -> speak(listener), "yodel-speech");
        thread.setDaemon(true);
        thread.start();
    }

    static SpokenSource clip(Clip clip, Consumer<PcmFrame> listener) {
        final short[] all = clip.samples();
        final int[] at = {0};
        return new SpokenSource(
                clip.sampleRateHz(),
                count -> {
                    final short[] next = new short[count];
                    for (int i = 0; i < count && all.length > 0; i++) {
                        next[i] = all[at[0]];
                        at[0] = (at[0] + 1) % all.length;
                    }
                    return next;
                },
                listener);
    }

    static SpokenSource tone(double hz, Consumer<PcmFrame> listener) {
        final Tone tone = new Tone(48_000, hz, 0.3);
        return new SpokenSource(48_000, tone::next, listener);
    }

    static SpokenSource silence(Consumer<PcmFrame> listener) {
        return new SpokenSource(48_000, short[]::new, listener);
    }

    private void speak(Consumer<PcmFrame> listener) {
        final int count = sampleRateHz / FRAMES_PER_SECOND;
        // Who begins to speak takes a breath first: the line is open and carries silence.
        for (long frame = -BREATH_FRAMES; !closed; frame++) {
            final long due = startNanos + (frame + 1) * FRAME_NANOS;
            for (long wait = due - System.nanoTime(); wait > 0 && !closed; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            if (!closed) {
                final short[] spoken = frame < 0 ? new short[count] : samples.apply(count);
                listener.accept(new PcmFrame(Arrays.copyOf(spoken, count), sampleRateHz, 1));
                spokenFrames = Math.max(0, frame + 1);
            }
        }
    }

    /** When the first sample was spoken. */
    long fromMicros(SharedClock clock) {
        return clock.microsOf(startNanos);
    }

    double seconds() {
        return (double) spokenFrames / FRAMES_PER_SECOND;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
