package dev.yodel.media;

/**
 * What has become of the packets of one audio stream, how much of what was played is the sender's, and how lossy is
 * the path? It decides nothing and keeps no packet. Not thread-safe: it belongs to its {@link JitterBuffer}.
 */
final class JitterBufferCounts {
    private static final double LOSS_WEIGHT = 1.0 / 256;
    private static final double LOSSY_FROM = 0.01;
    private static final double LOSSY_UNTIL = 0.003;

    private long packets;
    private long duplicates;
    private long late;
    private long discarded;
    private long frames;
    private long recovered;
    private long describing;
    private long describedInVain;
    private long concealedTicks;
    private long concealments;
    private boolean concealing;
    private long silentTicks;
    private long currentDelay;
    private long delayTotal;
    private long emittedTicks;
    private double delaySeconds;
    private double targetDelaySeconds;
    private double minimumDelaySeconds;
    private long resets;
    /** Share of lost packets, forgetting half of it in 180 packets. */
    private double lossShare;

    private boolean lossy;

    void accepted(boolean describesPrevious) {
        packets++;
        describing += describesPrevious ? 1 : 0;
    }

    long packets() {
        return packets;
    }

    void duplicate() {
        duplicates++;
    }

    void late() {
        late++;
    }

    void discarded() {
        discarded++;
    }

    void reset() {
        resets++;
    }

    /** What a packet said of the one before it was of no use: that one came, or its time is over. */
    void describedInVain() {
        describedInVain++;
    }

    /**
     * A frame is played whose packet has waited so long; the delays that were aimed at and that the network asked for
     * belong to it.
     */
    void played(int ticks, long delay, long target, long needed) {
        concealing = false;
        frames++;
        currentDelay = delay;
        delayTotal += Math.max(0, delay);
        emittedTicks += ticks;
        delaySeconds += Math.max(0, delay) / 1e9 * ticks;
        targetDelaySeconds += target / 1e9 * ticks;
        minimumDelaySeconds += Math.min(target, needed) / 1e9 * ticks;
    }

    /** A lost frame is rebuilt from what the sender said of it: nothing is invented (webrtc-stats, concealedSamples). */
    void recovered() {
        recovered++;
        concealing = false;
    }

    void concealed(int ticks) {
        concealedTicks += ticks;
        if (!concealing) {
            concealing = true;
            concealments++;
        }
    }

    void silent(int ticks) {
        silentTicks += ticks;
        concealing = false;
    }

    /** So many packets are missing in front of one that is used. */
    void missing(long lost) {
        lossShare = Math.min(1, lossShare * (1 - LOSS_WEIGHT) + lost * LOSS_WEIGHT);
        if (lossShare > LOSSY_FROM) {
            lossy = true;
        } else if (lossShare < LOSSY_UNTIL) {
            lossy = false;
        }
    }

    /** Whether more than one packet in a hundred is lost, or was until lately. */
    boolean isLossy() {
        return lossy;
    }

    /** Whether any packet described the one before it. */
    boolean isDescribed() {
        return describing > 0;
    }

    long currentDelayNanos() {
        return currentDelay;
    }

    JitterBufferStats stats(long targetDelayNanos) {
        return new JitterBufferStats(
                targetDelayNanos,
                currentDelay,
                packets,
                duplicates,
                late,
                discarded,
                frames,
                recovered,
                describing,
                describedInVain,
                concealedTicks,
                concealments,
                silentTicks,
                delayTotal,
                emittedTicks,
                delaySeconds,
                targetDelaySeconds,
                minimumDelaySeconds,
                resets);
    }
}
