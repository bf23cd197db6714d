package dev.yodel.rtp;

/**
 * Which sequence numbers of one source came: extends them to 64 bits, finds duplicates, restarts and losses (RFC 3550
 * A.1, A.3). It departs from A.1 in three points: a source is valid from its first packet, because SRTP has authenticated
 * it; {@link #MAX_MISORDER} is 1,000 instead of 100, so that packets sent again on request still count; and duplicates do
 * not count as received, so that the loss is never negative.
 */
final class ReceiveSequence {
    /** The packet is new. */
    static final int ACCEPTED = 0;
    /** The packet is new and the first of a new count. */
    static final int RESTARTED = 1;
    /** The packet was there before. */
    static final int DUPLICATE = 2;
    /** The packet is far away and not confirmed by a second one. */
    static final int JUMPED = 3;

    static final int MAX_DROPOUT = 3000;
    static final int MAX_MISORDER = 1000;
    private static final int WINDOW_BITS = 1024;

    private final long[] window = new long[WINDOW_BITS / 64];

    /** What was rebuilt from other packets. It counts as lost all the same: the path lost it. */
    private final long[] rebuilt = new long[WINDOW_BITS / 64];

    private boolean lastRebuilt;
    private boolean started;
    private long base;
    private long highest;
    private int confirming = -1;
    private long received;
    private long lostBefore;
    private long receivedBefore;
    private long expectedPrior;
    private long receivedPrior;
    private long last;

    /** Counts a packet; {@link #last()} is its extended number if it was accepted. */
    int update(int sequenceNumber) {
        if (!started) {
            started = true;
            begin(sequenceNumber);
            return ACCEPTED;
        }
        int delta = (short) (sequenceNumber - (int) highest);
        if (delta > 0 && delta < MAX_DROPOUT) {
            confirming = -1;
            advance(delta);
            lastRebuilt = false;
            last = highest;
            received++;
            return ACCEPTED;
        }
        if (delta <= 0 && delta > -MAX_MISORDER) {
            long number = highest + delta;
            if (!mark(window, number)) {
                return DUPLICATE;
            }
            lastRebuilt = get(rebuilt, number);
            confirming = -1;
            base = Math.min(base, number);
            last = number;
            received++;
            return ACCEPTED;
        }
        if (sequenceNumber == confirming) {
            // RFC 3550 A.1: two packets in a row after a large jump: the other side started anew.
            restart(sequenceNumber);
            return RESTARTED;
        }
        confirming = (sequenceNumber + 1) & 0xffff;
        return JUMPED;
    }

    /**
     * Counts a packet that came again on request, if it is missing: unlike {@link #update} it never moves the timeline.
     *
     * @return whether it was missing
     */
    boolean fill(int sequenceNumber) {
        if (!started) {
            return false;
        }
        int delta = (short) (sequenceNumber - (int) highest);
        if (delta >= 0 || delta <= -MAX_MISORDER || highest + delta < base || !mark(window, highest + delta)) {
            return false;
        }
        last = highest + delta;
        lastRebuilt = get(rebuilt, last);
        received++;
        return true;
    }

    /**
     * Takes note that a packet was rebuilt from others, if it is missing. It counts as expected and not as received.
     *
     * @param number extended number
     * @return whether it was missing
     */
    boolean rebuild(long number) {
        if (started && number > highest && number < highest + MAX_DROPOUT) {
            // The last packets were lost, and what protects them came after all.
            int delta = (int) (number - highest);
            advance(delta);
            clear(number);
            return mark(rebuilt, number);
        }
        return started
                && number < highest
                && number > highest - MAX_MISORDER
                && number >= base
                && !get(window, number)
                && mark(rebuilt, number);
    }

    /** Whether the packet accepted last had been rebuilt before it came. */
    boolean lastRebuilt() {
        return lastRebuilt;
    }

    private void begin(long number) {
        base = number;
        highest = number;
        last = number;
        received = 1;
        lastRebuilt = false;
        java.util.Arrays.fill(window, 0);
        java.util.Arrays.fill(rebuilt, 0);
        set(number);
    }

    private void restart(int sequenceNumber) {
        lostBefore += lostSinceBase();
        receivedBefore += received;
        confirming = -1;
        expectedPrior = 0;
        receivedPrior = 0;
        long number = (highest & ~0xffffL) + sequenceNumber;
        begin(number <= highest ? number + 0x1_0000 : number);
    }

    private void advance(int delta) {
        if (delta >= WINDOW_BITS) {
            java.util.Arrays.fill(window, 0);
            java.util.Arrays.fill(rebuilt, 0);
        } else {
            for (int i = 1; i < delta; i++) {
                clear(highest + i);
            }
        }
        highest += delta;
        set(highest);
    }

    private static boolean mark(long[] bits, long number) {
        if (get(bits, number)) {
            return false;
        }
        bits[word(number)] |= 1L << (number & 63);
        return true;
    }

    private static boolean get(long[] bits, long number) {
        return (bits[word(number)] & 1L << (number & 63)) != 0;
    }

    private static int word(long number) {
        return (int) (number >> 6) & (WINDOW_BITS / 64 - 1);
    }

    private void set(long number) {
        window[word(number)] |= 1L << (number & 63);
        rebuilt[word(number)] &= ~(1L << (number & 63));
    }

    private void clear(long number) {
        window[word(number)] &= ~(1L << (number & 63));
        rebuilt[word(number)] &= ~(1L << (number & 63));
    }

    boolean started() {
        return started;
    }

    /** The extended number of the packet accepted last. */
    long last() {
        return last;
    }

    /** The highest extended number. */
    long highest() {
        return highest;
    }

    /** Packets received, duplicates not counted. */
    long received() {
        return receivedBefore + received;
    }

    private long lostSinceBase() {
        return Math.max(0, highest - base + 1 - received);
    }

    /** Packets missing up to the highest, over all restarts. */
    long lost() {
        return started ? lostBefore + lostSinceBase() : 0;
    }

    /** The cumulative loss of a report block: 24 bits, signed, saturated. */
    int cumulativeLost() {
        return (int) Math.min(lost(), 0x7f_ffff);
    }

    /** The fraction lost since the last call, in 1/256 (RFC 3550 A.3). */
    int takeFractionLost() {
        long expected = highest - base + 1;
        long expectedInterval = expected - expectedPrior;
        long receivedInterval = received - receivedPrior;
        expectedPrior = expected;
        receivedPrior = received;
        long lostInterval = expectedInterval - receivedInterval;
        if (expectedInterval <= 0 || lostInterval <= 0) {
            return 0;
        }
        return (int) Math.min(255, (lostInterval << 8) / expectedInterval);
    }
}
