package dev.yodel.ice;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which generation is meant (RFC 8445 section 9)? There is the current one, and after a restart the one before, which goes
 * on until the new one has a pair that works.
 */
final class Generations {
    /** How long data of the old pair counts after a restart: a few round trips and a retransmission. */
    private static final long LEAVING_NANOS = 3 * Time.SECOND;

    private final IceSession.Owner owner;
    private @Nullable IceSession current;
    private @Nullable IceSession previous;
    /** Answers and asks nothing any more, but its addresses may still send data for a moment. */
    private @Nullable IceSession leaving;

    private long leavesAt = Time.NEVER;
    private boolean restarted;

    Generations(IceSession.Owner owner) {
        this.owner = owner;
    }

    @Nullable
    IceSession current() {
        return current;
    }

    @Nullable
    IceSession previous() {
        return previous;
    }

    void begin(IceCredentials local) {
        current = new IceSession(owner, local, false);
    }

    /** Begins a new generation; the old one goes on if it has a pair. */
    void restart(IceSession from, IceCredentials local) {
        if (from.selected() != null && !from.isFailed()) {
            dropPrevious();
            previous = from;
        } else {
            from.close();
        }
        current = new IceSession(owner, local, true);
        restarted = true;
    }

    private void dropPrevious() {
        IceSession older = previous;
        if (older != null) {
            older.close();
            previous = null;
        }
        dropLeaving();
    }

    private void dropLeaving() {
        IceSession last = leaving;
        if (last != null) {
            last.close();
            leaving = null;
            leavesAt = Time.NEVER;
        }
    }

    void close() {
        IceSession newer = current;
        if (newer != null) {
            newer.close();
        }
        dropPrevious();
    }

    /**
     * Gives up the old generation once the new one has nominated a pair, or the old one has failed; whether it just did.
     * The peer may send on the old pair a little longer: it learns of the nomination, and switches, in its own time.
     */
    boolean settle(long now) {
        IceSession newer = current;
        IceSession older = previous;
        if (newer == null || older == null) {
            return false;
        }
        if (older.isStopped()) {
            dropPrevious();
            return true;
        }
        if (newer.selected() == null || !newer.nominator().isConcluded()) {
            return false;
        }
        dropLeaving();
        older.leave();
        leaving = older;
        leavesAt = now + LEAVING_NANOS;
        previous = null;
        return true;
    }

    /**
     * Whether the current generation has nominated a pair, or is over: its reflexive candidates are not needed any
     * more.
     */
    boolean isConcluded() {
        IceSession newer = current;
        return newer != null && (newer.isStopped() || newer.nominator().isConcluded());
    }

    /** The generation that decides about pair and state: the newer one as soon as it has a pair. */
    @Nullable
    IceSession deciding() {
        IceSession newer = current;
        IceSession older = previous;
        boolean old = older != null && (newer == null || newer.selected() == null);
        return old ? older : newer;
    }

    /** W3C RTCIceTransportState: a restart begins anew, and forgets that connectivity was lost or found for good. */
    IceState state(boolean gatheringComplete) {
        IceSession deciding = deciding();
        IceState state = deciding == null ? IceState.NEW : deciding.state(gatheringComplete);
        if (!restarted) {
            return state;
        }
        boolean old = deciding != current;
        return switch (state) {
            case NEW -> IceState.CHECKING;
            case COMPLETED -> old ? IceState.CONNECTED : state;
            case DISCONNECTED -> old ? IceState.CHECKING : state;
            default -> state;
        };
    }

    boolean isOfPresent(InetSocketAddress remote) {
        IceSession newer = current;
        if (newer == null) {
            return false;
        }
        for (Pair pair : newer.list().pairs()) {
            if (pair.validatesPath && pair.path.remote.equals(remote)) {
                return true;
            }
        }
        return false;
    }

    void handleRequest(Base base, StunMessage message, InetSocketAddress remote, long now) {
        IceSession newer = current;
        IceSession older = previous;
        // Both generations are served until the new one works: the user name says which is meant.
        if (older != null && !older.isStopped() && isFor(older, message)) {
            older.responder().handleRequest(base, message, remote, now);
        } else if (newer != null && (!newer.isStopped() || newer.isListening())) {
            newer.responder().handleRequest(base, message, remote, now);
        }
    }

    private static boolean isFor(IceSession session, StunMessage message) {
        String username = message.text(StunAttribute.USERNAME);
        return username != null && username.startsWith(session.local().ufrag() + ":");
    }

    /** An answer came; false if no generation has asked for anything. */
    boolean handleResponse(Base base, StunMessage message, InetSocketAddress remote, long now) {
        IceSession newer = current;
        IceSession older = previous;
        if (older != null && older.checks().knows(message.transactionId())) {
            older.checks().handleResponse(base, message, remote, now);
            return true;
        }
        if (newer != null && newer.isStarted()) {
            newer.checks().handleResponse(base, message, remote, now);
            return true;
        }
        return false;
    }

    void handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        IceSession newer = current;
        IceSession older = previous;
        boolean taken = newer != null && !newer.isStopped() && newer.handleResolved(lookupId, addresses, now);
        if (!taken && older != null && !older.isStopped()) {
            older.handleResolved(lookupId, addresses, now);
        }
    }

    void baseOpened(Base base, long now) {
        IceSession newer = current;
        if (newer != null && !newer.isStopped()) {
            newer.baseOpened(base, now);
        }
        IceSession older = previous;
        if (older != null && !older.isStopped()) {
            older.baseOpened(base, now);
        }
    }

    void baseLost(Base base, long now) {
        IceSession newer = current;
        if (newer != null) {
            newer.baseClosed(base, now);
        }
        IceSession older = previous;
        if (older != null) {
            older.baseClosed(base, now);
        }
        IceSession last = leaving;
        if (last != null) {
            last.baseClosed(base, now);
        }
    }

    void handleTimeout(long now) {
        if (leavesAt <= now) {
            dropLeaving();
        }
        IceSession older = previous;
        if (older != null) {
            older.handleTimeout(now);
        }
        IceSession newer = current;
        if (newer != null) {
            newer.handleTimeout(now);
        }
    }

    /** The clock stood still. */
    void doubt(long now) {
        IceSession newer = current;
        if (newer != null && !newer.isStopped()) {
            newer.consent().doubt(now);
        }
        IceSession older = previous;
        if (older != null && !older.isStopped()) {
            older.consent().doubt(now);
        }
    }

    long nextTimeout() {
        IceSession newer = current;
        IceSession older = previous;
        long next =
                Math.min(leavesAt, newer == null ? Time.NEVER : newer.timers().next());
        return older == null ? next : Math.min(next, older.timers().next());
    }
}
