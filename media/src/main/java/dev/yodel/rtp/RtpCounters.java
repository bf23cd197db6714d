package dev.yodel.rtp;

/** One count per {@link RtpCounter}. */
@SuppressWarnings("EnumOrdinal") // an array of counts, never stored or sent
final class RtpCounters {
    private final long[] counts = new long[RtpCounter.values().length];

    void count(RtpCounter counter) {
        counts[counter.ordinal()]++;
    }

    void count(RtpCounter counter, int times) {
        counts[counter.ordinal()] += times;
    }

    long get(RtpCounter counter) {
        return counts[counter.ordinal()];
    }
}
