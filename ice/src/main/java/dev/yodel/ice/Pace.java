package dev.yodel.ice;

import dev.yodel.io.Time;

/**
 * When is the next pair checked for the first time, and which one? One each Ta, as long as anything is to be won by it (RFC
 * 8445 sections 6.1.4 and 8.1.2). What follows for a check is not its affair.
 */
final class Pace {
    /** How long a restarted agent that controls waits to hear what the peer thinks of that, before it checks. */
    private static final long HOLD_NANOS = 300 * Time.MILLISECOND;

    private final IceSession session;
    private long heldUntil;
    private long lastCheckAt;
    private boolean pacedOnce;

    Pace(IceSession session) {
        this.session = session;
    }

    /** The peer's credentials are known. */
    void start(boolean holds, long now) {
        heldUntil = holds ? now + HOLD_NANOS : now;
    }

    /** The peer was heard: its role is known. */
    void release(long now) {
        heldUntil = Math.min(heldUntil, now);
    }

    /** RFC 8445 section 8.1.2: after a nomination only triggered checks go on, unless the pair has stopped answering. */
    private boolean checksOrdinary() {
        Pair pair = session.selected();
        // With renomination a better one may still be found, and taken.
        return !session.nominator().isConcluded()
                || pair == null
                || pair.unresponsive
                || session.options().renomination();
    }

    /** A relay was nominated: a direct path is still better, also one whose candidates come late. */
    private boolean hopesForDirect() {
        Pair nominated = session.nominator().nominated();
        return nominated != null && nominated.isRelayed();
    }

    /** Pairs have changed. */
    void schedule(long now) {
        CheckList list = session.list();
        boolean wanted = list.hasTriggered()
                || (checksOrdinary() ? list.hasNext() : hopesForDirect() && list.nextDirect() != null);
        long due = pacedOnce ? Math.max(now, lastCheckAt + session.options().taNanos()) : Math.max(now, heldUntil);
        session.timers().set(Timer.PACE, wanted ? due : Time.NEVER);
    }

    /** It is time. */
    void handleTimeout(long now) {
        CheckList list = session.list();
        Pair pair;
        if (list.hasTriggered() || checksOrdinary()) {
            pair = list.next();
        } else {
            pair = hopesForDirect() ? list.nextDirect() : null;
        }
        if (pair != null && !pair.isValid()) {
            lastCheckAt = now;
            pacedOnce = true;
            session.checks().check(pair, now);
        }
        schedule(now);
    }
}
