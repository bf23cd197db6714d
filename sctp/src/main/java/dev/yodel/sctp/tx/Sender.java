package dev.yodel.sctp.tx;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpCongestionControl;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.SctpPacket;
import dev.yodel.sctp.packet.Serial;
import dev.yodel.sctp.state.Counts;
import dev.yodel.sctp.state.Deadlines;
import dev.yodel.sctp.state.Handshake;
import dev.yodel.sctp.state.Timer;
import org.jspecify.annotations.Nullable;

/**
 * What is sent now, and what does a report of the peer mean? It joins what is under way, the finding and repairing of
 * losses, the windows and the pace. RFC 9260 6.1 to 6.3, 7.2; the probe of RFC 8985 7.
 */
public final class Sender {
    /** A retransmission time-out that comes later than this missed the reports that came meanwhile: they are read first. */
    private static final long LATE_NANOS = 100 * Time.MILLISECOND;

    private static final long GRACE_NANOS = 20 * Time.MILLISECOND;
    /** What a peer may delay the report of a single packet by. */
    private static final long PEER_DELAY_NANOS = 150 * Time.MILLISECOND;

    private final SendQueue queue;
    private final RetransmissionTimeout timeout;
    private final Deadlines deadlines;
    private final Counts counts;
    private final int packetBytes;
    private final boolean partialReliability;
    private final boolean interleaved;
    private final Outstanding outstanding;
    private final GivenUp givenUp;
    private final LossDetector detector;
    private final CongestionControl control;
    private final Recovery recovery;
    private final Pacer pacer;

    private long peerWindow;
    /** The last packet before the peer closed its window. */
    private long closedAtPacket;

    private long packetNumber;
    private long lastSentAt;
    private long timeoutAt = Time.NEVER;
    private boolean graceGiven;
    private long ackedBytes;
    private boolean timeoutWasMistake;
    /** Whether the path makes copies by itself: then a copy says nothing about what we sent again. */
    private boolean pathDuplicates;

    private boolean probeDue;
    /** The highest TSN when a probe was sent, -1 if none is under way. */
    private long probeEnd = -1;

    private long probeTsn;
    private boolean probeIsCopy;

    public Sender(
            SctpOptions options,
            SendQueue queue,
            RetransmissionTimeout timeout,
            Counts counts,
            Deadlines deadlines,
            Handshake.Opening opening) {
        this.queue = queue;
        this.timeout = timeout;
        this.counts = counts;
        this.deadlines = deadlines;
        this.packetBytes = options.packetBytes();
        this.partialReliability = opening.capabilities().forwardTsn();
        this.interleaved = opening.capabilities().interleaving();
        this.peerWindow = opening.peerWindowBytes() & 0xffff_ffffL;
        this.outstanding = new Outstanding(Serial.first(opening.localTsn()));
        this.givenUp = new GivenUp(outstanding, queue, counts, interleaved);
        this.detector = new LossDetector(outstanding, deadlines);
        this.control = options.congestionControl() == SctpCongestionControl.CUBIC
                ? new CubicControl(packetBytes)
                : new StandardControl(packetBytes);
        this.recovery = new Recovery(packetBytes);
        this.pacer = new Pacer(packetBytes);
    }

    public long lastTsn() {
        return outstanding.next() - 1;
    }

    /** To where the peer has reported all. */
    public long cumulativeTsnAck() {
        return outstanding.cumulative();
    }

    public boolean isAllAcknowledged() {
        return outstanding.isEmpty();
    }

    /** The heap of what is sent and not acknowledged. */
    public long outstandingHeapBytes() {
        return outstanding.heapBytes();
    }

    /** What may be under way now. */
    public long windowBytes() {
        return recovery.isProportional() ? recovery.windowBytes() : control.windowBytes();
    }

    /** The cumulative acknowledgement of a SHUTDOWN. RFC 9260 9.2. */
    public void handleShutdownAck(int cumulativeTsnAck, long now) {
        handleSack(new SackChunk(cumulativeTsnAck, (int) peerWindow, new int[0], new int[0]), now);
    }

    /** Takes the peer's report. */
    public void handleSack(SackChunk sack, long now) {
        long acked = Serial.near32(outstanding.cumulative(), sack.cumulativeTsnAck());
        // C14: what was never sent cannot be acknowledged, and an old report says nothing new.
        if (acked >= outstanding.next() || acked < outstanding.cumulative()) {
            counts.ignoredSacks++;
            return;
        }
        long flightBefore = outstanding.flightBytes();
        boolean moved = acked > outstanding.cumulative();
        ackedBytes = 0;
        timeoutWasMistake = false;
        graceGiven = false;
        detector.beginReport();
        for (long tsn = outstanding.cumulative() + 1; tsn <= acked; tsn++) {
            acknowledge(outstanding.at(tsn), now);
        }
        outstanding.advanceTo(acked);
        takeGaps(sack.gaps(), moved, now);
        takeDuplicates(sack.duplicates(), now);
        if (timeoutWasMistake) {
            takeBackTimeout(now);
        }
        takeSample(now);
        if (ackedBytes > 0) {
            timeout.answered();
        }
        takeWindow(sack.windowBytes() & 0xffff_ffffL, moved);
        detectLosses(now);
        control(flightBefore, now);
        givenUp.update(now, timeout.smoothedNanos());
        endProbe(now);
        armTimers(moved, now);
    }

    private void acknowledge(OutChunk chunk, long now) {
        switch (chunk.state) {
            case IN_FLIGHT -> {
                ackedBytes += chunk.length;
                if (!detector.acknowledged(chunk, now)) {
                    // Too early to be the answer to the copy: the one before had arrived.
                    mistake(now);
                }
            }
            case LOST -> {
                ackedBytes += chunk.length;
                detector.acknowledged(chunk, now);
                mistake(now);
            }
            default -> {
                return;
            }
        }
        outstanding.acknowledge(chunk);
    }

    /** A chunk that was taken for lost had arrived. */
    private void mistake(long now) {
        if (recovery.isActive() && !recovery.isProportional()) {
            timeoutWasMistake = true;
        } else if (recovery.isActive() && recovery.found()) {
            takeBack(now);
        }
    }

    private void takeBack(long now) {
        counts.mistakenRecoveries++;
        control.restore(now);
        recovery.end();
    }

    /** A time-out was a mistake: what it took for lost and is not sent again is under way. */
    private void takeBackTimeout(long now) {
        for (OutChunk chunk = outstanding.lost.last(); chunk != null; chunk = outstanding.lost.last()) {
            outstanding.find(chunk);
        }
        takeBack(now);
    }

    /** Takes the gap blocks; in a report that is newer than all before, what is missing in them was taken back. */
    private void takeGaps(int[] gaps, boolean isNewest, long now) {
        long cumulative = outstanding.cumulative();
        long reported = cumulative;
        for (int i = 0; i + 1 < gaps.length; i += 2) {
            long first = cumulative + gaps[i];
            long last = cumulative + gaps[i + 1];
            if (first <= reported || last < first || last >= outstanding.next()) {
                counts.ignoredSacks++;
                return;
            }
            if (isNewest) {
                renege(reported + 1, first - 1);
            }
            for (long tsn = outstanding.reported.nextAbsent(first);
                    tsn <= last;
                    tsn = outstanding.reported.nextAbsent(tsn + 1)) {
                outstanding.reported.add(tsn);
                acknowledge(outstanding.at(tsn), now);
            }
            reported = last;
        }
    }

    /** RFC 9260 6.2.1 D iii: the peer took back what it had reported; the chunks are sent again. */
    private void renege(long first, long last) {
        for (long tsn = outstanding.reported.nextPresent(first);
                tsn <= last;
                tsn = outstanding.reported.nextPresent(tsn + 1)) {
            outstanding.reported.remove(tsn);
            OutChunk chunk = outstanding.at(tsn);
            if (chunk.state == OutChunk.State.ACKNOWLEDGED) {
                outstanding.lose(chunk);
                givenUp.lookAgain();
            }
        }
    }

    /** What the peer got twice was not lost, if we sent it twice. */
    private void takeDuplicates(int[] duplicates, long now) {
        for (int duplicate : duplicates) {
            long tsn = Serial.near32(outstanding.cumulative(), duplicate);
            if (probeEnd >= 0 && probeIsCopy && tsn == probeTsn) {
                probeEnd = -1;
            } else if (!recovery.explains(tsn)) {
                pathDuplicates = true;
            } else if (!pathDuplicates) {
                detector.wasSpurious();
                mistake(now);
            }
        }
    }

    private void takeSample(long now) {
        long sample = detector.sampleNanos();
        if (sample >= 0) {
            timeout.measured(sample);
            detector.measured(sample, now);
            control.measured(sample, outstanding.cumulative(), lastTsn());
        }
    }

    private void takeWindow(long newWindow, boolean moved) {
        boolean wasClosed = peerWindow < packetBytes;
        boolean isClosed = newWindow < packetBytes;
        peerWindow = newWindow;
        if (!wasClosed && isClosed) {
            closedAtPacket = packetNumber;
        }
        if (wasClosed && !isClosed && !moved) {
            // RFC 9260 6.1 A: what was sent into the closed window was dropped there; the opened one takes it at once.
            for (OutChunk last = outstanding.underWay.last();
                    last != null && last.packetNumber > closedAtPacket;
                    last = outstanding.underWay.last()) {
                outstanding.lose(last);
            }
        }
    }

    private void detectLosses(long now) {
        boolean isRecovering = recovery.isActive();
        long flightBefore = outstanding.flightBytes();
        long lostChunks = 0;
        OutChunk chunk = detector.nextLost(isRecovering, timeout.smoothedNanos(), now);
        while (chunk != null) {
            lose(chunk, now);
            lostChunks++;
            chunk = detector.nextLost(isRecovering, timeout.smoothedNanos(), now);
        }
        if (lostChunks == 0) {
            return;
        }
        if (!isRecovering) {
            control.lost(now);
            recovery.begin(outstanding.cumulative(), lastTsn(), control.windowBytes(), flightBefore);
        }
        recovery.lost(lostChunks);
    }

    private void lose(OutChunk chunk, long now) {
        outstanding.lose(chunk);
        OutMessage message = chunk.message();
        if (partialReliability && message.isWornOut(chunk.sends, now)) {
            givenUp.abandon(message);
        }
    }

    private void control(long flightBefore, long now) {
        if (recovery.isActive() && outstanding.cumulative() >= recovery.endTsn()) {
            recovery.end();
            detector.recoveryEnded();
        } else if (recovery.isProportional()) {
            recovery.acknowledged(ackedBytes, outstanding.flightBytes());
        } else if (ackedBytes > 0) {
            long window = control.windowBytes();
            boolean wasInUse =
                    control.isSlowStart() ? 2 * flightBefore > window : flightBefore + 2L * packetBytes >= window;
            control.acknowledged(ackedBytes, wasInUse, timeout.smoothedNanos(), now);
        }
        pacer.pace(control.windowBytes(), timeout.smoothedNanos(), control.isSlowStart());
    }

    private void armTimers(boolean moved, long now) {
        if (outstanding.isEmpty()) {
            deadlines.clear(Timer.RETRANSMISSION, Timer.PROBE, Timer.REORDERING);
            timeoutAt = Time.NEVER;
            return;
        }
        if (moved || timeoutAt == Time.NEVER) {
            armTimeout(now + timeout.nanos());
        }
        armProbe(now);
    }

    private void armTimeout(long at) {
        timeoutAt = at;
        deadlines.set(Timer.RETRANSMISSION, at);
    }

    /** RFC 8985 7.2. */
    private void armProbe(long now) {
        OutChunk last = outstanding.underWay.last();
        if (last == null || probeEnd >= 0 || recovery.isActive() || timeout.smoothedNanos() < 0 || peerWindow == 0) {
            deadlines.set(Timer.PROBE, Time.NEVER);
            return;
        }
        long wait = 2 * timeout.smoothedNanos();
        OutChunk first = outstanding.underWay.first();
        if (first != null && first.packetNumber == last.packetNumber) {
            wait += PEER_DELAY_NANOS;
        }
        long at = now + Math.max(wait, 2 * Time.MILLISECOND);
        deadlines.set(Timer.PROBE, at < timeoutAt ? at : Time.NEVER);
    }

    /** Nothing came back for two round trips: the last packet, or a further one, asks for a report. RFC 8985 7.3. */
    public void expireProbe(long now) {
        probeDue = !outstanding.underWay.isEmpty() && !recovery.isActive();
        armTimeout(now + timeout.nanos());
    }

    private void endProbe(long now) {
        if (probeEnd < 0 || outstanding.cumulative() < probeEnd) {
            return;
        }
        // RFC 8985 7.4.2: the copy replaced what was lost, and a loss is a loss.
        boolean isLoss = probeIsCopy && outstanding.cumulative() > probeEnd;
        if (isLoss && !recovery.isActive()) {
            control.lost(now);
        }
        if (isLoss || !probeIsCopy) {
            probeEnd = -1;
        }
    }

    /** A chunk that was overtaken has had its time. */
    public void expireReordering(long now) {
        detectLosses(now);
        if (recovery.isProportional()) {
            recovery.acknowledged(0, outstanding.flightBytes());
        }
        givenUp.update(now, timeout.smoothedNanos());
    }

    /** The retransmission deadline passed: everything under way counts as lost. RFC 9260 6.3.3. */
    public void expire(long now) {
        if (outstanding.isEmpty()) {
            timeoutAt = Time.NEVER;
            return;
        }
        if (now - timeoutAt > LATE_NANOS && !graceGiven) {
            graceGiven = true;
            armTimeout(now + GRACE_NANOS);
            return;
        }
        timeout.backOff();
        armTimeout(now + timeout.nanos());
        deadlines.clear(Timer.PROBE, Timer.REORDERING);
        probeDue = false;
        probeEnd = -1;
        boolean isAgain = recovery.isActive() && !recovery.isProportional();
        long lostChunks = 0;
        for (OutChunk chunk = outstanding.underWay.first(); chunk != null; chunk = outstanding.underWay.first()) {
            lose(chunk, now);
            lostChunks++;
        }
        // RFC 9260 6.1: the one chunk that asks whether a closed window is still closed says nothing about the path.
        if (lostChunks > (peerWindow > 0 ? 0 : 1)) {
            counts.retransmissionTimeouts++;
            if (!isAgain) {
                control.timedOut(now);
            }
            recovery.beginAfterTimeout(outstanding.cumulative(), lastTsn());
            recovery.lost(lostChunks);
            pacer.pace(control.windowBytes(), timeout.smoothedNanos(), true);
        }
        givenUp.expire();
        givenUp.update(now, timeout.smoothedNanos());
    }

    /** A packet begins. */
    public void beginPacket() {
        packetNumber++;
    }

    /** The FORWARD TSN that is due, or null. RFC 3758 3.5 C3. */
    public @Nullable Chunk pollForward(int roomBytes, long now) {
        Chunk forward = givenUp.poll(roomBytes, now);
        if (forward != null && timeoutAt == Time.NEVER) {
            armTimeout(now + timeout.nanos());
        }
        return forward;
    }

    /** The next chunk that may be sent now and fits, or null. */
    public @Nullable DataChunk poll(int roomBytes, long now) {
        int room = roomBytes - overheadBytes();
        if (room <= 0) {
            return null;
        }
        OutChunk lost = nextLost(now);
        if (lost != null) {
            probeDue = false;
            return lost.length <= room && maySend(now) ? emit(lost, false, now) : null;
        }
        OutMessage message = nextMessage(now);
        int length = message == null ? 0 : pieceLength(message, newPieceRoom(roomBytes));
        if (message == null || length == 0 || outstanding.isFull() || !(mayProbe(length) || maySendNew(length, now))) {
            return pollCopy(room, now);
        }
        if (outstanding.flightBytes() == 0) {
            noteIdle(now);
        }
        OutChunk chunk = outstanding.append(message, message.sentBytes, length);
        queue.sent(message, length);
        boolean isProbe = probeDue;
        if (isProbe) {
            beginProbe(chunk, false);
        }
        return emit(chunk, isProbe, now);
    }

    /**
     * The largest piece for so much room. A packet that is larger than the base holds several pieces of equal size, each of
     * which can be sent in one of the base size, should the path become narrower: a piece that has a TSN stays as it is.
     */
    private int newPieceRoom(int roomBytes) {
        int most = (packetBytes & ~3) - SctpPacket.HEADER_BYTES;
        if (roomBytes <= most) {
            return roomBytes - overheadBytes();
        }
        int pieces = (roomBytes + most - 1) / most;
        int room = (roomBytes / pieces & ~3) - overheadBytes();
        // A packet that is hardly larger than the base holds one whole piece and not two that are too small to be sent.
        return room < packetBytes / 2 ? most - overheadBytes() : room;
    }

    private int overheadBytes() {
        return interleaved ? DataChunk.INTERLEAVED_OVERHEAD_BYTES : DataChunk.OVERHEAD_BYTES;
    }

    /** What is to be sent again next; what has outlived its lifetime since it was lost is given up. */
    private @Nullable OutChunk nextLost(long now) {
        OutChunk lost = outstanding.lost.first();
        while (lost != null && partialReliability && now >= lost.message().expiresAtNanos) {
            givenUp.abandon(lost.message());
            givenUp.update(now, timeout.smoothedNanos());
            lost = outstanding.lost.first();
        }
        return lost;
    }

    private boolean mayProbe(int length) {
        return probeDue && outstanding.unacknowledgedBytes() + length <= peerWindow;
    }

    /** The last chunk again, if a probe is due that could not be a new one. */
    private @Nullable DataChunk pollCopy(int room, long now) {
        OutChunk last = outstanding.underWay.last();
        if (!probeDue || (last != null && last.length > room)) {
            return null;
        }
        probeDue = false;
        // RFC 7496: a probe is a retransmission, too.
        if (last == null || (partialReliability && last.message().isWornOut(last.sends, now))) {
            return null;
        }
        beginProbe(last, true);
        return emit(last, true, now);
    }

    private void beginProbe(OutChunk chunk, boolean isCopy) {
        counts.probes++;
        probeDue = false;
        probeEnd = lastTsn();
        probeTsn = chunk.tsn;
        probeIsCopy = isCopy;
    }

    private @Nullable OutMessage nextMessage(long now) {
        OutMessage message = queue.next(now);
        while (message != null && partialReliability && message.begun && now >= message.expiresAtNanos) {
            givenUp.abandon(message);
            givenUp.update(now, timeout.smoothedNanos());
            message = queue.next(now);
        }
        return message;
    }

    /** How much of a message goes next, 0 if it waits for another packet. */
    private int pieceLength(OutMessage message, int room) {
        int unsent = message.unsentBytes();
        // A short piece at the end of a packet is not worth a chunk: RFC 9260 6.1 leaves the sizes to the sender.
        return unsent > room && room < packetBytes / 2 ? 0 : Math.min(unsent, room);
    }

    /** RFC 9260 7.2.1: what the path carried before a pause says less and less. */
    private void noteIdle(long now) {
        long timeouts = (now - lastSentAt) / timeout.nanos();
        if (outstanding.isEmpty() && timeouts > 0 && timeout.smoothedNanos() >= 0) {
            control.idle(timeouts);
            pacer.pace(control.windowBytes(), timeout.smoothedNanos(), control.isSlowStart());
        }
    }

    /** RFC 9260 6.1 A: within the peer's window, or one chunk when nothing is under way. */
    private boolean maySendNew(int length, long now) {
        long used = outstanding.unacknowledgedBytes();
        return (used == 0 || used + length <= peerWindow) && maySend(now);
    }

    /** RFC 9260 6.1 B: within our window. What is sent again has its place in the peer's already. */
    private boolean maySend(long now) {
        long flight = outstanding.flightBytes();
        if (flight == 0) {
            return true;
        }
        if (flight >= windowBytes()) {
            return false;
        }
        long dueAt = pacer.dueAt(now);
        if (dueAt > now) {
            deadlines.set(Timer.PACING, dueAt);
            return false;
        }
        return true;
    }

    private DataChunk emit(OutChunk chunk, boolean isProbe, long now) {
        outstanding.sent(chunk, packetNumber, now);
        if (chunk.sends > 1) {
            counts.retransmissions++;
        }
        pacer.sent(chunk.length);
        if (recovery.isActive()) {
            recovery.sent(chunk);
        }
        lastSentAt = now;
        if (timeoutAt == Time.NEVER || chunk.tsn == outstanding.cumulative() + 1) {
            armTimeout(now + timeout.nanos());
        }
        armProbe(now);
        return chunk.wire(interleaved, isProbe);
    }
}
