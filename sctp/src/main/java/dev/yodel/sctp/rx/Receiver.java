package dev.yodel.sctp.rx;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.ForwardTsnChunk;
import dev.yodel.sctp.packet.SackChunk;
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
    private static final int MAX_SACK_BYTES = 600;

    private final DataTracker tracker;
    private final Reassembly reassembly;
    private final ReceiveWindow window;
    private final Counts counts;
    private final Deadlines deadlines;
    private int unacknowledgedPackets;
    private boolean hasNewData;
    private boolean sackDue;

    public Receiver(
            SctpOptions options,
            int peerTsn,
            ReceiveWindow window,
            Queue<SctpEvent> events,
            Counts counts,
            Deadlines deadlines) {
        this.tracker = new DataTracker(peerTsn);
        this.reassembly = new Reassembly(options.maxReceiveMessageBytes(), window, events);
        this.window = window;
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
        hasNewData = true;
        long tsn = tracker.unwrap(chunk.tsn());
        sackDue |= chunk.isImmediate();
        if (tracker.isKnown(tsn)) {
            counts.duplicateChunks++;
            tracker.duplicate(tsn);
            sackDue = true;
            return null;
        }
        boolean fillsHole = tsn == tracker.cumulative() + 1 && tracker.hasGaps();
        if (tracker.isTooFar(tsn) || chunk.streamId() >= Handshake.MAX_STREAMS || (window.isFull() && !fillsHole)) {
            counts.droppedChunks++;
            sackDue = true;
            return null;
        }
        if (window.isOverrun()) {
            return Violation.TOO_MUCH;
        }
        Violation violation = reassembly.add(chunk, tsn);
        if (violation == null) {
            tracker.received(tsn);
        }
        return violation;
    }

    /** Takes what the peer gave up. */
    public void handleForward(ForwardTsnChunk forward) {
        long tsn = tracker.unwrap(forward.newCumulativeTsn());
        sackDue = true;
        // C13: RFC 3758 3.6: an old one only makes us report again; one from beyond all windows is a lie.
        if (tsn <= tracker.cumulative() || tracker.isTooFar(tsn)) {
            return;
        }
        reassembly.skip(tsn, forward.skipped());
        tracker.advanceTo(tsn);
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

    /** A packet was wholly processed. */
    public void endOfPacket(long now) {
        if (!hasNewData) {
            return;
        }
        hasNewData = false;
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
