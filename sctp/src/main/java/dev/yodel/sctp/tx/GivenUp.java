package dev.yodel.sctp.tx;

import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.InterleavedForwardChunk;
import dev.yodel.sctp.state.Counts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which messages were given up, and what is the peer told about it? It tells again until the peer's cumulative TSN shows
 * that it knows. It does not decide when to give up. RFC 3758 3.5, RFC 7496, RFC 8260 2.3.1.
 */
final class GivenUp {
    private static final long MIN_REPEAT_NANOS = 20 * Time.MILLISECOND;
    private static final long UNKNOWN_ROUND_TRIP_NANOS = 200 * Time.MILLISECOND;
    private static final int TSN_AND_HEADER_BYTES = 8;
    private static final int SKIP_BYTES = 4;

    private final Outstanding outstanding;
    private final SendQueue queue;
    private final Counts counts;
    private final boolean interleaved;
    /** How far the peer may go on. */
    private long point;
    /** How far {@link #point} is the right one: behind it there is something under way. */
    private long seen;
    /** The highest TSN that was given up. */
    private long last;

    private long told = -1;
    private long toldAt;
    private boolean forwardDue;
    /** Of ordered streams, the last TSN that the peer is to skip. */
    private final Map<Integer, Long> skipped = new HashMap<>();

    GivenUp(Outstanding outstanding, SendQueue queue, Counts counts, boolean interleaved) {
        this.outstanding = outstanding;
        this.queue = queue;
        this.counts = counts;
        this.interleaved = interleaved;
        this.point = outstanding.cumulative();
        this.seen = point;
        this.last = point;
    }

    /** Gives a message up: its chunks under way, the lost ones, and what was not sent. */
    void abandon(OutMessage message) {
        if (message.abandoned) {
            return;
        }
        message.abandoned = true;
        counts.abandonedSent++;
        if (queue.abandon(message)) {
            // A TSN for the rest, never sent: without it a peer that has all earlier pieces would keep them for ever.
            outstanding.append(message, message.sentBytes, 0);
        }
        long end = Math.min(message.lastTsn, outstanding.next() - 1);
        for (long tsn = Math.max(message.firstTsn, outstanding.cumulative() + 1); tsn <= end; tsn++) {
            OutChunk chunk = outstanding.at(tsn);
            if (chunk.message() == message) {
                outstanding.abandon(chunk);
            }
        }
        last = Math.max(last, end);
        seen = point;
    }

    /** The peer took back what it had reported. */
    void lookAgain() {
        seen = point;
    }

    /** Looks how far the peer may go on without what was given up. RFC 3758 3.5 C2, C3. */
    void update(long now, long roundTripNanos) {
        long cumulative = outstanding.cumulative();
        if (point <= cumulative) {
            point = cumulative;
            seen = Math.max(seen, cumulative);
            skipped.clear();
        }
        if (last <= cumulative) {
            forwardDue = false;
            return;
        }
        while (seen < last && goOn(outstanding.at(seen + 1))) {
            seen++;
        }
        long patience = roundTripNanos < 0 ? UNKNOWN_ROUND_TRIP_NANOS : roundTripNanos + roundTripNanos / 2;
        boolean isOverdue = now - toldAt >= Math.max(MIN_REPEAT_NANOS, patience);
        forwardDue = point > cumulative && (point > told || isOverdue);
    }

    private boolean goOn(OutChunk chunk) {
        if (chunk.state == OutChunk.State.ABANDONED) {
            point = chunk.tsn;
            if (!chunk.message().unordered) {
                skipped.put(chunk.message().streamId, chunk.tsn);
            }
            return true;
        }
        return chunk.state == OutChunk.State.ACKNOWLEDGED && mayPass(chunk);
    }

    /**
     * Whether the point may pass what the peer has reported. RFC 3758 3.5 C2 stops there, which takes a round trip for
     * each such place. It is safe where the peer does not throw away by TSN (a message in one piece, or I-DATA), and where
     * no earlier message of the same ordered stream is skipped, behind which it may wait.
     */
    private boolean mayPass(OutChunk chunk) {
        OutMessage message = chunk.message();
        if (!interleaved && chunk.length != message.data.length) {
            return false;
        }
        Long skip = message.unordered || skipped.isEmpty() ? null : skipped.get(message.streamId);
        return skip == null || skip <= outstanding.cumulative();
    }

    /** The retransmission deadline passed. */
    void expire() {
        told = -1;
    }

    /** The FORWARD TSN or I-FORWARD-TSN that is due, or null. */
    @Nullable
    Chunk poll(int roomBytes, long now) {
        if (!forwardDue) {
            return null;
        }
        forwardDue = false;
        int room = roomBytes - TSN_AND_HEADER_BYTES;
        int skipBytes = interleaved ? InterleavedForwardChunk.SKIP_BYTES : SKIP_BYTES;
        Map<Integer, OutMessage> lastOfLane = new LinkedHashMap<>();
        long reached = outstanding.cumulative();
        for (long tsn = reached + 1; tsn <= point; tsn++) {
            OutChunk chunk = outstanding.at(tsn);
            if (chunk.state == OutChunk.State.ABANDONED) {
                OutMessage message = chunk.message();
                int lane = message.streamId << 1 | (message.unordered ? 1 : 0);
                if (interleaved || !message.unordered) {
                    if (!lastOfLane.containsKey(lane) && skipBytes * (lastOfLane.size() + 1) > room) {
                        break;
                    }
                    lastOfLane.put(lane, message);
                }
                reached = tsn;
            }
        }
        if (reached == outstanding.cumulative()) {
            forwardDue = true;
            return null;
        }
        told = reached;
        toldAt = now;
        return interleaved ? interleaved(reached, lastOfLane) : plain(reached, lastOfLane);
    }

    private static Chunk plain(long reached, Map<Integer, OutMessage> lastOfLane) {
        int[] pairs = new int[2 * lastOfLane.size()];
        int at = 0;
        for (OutMessage message : lastOfLane.values()) {
            pairs[at++] = message.streamId;
            pairs[at++] = message.number & 0xffff;
        }
        return new ForwardTsnChunk((int) reached, pairs);
    }

    private static Chunk interleaved(long reached, Map<Integer, OutMessage> lastOfLane) {
        List<InterleavedForwardChunk.Skip> skips = new ArrayList<>(lastOfLane.size());
        for (OutMessage message : lastOfLane.values()) {
            skips.add(new InterleavedForwardChunk.Skip(message.streamId, message.unordered, message.number));
        }
        return new InterleavedForwardChunk((int) reached, skips);
    }
}
