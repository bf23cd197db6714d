package dev.yodel.rtp.feedback;

import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.TransportFeedback;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When did which packet arrive, by transport-wide number, and when is that told to the sender
 * (draft-holmer-rmcat-transport-wide-cc-extensions 3)? What is missing between two reports is told with the second. A
 * packet that comes late is told again together with all behind it. It sends nothing itself. Bounded: {@link
 * #CAPACITY} packets.
 */
public final class ArrivalReporter {
    static final int CAPACITY = 1 << 12;
    static final long INTERVAL_NANOS = 50 * Time.MILLISECOND;

    /** Most packets that one report tells about, so that it fits a datagram. */
    private static final int MAX_REPORTED = 600;

    /** Most of them that are missing in front of the first one that came. */
    private static final int MAX_LEADING = 300;

    private static final long NONE = Long.MIN_VALUE;

    private final long[] arrivals = new long[CAPACITY];
    private final dev.yodel.io.SequenceUnwrapper unwrapper = dev.yodel.io.SequenceUnwrapper.of16Bits();
    private boolean started;
    private long next;
    private long highest;
    private int feedbackCount;
    private long dueNanos = Time.NEVER;
    private long mediaSsrc;

    /** Nothing arrived so far. */
    public ArrivalReporter() {
        Arrays.fill(arrivals, NONE);
    }

    private static int slot(long number) {
        return (int) number & (CAPACITY - 1);
    }

    /**
     * A packet came.
     *
     * @param wireNumber 0 to 65535
     * @param ssrc its source
     * @param now time of arrival
     */
    public void onPacket(int wireNumber, long ssrc, long now) {
        long number = unwrapper.unwrap(wireNumber);
        if (!started) {
            started = true;
            next = number;
            highest = number - 1;
        }
        if (number > highest) {
            if (number - highest > CAPACITY) {
                Arrays.fill(arrivals, NONE);
                next = number;
            } else {
                for (long missing = highest + 1; missing < number; missing++) {
                    arrivals[slot(missing)] = NONE;
                }
            }
            highest = number;
        } else if (number <= highest - CAPACITY || arrivals[slot(number)] != NONE) {
            return;
        }
        arrivals[slot(number)] = now;
        mediaSsrc = ssrc;
        next = Math.min(next, number);
        next = Math.max(next, highest - CAPACITY + 1);
        if (dueNanos == Time.NEVER) {
            dueNanos = now + INTERVAL_NANOS;
        }
    }

    /**
     * When {@link #poll} has something to say.
     *
     * @return a time, or {@link Time#NEVER}
     */
    public long nextTimeout() {
        return dueNanos;
    }

    /**
     * The next report that is due.
     *
     * @param senderSsrc who speaks
     * @param now the time
     * @return the report, or null if none is due
     */
    public @Nullable TransportFeedback poll(long senderSsrc, long now) {
        if (now < dueNanos) {
            return null;
        }
        long came = next;
        while (came <= highest && arrivals[slot(came)] == NONE) {
            came++;
        }
        if (came > highest) {
            dueNanos = Time.NEVER;
            return null;
        }
        next = Math.max(next, came - MAX_LEADING);
        int count = (int) Math.min(MAX_REPORTED, highest - next + 1);
        long[] micros = new long[count];
        for (int i = 0; i < count; i++) {
            long arrival = arrivals[slot(next + i)];
            micros[i] = arrival == NONE ? TransportFeedback.NOT_RECEIVED : arrival / 1000;
        }
        int told = TransportFeedback.reportable(micros);
        TransportFeedback feedback = TransportFeedback.of(
                senderSsrc, mediaSsrc, feedbackCount, (int) next & 0xffff, Arrays.copyOf(micros, told));
        feedbackCount = (feedbackCount + 1) & 0xff;
        next += told;
        dueNanos = next <= highest ? now : Time.NEVER;
        return feedback;
    }
}
