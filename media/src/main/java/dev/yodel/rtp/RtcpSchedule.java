package dev.yodel.rtp;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;

/**
 * When the next regular RTCP report is due (RFC 3550 6.2, 6.3, with the reduced minimum and AVPF's rule that feedback
 * need not wait, RFC 4585 3.5). It sends nothing and counts no members by itself.
 */
final class RtcpSchedule {
    /** e - 3/2: makes up for what timer reconsideration adds (RFC 3550 6.3.1). */
    static final double COMPENSATION = Math.E - 1.5;

    private static final int IP_UDP_OVERHEAD = 28;

    private final RandomSource random;
    private final long minimumNanos;
    private final double bytesPerSecond;
    private boolean running;
    private boolean initial = true;
    private long previous;
    private long next = Time.NEVER;
    private double averageSize = 100 + IP_UDP_OVERHEAD;
    private int members = 1;
    private int senders;
    private boolean weSent;

    RtcpSchedule(RtpSessionOptions options, RandomSource random) {
        this.random = random;
        this.minimumNanos = options.rtcpIntervalNanos();
        this.bytesPerSecond = options.rtcpBytesPerSecond();
    }

    /** Begins, unless it runs already. */
    void start(long now) {
        if (!running) {
            running = true;
            previous = now;
            next = Time.after(now, randomInterval());
        }
    }

    void stop() {
        running = false;
        next = Time.NEVER;
    }

    long next() {
        return next;
    }

    /** The population as it is now; it is looked at when the timer fires. */
    void population(int memberCount, int senderCount, boolean sending) {
        members = Math.max(1, memberCount);
        senders = senderCount;
        weSent = sending;
    }

    /**
     * RFC 3550 6.3.3: every RTCP packet sent or received moves the average by a sixteenth. RFC 8108 5.3.1: a datagram that
     * carries the reports of several sources counts as its share for one of them.
     */
    void onPacket(int bytes, int sources) {
        averageSize += ((double) (bytes + IP_UDP_OVERHEAD) / Math.max(1, sources) - averageSize) / 16;
    }

    /** RFC 3550 6.3.4: members that left bring the next report forward. */
    void onMembersLeft(int before, int after, long now) {
        if (running && before > 0 && after < before && next > now) {
            double share = (double) after / before;
            next = now + (long) (share * (next - now));
            previous = now - (long) (share * (now - previous));
        }
    }

    /** RFC 3550 6.3.1 without the randomness. */
    long deterministicNanos() {
        double minimum = initial ? minimumNanos / 2.0 : minimumNanos;
        double count;
        double rate;
        if (senders > 0 && senders <= members / 4.0) {
            rate = weSent ? bytesPerSecond * 0.25 : bytesPerSecond * 0.75;
            count = weSent ? senders : members - senders;
        } else {
            rate = bytesPerSecond;
            count = members;
        }
        return (long) Math.max(minimum, count * averageSize / rate * Time.SECOND);
    }

    private long randomInterval() {
        return (long) (deterministicNanos() * (0.5 + random.nextDouble()) / COMPENSATION);
    }

    /**
     * RFC 3550 6.3.6: timer reconsideration.
     *
     * @return true if a report must be sent now; the owner then calls {@link #onReported}
     */
    boolean due(long now) {
        if (!running || now < next) {
            return false;
        }
        long reconsidered = Time.after(previous, randomInterval());
        if (reconsidered <= now) {
            return true;
        }
        next = reconsidered;
        return false;
    }

    void onReported(long now) {
        initial = false;
        previous = now;
        next = Time.after(now, randomInterval());
    }
}
