package dev.yodel.sctp.tx;

import dev.yodel.io.Time;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.Serial;
import dev.yodel.sctp.state.Deadlines;
import dev.yodel.sctp.state.Handshake;
import dev.yodel.sctp.state.Timer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is under way, and what is sent next? It keeps every chunk until the peer's cumulative TSN passed it, finds losses,
 * gives messages up (RFC 3758, 7496) and holds the retransmission deadline. RFC 9260 6.1 to 6.3, 7.2.
 */
public final class Sender {
    private static final int FAST_RETRANSMIT_MISSES = 3;

    private final SendQueue queue;
    private final RetransmissionTimeout timeout;
    private final CongestionWindow window;
    private final Deadlines deadlines;
    private final int packetBytes;
    private final boolean partialReliability;

    /** A ring by TSN; the length is a power of two. */
    private OutChunk[] ring = new OutChunk[64];

    private long cumulative;
    private long next;
    private long flightBytes;
    private long outstandingHeap;
    private int lostCount;
    private long peerWindow;
    private long advancedPoint;
    private boolean forwardDue;
    private long ignoredSacks;
    /** Results of {@link #takeGaps}. */
    private long gapBytes;

    private long highestNewInGap;
    private long retransmissions;

    public Sender(
            SendQueue queue,
            RetransmissionTimeout timeout,
            Deadlines deadlines,
            int packetBytes,
            Handshake.Opening opening) {
        this.queue = queue;
        this.timeout = timeout;
        this.deadlines = deadlines;
        this.packetBytes = packetBytes;
        this.window = new CongestionWindow(packetBytes);
        this.next = Serial.first(opening.localTsn());
        this.cumulative = next - 1;
        this.advancedPoint = cumulative;
        this.peerWindow = opening.peerWindowBytes() & 0xffff_ffffL;
        this.partialReliability = opening.isPartiallyReliable();
    }

    public CongestionWindow window() {
        return window;
    }

    public long lastTsn() {
        return next - 1;
    }

    public boolean isAllAcknowledged() {
        return cumulative == next - 1;
    }

    /** The heap of what is sent and not acknowledged. */
    public long outstandingHeapBytes() {
        return outstandingHeap;
    }

    public long flightBytes() {
        return flightBytes;
    }

    public long ignoredSacks() {
        return ignoredSacks;
    }

    public long retransmissions() {
        return retransmissions;
    }

    /** The cumulative acknowledgement of a SHUTDOWN. RFC 9260 9.2. */
    public void handleShutdownAck(int cumulativeTsnAck, long now) {
        handleSack(new SackChunk(cumulativeTsnAck, (int) peerWindow, new int[0], new int[0]), now);
    }

    private OutChunk at(long tsn) {
        return ring[(int) tsn & (ring.length - 1)];
    }

    private void put(OutChunk chunk) {
        if (chunk.tsn - cumulative > ring.length) {
            OutChunk[] larger = new OutChunk[2 * ring.length];
            for (long tsn = cumulative + 1; tsn < chunk.tsn; tsn++) {
                larger[(int) tsn & (larger.length - 1)] = at(tsn);
            }
            ring = larger;
        }
        ring[(int) chunk.tsn & (ring.length - 1)] = chunk;
        outstandingHeap += chunk.length + (long) SendQueue.OVERHEAD_BYTES;
    }

    /** Takes the peer's report. Whether anything new was acknowledged. */
    public boolean handleSack(SackChunk sack, long now) {
        long acked = Serial.near32(cumulative, sack.cumulativeTsnAck());
        // C14: what was never sent cannot be acknowledged, and an old report says nothing new.
        if (acked >= next || acked < cumulative) {
            ignoredSacks++;
            return false;
        }
        long flightBefore = flightBytes;
        long windowBefore = peerWindow;
        long newlyAcked = 0;
        long highestNew = -1;
        boolean moved = acked > cumulative;
        while (cumulative < acked) {
            OutChunk chunk = at(cumulative + 1);
            if (chunk.state != OutChunk.State.ACKNOWLEDGED) {
                newlyAcked += acknowledge(chunk, now);
                highestNew = chunk.tsn;
            }
            outstandingHeap -= chunk.length + (long) SendQueue.OVERHEAD_BYTES;
            cumulative++;
        }
        long highestGap = takeGaps(sack.gaps(), now);
        if (highestGap >= 0) {
            newlyAcked += gapBytes;
            highestNew = Math.max(highestNew, highestNewInGap);
            countMisses(highestNew, now);
        }
        peerWindow = sack.windowBytes() & 0xffff_ffffL;
        if (moved) {
            window.acknowledged(cumulative, newlyAcked, flightBefore);
        } else if (windowBefore < packetBytes && peerWindow >= packetBytes) {
            // RFC 9260 6.1 A: what was sent into the closed window was dropped there; the opened one takes it at once.
            for (long tsn = cumulative + 1; tsn < next; tsn++) {
                lose(at(tsn), now);
            }
        }
        advancedPoint = Math.max(advancedPoint, cumulative);
        updateForward();
        if (isAllAcknowledged()) {
            deadlines.set(Timer.RETRANSMISSION, Time.NEVER);
        } else if (moved || deadlines.get(Timer.RETRANSMISSION) == Time.NEVER) {
            deadlines.set(Timer.RETRANSMISSION, now + timeout.nanos());
        }
        return newlyAcked > 0;
    }

    /** Marks what the gap blocks report; returns the highest TSN reported or -1. */
    private long takeGaps(int[] gaps, long now) {
        gapBytes = 0;
        highestNewInGap = -1;
        long reported = cumulative;
        for (int i = 0; i + 1 < gaps.length; i += 2) {
            long first = cumulative + gaps[i];
            long last = cumulative + gaps[i + 1];
            if (first <= reported || last < first || last >= next) {
                ignoredSacks++;
                break;
            }
            for (long tsn = reported + 1; tsn < first; tsn++) {
                renege(at(tsn));
            }
            for (long tsn = first; tsn <= last; tsn++) {
                OutChunk chunk = at(tsn);
                if (chunk.state != OutChunk.State.ACKNOWLEDGED && chunk.state != OutChunk.State.ABANDONED) {
                    gapBytes += acknowledge(chunk, now);
                    highestNewInGap = tsn;
                }
            }
            reported = last;
        }
        return reported == cumulative ? -1 : reported;
    }

    /** RFC 9260 6.2.1 D iii: the peer took back what it had reported; the chunk is sent again. */
    private void renege(OutChunk chunk) {
        if (chunk.state == OutChunk.State.ACKNOWLEDGED) {
            chunk.state = OutChunk.State.LOST;
            lostCount++;
        }
    }

    private long acknowledge(OutChunk chunk, long now) {
        long bytes = 0;
        switch (chunk.state) {
            case IN_FLIGHT -> {
                flightBytes -= chunk.length;
                bytes = chunk.length;
                // RFC 9260 6.3.1 C5: no measurement from what was sent twice.
                if (chunk.sends == 1) {
                    timeout.measured(now - chunk.sentAt);
                }
            }
            case LOST -> {
                lostCount--;
                bytes = chunk.length;
            }
            default -> {}
        }
        chunk.state = OutChunk.State.ACKNOWLEDGED;
        return bytes;
    }

    /** RFC 9260 7.2.4: three reports of something newer mean a loss; each chunk is resent fast once. */
    private void countMisses(long highestNew, long now) {
        for (long tsn = cumulative + 1; tsn < highestNew; tsn++) {
            OutChunk chunk = at(tsn);
            if (chunk.state != OutChunk.State.IN_FLIGHT || chunk.resentFast) {
                continue;
            }
            chunk.misses++;
            if (chunk.misses >= FAST_RETRANSMIT_MISSES) {
                chunk.resentFast = true;
                window.lost(next - 1);
                lose(chunk, now);
            }
        }
    }

    private void lose(OutChunk chunk, long now) {
        if (chunk.state != OutChunk.State.IN_FLIGHT) {
            return;
        }
        flightBytes -= chunk.length;
        chunk.state = OutChunk.State.LOST;
        lostCount++;
        if (partialReliability && chunk.message.isWornOut(chunk.sends, now)) {
            abandon(chunk.message);
        }
    }

    private void abandon(OutMessage message) {
        if (message.abandoned) {
            return;
        }
        message.abandoned = true;
        if (queue.abandon(message)) {
            // A TSN for the rest, never sent: without it a peer that has all earlier pieces would keep them for ever.
            put(new OutChunk(next, message, message.sentBytes, 0));
            lostCount++;
            next++;
        }
        for (long tsn = cumulative + 1; tsn < next; tsn++) {
            OutChunk chunk = at(tsn);
            if (chunk.message == message && chunk.state != OutChunk.State.ABANDONED) {
                if (chunk.state == OutChunk.State.IN_FLIGHT) {
                    flightBytes -= chunk.length;
                } else if (chunk.state == OutChunk.State.LOST) {
                    lostCount--;
                }
                chunk.state = OutChunk.State.ABANDONED;
            }
        }
    }

    /** RFC 3758 3.5 C2, C3. */
    private void updateForward() {
        while (advancedPoint + 1 < next && at(advancedPoint + 1).state == OutChunk.State.ABANDONED) {
            advancedPoint++;
        }
        forwardDue = advancedPoint > cumulative;
    }

    /** The retransmission deadline passed: everything under way counts as lost. RFC 9260 6.3.3. */
    public void expire(long now) {
        if (isAllAcknowledged()) {
            return;
        }
        timeout.backOff();
        deadlines.set(Timer.RETRANSMISSION, now + timeout.nanos());
        window.timedOut();
        for (long tsn = cumulative + 1; tsn < next; tsn++) {
            OutChunk chunk = at(tsn);
            chunk.misses = 0;
            chunk.resentFast = false;
            lose(chunk, now);
        }
        updateForward();
    }

    /** The FORWARD TSN that is due, or null. RFC 3758 3.5 C3. */
    public @Nullable ForwardTsnChunk pollForward(int roomBytes, long now) {
        if (!forwardDue) {
            return null;
        }
        forwardDue = false;
        Map<Integer, Integer> last = new HashMap<>();
        long point = cumulative;
        while (point < advancedPoint) {
            OutMessage message = at(point + 1).message;
            if (!message.unordered && !last.containsKey(message.streamId) && 12 + 4 * last.size() > roomBytes) {
                break;
            }
            if (!message.unordered) {
                last.put(message.streamId, message.ssn);
            }
            point++;
        }
        if (point == cumulative) {
            return null;
        }
        int[] skipped = new int[2 * last.size()];
        int at = 0;
        for (Map.Entry<Integer, Integer> entry : last.entrySet()) {
            skipped[at++] = entry.getKey();
            skipped[at++] = entry.getValue();
        }
        if (deadlines.get(Timer.RETRANSMISSION) == Time.NEVER) {
            deadlines.set(Timer.RETRANSMISSION, now + timeout.nanos());
        }
        return new ForwardTsnChunk((int) point, skipped);
    }

    /** The next chunk that may be sent now and fits, or null. */
    public @Nullable DataChunk poll(int roomBytes, long now) {
        int room = roomBytes - DataChunk.OVERHEAD_BYTES;
        if (room <= 0) {
            return null;
        }
        if (lostCount > 0) {
            for (long tsn = cumulative + 1; tsn < next; tsn++) {
                OutChunk chunk = at(tsn);
                if (chunk.state == OutChunk.State.LOST) {
                    return chunk.length <= room && maySend(chunk.length) ? emit(chunk, now) : null;
                }
            }
        }
        OutMessage message = queue.next(now);
        while (message != null && partialReliability && message.begun && now >= message.expiresAtNanos) {
            abandon(message);
            updateForward();
            message = queue.next(now);
        }
        if (message == null) {
            return null;
        }
        int unsent = message.unsentBytes();
        // A short piece at the end of a packet is not worth a chunk: RFC 9260 6.1 leaves the sizes to the sender.
        if (unsent > room && room < packetBytes / 2) {
            return null;
        }
        int length = Math.min(unsent, room);
        if (!maySend(length)) {
            return null;
        }
        OutChunk chunk = new OutChunk(next, message, message.sentBytes, length);
        put(chunk);
        next++;
        lostCount++;
        queue.sent(message, length);
        return emit(chunk, now);
    }

    /** RFC 9260 6.1 A and B: within both windows, or one chunk when nothing is under way. */
    private boolean maySend(int length) {
        if (flightBytes == 0) {
            return true;
        }
        return flightBytes + length <= peerWindow && flightBytes < window.windowBytes();
    }

    private DataChunk emit(OutChunk chunk, long now) {
        OutMessage message = chunk.message;
        chunk.state = OutChunk.State.IN_FLIGHT;
        lostCount--;
        chunk.sends++;
        if (chunk.sends > 1) {
            retransmissions++;
        }
        chunk.misses = 0;
        chunk.sentAt = now;
        flightBytes += chunk.length;
        if (deadlines.get(Timer.RETRANSMISSION) == Time.NEVER || chunk.tsn == cumulative + 1) {
            deadlines.set(Timer.RETRANSMISSION, now + timeout.nanos());
        }
        int flags = (chunk.offset == 0 ? DataChunk.FLAG_BEGIN : 0)
                | (chunk.offset + chunk.length == message.data.length ? DataChunk.FLAG_END : 0)
                | (message.unordered ? DataChunk.FLAG_UNORDERED : 0);
        return new DataChunk(
                flags,
                (int) chunk.tsn,
                message.streamId,
                message.unordered ? 0 : message.ssn,
                message.ppid,
                message.data,
                chunk.offset,
                chunk.length);
    }
}
