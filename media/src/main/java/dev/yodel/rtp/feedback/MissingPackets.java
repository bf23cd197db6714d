package dev.yodel.rtp.feedback;

import dev.yodel.io.Time;

/**
 * Which packets of one received stream are missing and when to ask for them (RFC 4585 6.2.1). It sends nothing itself.
 * At most {@link #CAPACITY} packets are asked for; each at most ten times within 2 s, once per round trip. A gap larger
 * than that is given up as a whole: only a key frame helps then.
 */
public final class MissingPackets {
    /** Most packets missing at a time. */
    public static final int CAPACITY = 128;

    static final int MAX_REQUESTS = 10;
    static final long MAX_AGE_NANOS = 2 * Time.SECOND;

    /** What reordering alone may delay a packet before it is asked for. */
    static final long PATIENCE_NANOS = 10 * Time.MILLISECOND;

    private static final long UNKNOWN_ROUND_TRIP_NANOS = 100 * Time.MILLISECOND;
    private static final long MIN_INTERVAL_NANOS = 20 * Time.MILLISECOND;

    private final long[] numbers = new long[CAPACITY];
    private final long[] missedNanos = new long[CAPACITY];
    private final long[] askNanos = new long[CAPACITY];
    private final int[] requests = new int[CAPACITY];
    private int size;
    private boolean started;
    private long highest;
    private boolean overflowed;
    private boolean mayBeParity;

    /** Nothing is missing. */
    public MissingPackets() {}

    /**
     * Takes note of a packet.
     *
     * @param number extended sequence number
     * @param restarted whether the sender started anew, so that nothing before is missing
     * @param now time of arrival
     */
    public void onPacket(long number, boolean restarted, long now) {
        if (!started || restarted) {
            started = true;
            highest = number;
            size = 0;
            return;
        }
        if (number <= highest) {
            remove(number);
            return;
        }
        long gap = number - highest - 1;
        if (gap > CAPACITY) {
            size = 0;
            overflowed = true;
        } else {
            while (gap > CAPACITY - size) {
                drop(0);
                overflowed = true;
            }
            for (long missing = highest + 1; missing < number; missing++) {
                numbers[size] = missing;
                missedNanos[size] = now;
                askNanos[size] = now + PATIENCE_NANOS;
                requests[size] = 0;
                size++;
            }
        }
        highest = number;
    }

    /**
     * Parity shares the numbers of its media (RFC 5109 14.1), and is not sent again: a number that never comes does
     * not need a key frame.
     */
    public void numbersMayBeParity() {
        mayBeParity = true;
    }

    private void remove(long number) {
        for (int i = 0; i < size; i++) {
            if (numbers[i] == number) {
                drop(i);
                return;
            }
        }
    }

    private void drop(int index) {
        int behind = size - index - 1;
        System.arraycopy(numbers, index + 1, numbers, index, behind);
        System.arraycopy(missedNanos, index + 1, missedNanos, index, behind);
        System.arraycopy(askNanos, index + 1, askNanos, index, behind);
        System.arraycopy(requests, index + 1, requests, index, behind);
        size--;
    }

    /**
     * Count of packets missing.
     *
     * @return 0 to {@link #CAPACITY}
     */
    public int size() {
        return size;
    }

    /**
     * Whether packets were given up since the last call, so that only a key frame can repair the stream.
     *
     * @return true once
     */
    public boolean takeOverflow() {
        boolean result = overflowed;
        overflowed = false;
        return result;
    }

    /**
     * When something must be asked for.
     *
     * @return a time, or {@link Time#NEVER}
     */
    public long nextTimeout() {
        long next = Time.NEVER;
        for (int i = 0; i < size; i++) {
            next = Math.min(next, askNanos[i]);
        }
        return next;
    }

    /**
     * Takes the packets to ask for now.
     *
     * @param into gets their sequence numbers, 0 to 65535, in ascending order; at least {@link #CAPACITY} long
     * @param roundTripNanos the round trip, or -1 if unknown
     * @param now the time
     * @return how many
     */
    public int takeDue(int[] into, long roundTripNanos, long now) {
        int count = 0;
        long interval =
                Math.max(MIN_INTERVAL_NANOS, roundTripNanos < 0 ? UNKNOWN_ROUND_TRIP_NANOS : roundTripNanos * 5 / 4);
        for (int i = 0; i < size; ) {
            if (askNanos[i] > now) {
                i++;
                continue;
            }
            if (requests[i] == MAX_REQUESTS || now - missedNanos[i] > MAX_AGE_NANOS) {
                drop(i);
                overflowed |= !mayBeParity;
                continue;
            }
            requests[i]++;
            askNanos[i] = now + interval;
            into[count++] = (int) numbers[i] & 0xffff;
            i++;
        }
        return count;
    }
}
