package dev.yodel.sctp.rx;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ErrorCause;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.InterleavedForwardChunk;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.state.ControlQueue;
import dev.yodel.sctp.state.Counts;
import dev.yodel.sctp.state.Deadlines;
import dev.yodel.sctp.state.Handshake;
import dev.yodel.sctp.state.Timer;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the peer's data, and when is it told? Whole messages go straight to the events. It does not know the
 * state of the association. RFC 9260 6.2, 6.7; RFC 3758 3.6.
 */
public final class Receiver {
    private static final long SACK_DELAY_NANOS = 50 * Time.MILLISECOND;
    private static final int MAX_SACK_BYTES = 1200;

    private final DataTracker tracker;
    private final Reassembly reassembly;
    private final ReceiveWindow window;
    private final ControlQueue control;
    private final Counts counts;
    private final Deadlines deadlines;
    private int unacknowledgedPackets;
    private boolean hasNewData;
    private int packetBytes;
    private boolean sackDue;

    public Receiver(
            SctpOptions options,
            Handshake.Opening opening,
            PieceThresholds thresholds,
            ReceiveWindow window,
            Queue<SctpEvent> events,
            ControlQueue control,
            Counts counts,
            Deadlines deadlines) {
        Delivery delivery = new Delivery(options.maxReceiveMessageBytes(), thresholds, window, events);
        this.tracker = new DataTracker(opening.peerTsn());
        this.reassembly = opening.capabilities().interleaving()
                ? new InterleavedReassembly(delivery)
                : new TsnReassembly(delivery);
        this.window = window;
        this.control = control;
        this.counts = counts;
        this.deadlines = deadlines;
    }

    /** The cumulative TSN as it goes into a packet. */
    public int cumulativeTsn() {
        return (int) tracker.cumulative();
    }

    /** Whether everything to a TSN has come. */
    public boolean hasAllTo(int tsn) {
        return tracker.unwrap(tsn) <= tracker.cumulative();
    }

    /** Takes a piece of a message: it is kept, or dropped and counted, or it ends the association. */
    public @Nullable Violation handleData(DataChunk chunk) {
        if (chunk.interleaved() != reassembly instanceof InterleavedReassembly) {
            return Violation.WRONG_KIND;
        }
        hasNewData = true;
        packetBytes += chunk.length();
        long tsn = tracker.unwrap(chunk.tsn());
        sackDue |= chunk.isImmediate();
        if (tracker.isKnown(tsn)) {
            counts.duplicateChunks++;
            tracker.duplicate(tsn);
            sackDue = true;
            return null;
        }
        boolean isNext = tsn == tracker.cumulative() + 1;
        boolean takesIt = !window.isFull() || (isNext && (tracker.hasGaps() || window.isStuck()));
        if (tracker.isTooFar(tsn) || !takesIt) {
            counts.droppedChunks++;
            sackDue = true;
            return null;
        }
        if (window.isOverrun()) {
            return Violation.TOO_MUCH;
        }
        if (chunk.streamId() >= Handshake.MAX_STREAMS) {
            // RFC 9260 6.5: acknowledged, thrown away, complained of.
            counts.droppedChunks++;
            tracker.received(tsn);
            control.report(ErrorCause.invalidStream(chunk.streamId()));
            return null;
        }
        Violation violation = reassembly.add(chunk, tsn);
        if (violation == null) {
            tracker.received(tsn);
        }
        return violation;
    }

    /** Takes what the peer gave up. */
    public @Nullable Violation handleForward(ForwardTsnChunk forward) {
        if (!(reassembly instanceof TsnReassembly byTsn)) {
            return Violation.WRONG_KIND;
        }
        long tsn = tracker.unwrap(forward.newCumulativeTsn());
        if (isNews(tsn)) {
            byTsn.skip(tsn, forward.skipped());
            tracker.advanceTo(tsn);
        }
        return null;
    }

    /** Takes what the peer gave up where messages are interleaved. */
    public @Nullable Violation handleForward(InterleavedForwardChunk forward) {
        if (!(reassembly instanceof InterleavedReassembly interleaved)) {
            return Violation.WRONG_KIND;
        }
        long tsn = tracker.unwrap(forward.newCumulativeTsn());
        if (isNews(tsn)) {
            interleaved.skip(forward.skipped());
            tracker.advanceTo(tsn);
        }
        return null;
    }

    /** C13: RFC 3758 3.6: an old one only makes us report again; one from beyond all windows is a lie. */
    private boolean isNews(long newCumulativeTsn) {
        sackDue = true;
        return newCumulativeTsn > tracker.cumulative() && !tracker.isTooFar(newCumulativeTsn);
    }

    /** A stream's messages come in pieces now, or no more. */
    public void thresholdChanged(int streamId) {
        reassembly.thresholdChanged(streamId);
    }

    /** The peer begins streams anew; none listed means all. RFC 6525 5.2.2. */
    public void resetStreams(int[] streamIds) {
        if (streamIds.length == 0) {
            reassembly.resetAllStreams();
        }
        for (int streamId : streamIds) {
            reassembly.resetStream(streamId);
        }
    }

    /** A packet was wholly processed; the path's round trip is -1 if it is not known. */
    public void endOfPacket(long roundTripNanos, long now) {
        if (!hasNewData) {
            return;
        }
        hasNewData = false;
        window.received(packetBytes, roundTripNanos, now);
        packetBytes = 0;
        unacknowledgedPackets++;
        // RFC 9260 6.2, 6.7: every second packet, and at once when something is missing.
        if (unacknowledgedPackets >= 2 || tracker.hasGaps()) {
            sackDue = true;
        } else if (deadlines.get(Timer.SACK) == Time.NEVER) {
            deadlines.set(Timer.SACK, now + SACK_DELAY_NANOS);
        }
    }

    /** The delay of a SACK is over. */
    public void expire() {
        sackDue = true;
    }

    /** The owner took a message or gave room back: a closed window may have opened. */
    public void noteRoom() {
        sackDue |= window.hasOpened();
    }

    public boolean isSackDue() {
        return sackDue;
    }

    /** Whether a SACK would tell anything, due or not. */
    public boolean hasUnreported() {
        return unacknowledgedPackets > 0;
    }

    /** The SACK of now; none is due afterwards. */
    public SackChunk sack(int roomBytes) {
        sackDue = false;
        unacknowledgedPackets = 0;
        deadlines.set(Timer.SACK, Time.NEVER);
        return tracker.sack(window.announce(), Math.min(roomBytes, MAX_SACK_BYTES));
    }
}
