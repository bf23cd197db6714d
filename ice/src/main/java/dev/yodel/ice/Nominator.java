package dev.yodel.ice;

import dev.yodel.io.Time;
import org.jspecify.annotations.Nullable;

/**
 * Which pair is nominated, and when (RFC 8445 section 8.1.1)? As controlling: the best pair at once, a lesser one after
 * a short wait, since data flows on it anyway. Departure: after a nominated pair stopped answering, another one is
 * nominated without a restart, as browsers do.
 */
final class Nominator {
    private static final long LEAST_WAIT_NANOS = 50 * Time.MILLISECOND;
    private static final long MOST_WAIT_NANOS = 500 * Time.MILLISECOND;
    /**
     * Where a relay is on the way. The first checks of a direct path often meet a closed NAT, and open it; those that are
     * sent again after an RTO of 500 ms pass.
     */
    private static final long RELAY_WAIT_NANOS = 1000 * Time.MILLISECOND;

    /**
     * From the first nomination to {@code completed}: a peer that nominates aggressively (RFC 5245 section 8.1.1.2, as
     * browsers do) names several pairs in turn, and the checks of ours that were under way are still being answered.
     */
    static final long SETTLE_NANOS = Time.SECOND;

    private final IceSession session;
    /** Under way: its check with USE-CANDIDATE is not answered yet. */
    private @Nullable Pair nominating;
    /** The latest that was nominated, by us or by the peer. */
    private @Nullable Pair nominated;

    private boolean settled;

    private long firstValidAt = Time.NEVER;
    /** draft-thatcher-ice-renomination: the number of our last nomination. */
    private long lastNomination;
    /** The same of the peer's that we follow. */
    private long followedNomination;

    Nominator(IceSession session) {
        this.session = session;
    }

    @Nullable
    Pair nominated() {
        return nominated;
    }

    boolean isConcluded() {
        return nominated != null;
    }

    /** A pair is nominated, and the peer has had the time to name another one. */
    boolean isSettled() {
        return settled;
    }

    void handleSettled() {
        session.timers().set(Timer.SETTLE, Time.NEVER);
        settled = nominated != null;
    }

    /** Something about the valid pairs has changed, or the wait is over. */
    void update(long now) {
        session.timers().set(Timer.NOMINATE, Time.NEVER);
        if (session.role() != IceRole.CONTROLLING) {
            nominating = null;
            return;
        }
        Pair underWay = nominating;
        if (underWay != null && (!underWay.isValid() || underWay.unresponsive)) {
            underWay.useCandidate = false;
            nominating = null;
        }
        Pair best = session.list().bestValid();
        if (best == null || nominating != null) {
            return;
        }
        Pair current = nominated;
        if (current != null) {
            boolean works = current.isValid() && !current.unresponsive && !current.suspect;
            // Departure from RFC 8445 section 8.1.1, as browsers do: a direct path that was late takes the place of a
            // relay.
            boolean mayMoveOn = session.options().renomination() || (current.isRelayed() && !best.isRelayed());
            boolean better = mayMoveOn && best != current && Long.compareUnsigned(best.priority, current.priority) > 0;
            if (!works || better) {
                nominate(best, now);
            }
            return;
        }
        if (firstValidAt == Time.NEVER) {
            firstValidAt = now;
        }
        long wait = Math.max(LEAST_WAIT_NANOS, Math.min(MOST_WAIT_NANOS, 3 * best.smoothedRttNanos));
        if (best.isRelayed()) {
            wait = RELAY_WAIT_NANOS;
        }
        long until = firstValidAt + wait;
        if (now >= until || !session.list().hasPendingAbove(best.priority)) {
            nominate(best, now);
        } else {
            session.timers().set(Timer.NOMINATE, until);
        }
    }

    private void nominate(Pair pair, long now) {
        nominating = pair;
        pair.useCandidate = true;
        if (session.options().renomination()) {
            pair.nomination = ++lastNomination;
        }
        // Not paced: the pair is valid already, and the peer may wait for this.
        session.checks().check(pair, now);
    }

    /** Our nomination was answered, or the peer's was followed. */
    void nominated(Pair pair, long now) {
        pair.useCandidate = false;
        pair.nominated = true;
        if (nominated == null) {
            session.concluded(pair, now);
            session.timers().set(Timer.SETTLE, now + SETTLE_NANOS);
        }
        nominated = pair;
        nominating = null;
    }

    /** RFC 8445 section 7.3.1.5: a check with USE-CANDIDATE came while we are controlled. */
    void nominatedByPeer(Pair pair, long now) {
        if (!pair.isValid()) {
            pair.nominateOnSuccess = true;
            return;
        }
        if (pair.nomination > 0) {
            // Numbers say which is the later one, whatever the network did to their order.
            if (pair.nomination > followedNomination) {
                followedNomination = pair.nomination;
                if (nominated != pair) {
                    nominated(pair, now);
                }
            }
            return;
        }
        Pair current = nominated;
        if (current == pair) {
            for (Pair other : session.list().pairs()) {
                other.nominationsSinceSelected = 0;
            }
            return;
        }
        pair.nominationsSinceSelected++;
        // Aggressive nomination puts USE-CANDIDATE on every check: a pair counts as chosen anew when it is new or
        // better, or when the selected one is no longer named beside it.
        boolean follow = current == null
                || !pair.nominated
                || Long.compareUnsigned(pair.priority, current.priority) > 0
                || pair.nominationsSinceSelected >= 2;
        if (follow) {
            pair.nominationsSinceSelected = 0;
            nominated(pair, now);
        }
    }

    void roleSwitched() {
        // Our own numbers say nothing to a peer that nominates from now on, nor its to us.
        session.list().pairs().forEach(pair -> pair.nomination = 0);
        followedNomination = 0;
        Pair underWay = nominating;
        if (underWay != null) {
            underWay.useCandidate = false;
            nominating = null;
        }
    }

    void removed(Pair pair) {
        if (nominated == pair) {
            nominated = null;
            settled = false;
            session.timers().set(Timer.SETTLE, Time.NEVER);
        }
        if (nominating == pair) {
            nominating = null;
        }
    }
}
