package dev.yodel.media;

import dev.yodel.io.Time;

/**
 * How long is the delay of one audio stream to be, beyond its fastest packets, and is what is played too early or too
 * late for that? It knows no packets and decides nothing about them. Not thread-safe: it belongs to its {@link
 * JitterBuffer}.
 */
final class PlayoutDelay {
    /** What the asker's 10 ms grid can cost. */
    private static final long GRID = 10 * Time.MILLISECOND;

    /** While little is known of the network, a calm one costs this much too. */
    private static final int UNKNOWN_PACKETS = 50;

    private static final long UNKNOWN_DELAY = 40 * Time.MILLISECOND;
    /** How far below a delay that was asked for is near enough. */
    private static final long NEAR = 10 * Time.MILLISECOND;

    private final JitterBufferOptions options;
    private final JitterBufferCounts counts;
    private final JitterEstimate estimate = new JitterEstimate();
    private long requested;
    private long synchronizing;

    PlayoutDelay(JitterBufferOptions options, JitterBufferCounts counts) {
        this.options = options;
        this.counts = counts;
    }

    /** A packet came whose timestamp stands for this moment of the stream. */
    void onPacket(long arrivalNanos, long mediaNanos) {
        estimate.add(arrivalNanos, mediaNanos);
    }

    /** The path or the sender's clock is another one. */
    void forgetPath() {
        estimate.forgetPath();
    }

    /** When the moment 0 of the stream would have come at the earliest. */
    long fastestNanos() {
        return estimate.base();
    }

    void request(long nanos) {
        if (nanos < 0 || nanos > JitterBufferOptions.MAX_DELAY_NANOS) {
            throw new IllegalArgumentException("a jitter buffer holds 0 to 4 s, not " + nanos + " ns");
        }
        requested = nanos;
    }

    void synchronize(long nanos) {
        synchronizing = Math.max(0, Math.min(nanos, JitterBufferOptions.MAX_DELAY_NANOS));
    }

    /** What it aims at, for frames of this length. */
    long target(long frameNanos) {
        return Math.max(own(frameNanos), synchronizing);
    }

    /** What it would aim at if no picture belonged to the sound. */
    long own(long frameNanos) {
        long most = Math.max(options.maxDelayNanos(), requested);
        return Math.max(options.minDelayNanos(), Math.min(most, Math.max(needed(frameNanos), requested)));
    }

    /** What the network asks for. */
    long needed(long frameNanos) {
        long wanted = estimate.spread() + GRID + (waitsForDescriptions() ? frameNanos : 0);
        return counts.packets() < UNKNOWN_PACKETS ? Math.max(wanted, UNKNOWN_DELAY) : wanted;
    }

    /** How a frame with this delay is to be played, so that those behind it come nearer to the target. */
    JitterBuffer.Tempo tempo(long delay, long target, long frameNanos) {
        if (delay > target + Math.max(frameNanos / 2, 2 * GRID)) {
            return JitterBuffer.Tempo.FASTER;
        }
        return delay < target - slack(target, frameNanos) ? JitterBuffer.Tempo.SLOWER : JitterBuffer.Tempo.NORMAL;
    }

    private long slack(long target, long frameNanos) {
        long wide = Math.max(frameNanos / 2, target / 4);
        return requested > 0 || synchronizing > 0 || waitsForDescriptions()
                ? Math.min(wide, Math.max(frameNanos / 2, NEAR))
                : wide;
    }

    /**
     * A lost packet is rebuilt from the next one if that is there when it is needed: a frame longer, and not a little
     * less.
     */
    private boolean waitsForDescriptions() {
        return counts.isLossy() && counts.isDescribed();
    }
}
