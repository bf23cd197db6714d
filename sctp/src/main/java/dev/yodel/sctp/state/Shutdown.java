package dev.yodel.sctp.state;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpState;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.ShutdownChunk;
import dev.yodel.sctp.packet.SignalChunk;

/** How far has the end in peace come? It is not asked before the association is established. RFC 9260 9.2. */
public final class Shutdown {
    private final ControlQueue control;
    private final Deadlines deadlines;
    private final Retry retry = new Retry();
    private SctpState state = SctpState.ESTABLISHED;

    public Shutdown(ControlQueue control, Deadlines deadlines) {
        this.control = control;
        this.deadlines = deadlines;
    }

    /** ESTABLISHED and the four states after it. */
    public SctpState state() {
        return state;
    }

    /** A fresh association, in which nobody wants to end. */
    public void reset() {
        state = SctpState.ESTABLISHED;
        retry.restart();
        deadlines.set(Timer.SHUTDOWN, Time.NEVER);
    }

    /** Our owner wants to end. */
    public void begin() {
        if (state == SctpState.ESTABLISHED) {
            state = SctpState.SHUTDOWN_PENDING;
            retry.restart();
        }
    }

    /** The peer wants to end. */
    public void handleShutdown(long now) {
        if (state == SctpState.SHUTDOWN_SENT) {
            // RFC 9260 9.2: both want to end.
            sendAck(now);
        } else if (state == SctpState.ESTABLISHED || state == SctpState.SHUTDOWN_PENDING) {
            state = SctpState.SHUTDOWN_RECEIVED;
            retry.restart();
        }
    }

    /** Goes on, because everything of ours is acknowledged. */
    public void progress(int cumulativeTsn, long now) {
        if (state == SctpState.SHUTDOWN_PENDING) {
            state = SctpState.SHUTDOWN_SENT;
            control.add(new ShutdownChunk(cumulativeTsn));
            deadlines.set(Timer.SHUTDOWN, now + retry.nanos());
        } else if (state == SctpState.SHUTDOWN_RECEIVED) {
            sendAck(now);
        }
    }

    private void sendAck(long now) {
        state = SctpState.SHUTDOWN_ACK_SENT;
        control.add(new SignalChunk(ChunkType.SHUTDOWN_ACK, 0));
        deadlines.set(Timer.SHUTDOWN, now + retry.nanos());
    }

    /** Whether a SHUTDOWN ACK ends the association; it is answered with SHUTDOWN COMPLETE then. */
    public boolean isEndedByAck() {
        return state == SctpState.SHUTDOWN_SENT || state == SctpState.SHUTDOWN_ACK_SENT;
    }

    public boolean isEndedByComplete() {
        return state == SctpState.SHUTDOWN_ACK_SENT;
    }

    /** No answer came; whether to go on waiting. */
    public boolean expire(int cumulativeTsn, long now) {
        if (!retry.again()) {
            return false;
        }
        deadlines.set(Timer.SHUTDOWN, now + retry.nanos());
        control.add(
                state == SctpState.SHUTDOWN_ACK_SENT
                        ? new SignalChunk(ChunkType.SHUTDOWN_ACK, 0)
                        : new ShutdownChunk(cumulativeTsn));
        return true;
    }
}
