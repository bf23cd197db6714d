package dev.yodel.sctp;

import dev.yodel.io.RandomSource;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.ErrorCause;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.rx.PieceThresholds;
import dev.yodel.sctp.rx.ReceiveWindow;
import dev.yodel.sctp.rx.Receiver;
import dev.yodel.sctp.rx.Violation;
import dev.yodel.sctp.state.ControlQueue;
import dev.yodel.sctp.state.Counts;
import dev.yodel.sctp.state.Deadlines;
import dev.yodel.sctp.state.Handshake;
import dev.yodel.sctp.state.Heartbeat;
import dev.yodel.sctp.state.PathMtu;
import dev.yodel.sctp.state.Shutdown;
import dev.yodel.sctp.state.StreamResets;
import dev.yodel.sctp.state.Timer;
import dev.yodel.sctp.tx.RetransmissionTimeout;
import dev.yodel.sctp.tx.SendQueue;
import dev.yodel.sctp.tx.Sender;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Which parts does an association have now, and how does it begin and end? It reads no chunk and writes no packet. RFC 9260
 * 4, 5, 9.
 */
final class Life {
    final SctpOptions options;
    final Counts counts = new Counts();
    final ArrayDeque<SctpEvent> events = new ArrayDeque<>();
    final Deadlines deadlines = new Deadlines();
    final ControlQueue control;
    final Handshake handshake;
    final Shutdown shutdown;
    final Heartbeat heartbeat;
    final ReceiveWindow window;
    final PieceThresholds thresholds;
    final PathMtu path;

    private SendQueue queue = new SendQueue(counts);
    private RetransmissionTimeout timeout = new RetransmissionTimeout();
    private @Nullable Transfer transfer;
    private int outboundStreams = Handshake.MAX_STREAMS;
    private boolean zeroChecksumAllowed;
    private boolean closed;
    private long heardAt;

    Life(SctpOptions options, RandomSource random) {
        this.options = options;
        this.control = new ControlQueue(counts, options.packetBytes());
        this.handshake = new Handshake(options, random, counts, control, deadlines);
        this.shutdown = new Shutdown(control, deadlines);
        this.heartbeat = new Heartbeat(random, control, deadlines);
        this.window = new ReceiveWindow(options);
        this.thresholds = new PieceThresholds(options.piecesAboveBytes());
        this.path = new PathMtu(options.packetBytes(), random, () -> timeout.nanos(), deadlines, counts);
    }

    /** Messages of ours that were not sent once. */
    SendQueue queue() {
        return queue;
    }

    RetransmissionTimeout timeout() {
        return timeout;
    }

    /** What moves data; null before both sides have agreed and after the end. */
    @Nullable
    Transfer transfer() {
        return transfer;
    }

    /** How many streams the peer takes of us. */
    int outboundStreams() {
        return outboundStreams;
    }

    boolean isZeroChecksumAllowed() {
        return zeroChecksumAllowed;
    }

    /** When a packet of the peer came last. */
    long heardAt() {
        return heardAt;
    }

    void heard(long now) {
        heardAt = now;
    }

    boolean isClosed() {
        return closed;
    }

    SctpState state() {
        if (closed) {
            return SctpState.CLOSED;
        }
        SctpState opening = handshake.state();
        return opening == SctpState.ESTABLISHED ? shutdown.state() : opening;
    }

    /** Both sides have agreed, for the first time or again: data moves by fresh parts. */
    void begin(Handshake.Opening opening) {
        window.forgetPieces();
        outboundStreams = opening.outboundStreams();
        zeroChecksumAllowed = opening.capabilities().zeroChecksum();
        queue.limitStreams(outboundStreams);
        if (opening.capabilities().interleaving()) {
            queue.interleave(opening.peerWindowBytes() & 0xffff_ffffL, options.packetBytes());
        }
        path.begin(opening.capabilities().padding());
        deadlines.clear(
                Timer.SACK,
                Timer.RETRANSMISSION,
                Timer.PROBE,
                Timer.REORDERING,
                Timer.PACING,
                Timer.RESET,
                Timer.ANSWER,
                Timer.DEFERRED);
        Sender sender = new Sender(options, queue, timeout, counts, deadlines, opening);
        Receiver receiver = new Receiver(options, opening, thresholds, window, events, control, counts, deadlines);
        StreamResets resets = new StreamResets(opening, queue, timeout, receiver, control, deadlines, events);
        transfer = new Transfer(sender, receiver, resets);
    }

    /** The handshake is done. */
    void establish(long now) {
        shutdown.reset();
        heartbeat.begin(now);
        events.add(new SctpEvent.Connected(outboundStreams));
    }

    /** The peer has lost the association and begins another: what was queued is gone with it. RFC 9260 5.2.4. */
    void restart() {
        queue = new SendQueue(counts);
        timeout = new RetransmissionTimeout();
        events.add(new SctpEvent.Restarted());
    }

    /** Goes on with an end in peace once everything of ours is acknowledged. */
    void progressShutdown(long now) {
        Transfer current = transfer;
        if (current != null && queue.isEmpty() && current.sender.isAllAcknowledged()) {
            shutdown.progress(current.receiver.cumulativeTsn(), now);
        }
    }

    /** Whether the peer did nothing wrong; otherwise the association is over and the peer is told why. */
    boolean isFine(@Nullable Violation violation) {
        if (violation != null) {
            breakOff(violation.cause(), violation.wireText(), violation.event());
        }
        return violation == null;
    }

    /** Ends it and tells the peer, if that has answered before. */
    void breakOff(int cause, String text, SctpEvent event) {
        end(event);
        if (handshake.peerTag() != 0) {
            control.add(new OpaqueChunk(ChunkType.ABORT, 0, ErrorCause.text(cause, text)));
        }
    }

    /** Ends it without a word. */
    void end(SctpEvent event) {
        closed = true;
        control.clear();
        handshake.end();
        window.forgetPieces();
        transfer = null;
        queue = new SendQueue(counts);
        deadlines.clear();
        events.add(event);
    }
}
