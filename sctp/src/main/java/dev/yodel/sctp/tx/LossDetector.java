package dev.yodel.sctp.tx;

import dev.yodel.io.Time;
import dev.yodel.sctp.state.Deadlines;
import dev.yodel.sctp.state.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Which chunk under way is lost? One that was sent before another that has arrived, and longer ago than a round trip and a
 * window for reordering, which grows when the peer reports duplicates. It does not send anything. The ideas of RFC 8985 for
 * the chunks of RFC 9260 7.2.4.
 */
final class LossDetector {
    /** RFC 9260 7.2.4: this many packets later is late, as long as nothing was seen to be reordered. */
    private static final int LATE_PACKETS = 3;

    private static final long MIN_ROUND_TRIP_LIFE_NANOS = 60 * Time.SECOND;
    private static final int MAX_WIDENING = 16;
    /** RFC 8985 6.2 step 4: recoveries until a widened window is narrow again. */
    private static final int WIDE_RECOVERIES = 16;

    private final Outstanding outstanding;
    private final Deadlines deadlines;

    /** Of the packet that was sent last among those that have arrived. */
    private long newestPacket = -1;

    private long roundTripNanos;
    private long newestBefore;
    private long sampleNanos;

    private long minNanos = Long.MAX_VALUE;
    private long previousMinNanos = Long.MAX_VALUE;
    private long minSince;

    private boolean reorderingSeen;
    private int widening = 1;
    private long widenedUntilTsn = -1;
    private int recoveriesLeft;

    LossDetector(Outstanding outstanding, Deadlines deadlines) {
        this.outstanding = outstanding;
        this.deadlines = deadlines;
    }

    /** A report of the peer begins. */
    void beginReport() {
        newestBefore = newestPacket;
        sampleNanos = -1;
    }

    /**
     * A chunk under way, or lost and not sent again, is acknowledged.
     *
     * @return false if the acknowledgement must be that of an earlier sending
     */
    boolean acknowledged(OutChunk chunk, long now) {
        long taken = now - chunk.sentAt;
        boolean isFirstSending = chunk.sends == 1;
        if (!isFirstSending && taken < minRoundTripNanos()) {
            return false;
        }
        if (isFirstSending && chunk.packetNumber < newestBefore) {
            reorderingSeen = true;
        }
        if (chunk.packetNumber >= newestPacket) {
            newestPacket = chunk.packetNumber;
            roundTripNanos = taken;
            // RFC 9260 6.3.1 C5: no measurement from what was sent twice.
            sampleNanos = isFirstSending ? taken : -1;
        }
        return true;
    }

    /** The round trip that this report shows, -1 if it shows none. */
    long sampleNanos() {
        return sampleNanos;
    }

    void measured(long sample, long now) {
        if (now - minSince > MIN_ROUND_TRIP_LIFE_NANOS) {
            previousMinNanos = minNanos;
            minNanos = sample;
            minSince = now;
        } else {
            minNanos = Math.min(minNanos, sample);
        }
    }

    private long minRoundTripNanos() {
        long min = Math.min(minNanos, previousMinNanos);
        return min == Long.MAX_VALUE ? 0 : min;
    }

    /** The peer says that a chunk we sent again had arrived before: our window was too narrow. RFC 8985 6.2 step 4. */
    void wasSpurious() {
        reorderingSeen = true;
        recoveriesLeft = WIDE_RECOVERIES;
        if (outstanding.cumulative() > widenedUntilTsn) {
            widenedUntilTsn = outstanding.next() - 1;
            widening = Math.min(MAX_WIDENING, widening + 1);
        }
    }

    void recoveryEnded() {
        if (widening > 1 && --recoveriesLeft <= 0) {
            widening = 1;
        }
    }

    private long windowNanos(OutChunk chunk, boolean isRecovering, long smoothedNanos) {
        if (!reorderingSeen && (isRecovering || newestPacket - chunk.packetNumber >= LATE_PACKETS)) {
            return 0;
        }
        return Math.min(widening * minRoundTripNanos() / 4, Math.max(0, smoothedNanos));
    }

    /** The oldest chunk that is lost, or null; then the timer runs until the next may be. */
    @Nullable
    OutChunk nextLost(boolean isRecovering, long smoothedNanos, long now) {
        OutChunk oldest = outstanding.underWay.first();
        if (oldest == null || oldest.packetNumber >= newestPacket) {
            deadlines.set(Timer.REORDERING, Time.NEVER);
            return null;
        }
        long lostAt = oldest.sentAt + roundTripNanos + windowNanos(oldest, isRecovering, smoothedNanos);
        if (now >= lostAt) {
            return oldest;
        }
        deadlines.set(Timer.REORDERING, lostAt);
        return null;
    }
}
