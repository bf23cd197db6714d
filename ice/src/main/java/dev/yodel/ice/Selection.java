package dev.yodel.ice;

import dev.yodel.io.Time;
import org.jspecify.annotations.Nullable;

/**
 * Which pair carries data, and does it answer? It nominates nothing and asks for no consent itself, but for one check of a
 * pair that takes the place of a silent one (RFC 8445 section 12.1, RFC 7675).
 */
final class Selection {
    private final IceSession session;
    private @Nullable Pair selected;
    private boolean everSelected;
    /** A selected pair fell silent: what was last heard before this time is no sign of life. */
    private long silentSince = Long.MIN_VALUE;

    Selection(IceSession session) {
        this.session = session;
    }

    /** The pair that carries data, null while there is none. */
    @Nullable
    Pair pair() {
        return selected;
    }

    /** Whether there was ever one. */
    boolean everSelected() {
        return everSelected;
    }

    /** No data is sent any more. */
    void clear() {
        selected = null;
    }

    /** A pair is gone. */
    void removed(Pair pair) {
        if (selected == pair) {
            selected = null;
        }
    }

    /** Pairs have changed. */
    void update(long now) {
        Pair before = selected;
        if (before != null && before.unresponsive) {
            silentSince = Math.max(silentSince, Math.max(before.consentedAt, now - ConsentKeeper.LONGEST_PAUSE_NANOS));
        }
        Pair choice = choose();
        if (choice != null) {
            everSelected = true;
            session.timers().set(Timer.PATIENCE, Time.NEVER);
        }
        selected = choice;
        if (choice != null && isSilent(choice)) {
            // That is told now, and is taken back by an answer only, not by one that another pair got before.
            silentSince = Math.max(silentSince, now - 1);
            if (choice != before) {
                session.consent().ask(choice, now);
            }
        }
    }

    private @Nullable Pair choose() {
        Pair nominated = session.nominator().nominated();
        if (nominated != null && !nominated.isValid()) {
            nominated = null;
        }
        if (nominated != null && !nominated.unresponsive && !nominated.suspect) {
            return nominated;
        }
        if (session.isLite()) {
            // Only what the peer has nominated; it knows which of its checks were answered.
            return nominated;
        }
        Pair best = session.list().bestValid();
        if (best != null) {
            return best;
        }
        Pair before = selected;
        return before != null && before.isValid() ? before : nominated;
    }

    /** Whether the selected pair has stopped answering: W3C disconnected. */
    boolean isSilent() {
        Pair pair = selected;
        return pair != null && isSilent(pair);
    }

    /** What takes the place of a silent pair has to answer first, unless it did so lately. */
    private boolean isSilent(Pair pair) {
        return pair.unresponsive || pair.consentedAt <= silentSince;
    }
}
