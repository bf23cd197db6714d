package dev.yodel.ice;

import dev.yodel.io.Time;
import org.jspecify.annotations.Nullable;

/** A pair in the checklist, or a valid pair, with its consent (RFC 8445 section 6.1.2.6, RFC 7675). */
final class Pair {
    /** RFC 8445 section 6.1.2.6. */
    enum State {
        FROZEN,
        WAITING,
        IN_PROGRESS,
        SUCCEEDED,
        FAILED
    }

    static final long NEVER_HEARD = Long.MIN_VALUE / 2;

    final int id;
    final Base base;
    final RemoteCandidate remote;
    final Path path;
    final PairCounters counters = new PairCounters();
    long priority;
    State state = State.FROZEN;
    /** Whether this pair holds a validation of {@link #path}. */
    boolean validatesPath;
    /** Nominated by us and confirmed, or by the peer and checked. */
    boolean nominated;
    /** Controlled: USE-CANDIDATE came before our own check succeeded (RFC 8445 section 7.3.1.5). */
    boolean nominateOnSuccess;
    /** Controlling: the next check carries USE-CANDIDATE. */
    boolean useCandidate;
    /** Renomination: the number of our latest nomination, or of the peer's; 0 without one. */
    long nomination;
    /** Requests with USE-CANDIDATE since the selected pair got one. */
    int nominationsSinceSelected;
    /** The local candidate as the peer sees it; the base's own until a response says otherwise. */
    @Nullable
    Candidate seenAs;
    /** How often a signaled pair that timed out was given another round. */
    int retriedRounds;

    /** When the last valid response came; consent ends 30 s later. */
    long consentedAt;
    /** When the next consent check is due. */
    long consentCheckAt = Time.NEVER;
    /** When an authenticated check of the peer last came. */
    long checkedByPeerAt = NEVER_HEARD;
    /** When a check of the peer last hastened ours much. */
    long hurriedAt = -Time.SECOND * 60;
    /** Consent checks in a row without an answer. */
    int unansweredConsentChecks;
    /** When they make the pair one that does not answer. */
    long unresponsiveAt = Time.NEVER;
    /** All consent checks of a round stayed unanswered. */
    boolean unresponsive;

    /** When an extra check of the selected pair must be answered before another valid pair is preferred. */
    long suspectAt = Time.NEVER;
    /** That check was not answered in time. */
    boolean suspect;

    /** The clock stood still for a while: nothing but checks is sent until one is answered. */
    boolean doubted;

    long smoothedRttNanos;

    Pair(int id, Base base, RemoteCandidate remote, Path path) {
        this.id = id;
        this.base = base;
        this.remote = remote;
        this.path = path;
    }

    boolean isValid() {
        return state == State.SUCCEEDED;
    }

    /** Whether a TURN server is on the way, at either end. */
    boolean isRelayed() {
        return localCandidate().type() == CandidateType.RELAY || remote.candidate.type() == CandidateType.RELAY;
    }

    boolean isPending() {
        return state == State.FROZEN || state == State.WAITING || state == State.IN_PROGRESS;
    }

    Candidate localCandidate() {
        Candidate seen = seenAs;
        if (seen != null) {
            return seen;
        }
        Candidate own = base.candidate;
        if (own == null) {
            throw new IllegalStateException("a pair is only made of open bases");
        }
        return own;
    }

    /** RFC 8445 section 6.1.2.6: the pair's foundation is both foundations. */
    boolean sharesFoundation(Pair other) {
        Candidate mine = base.candidate;
        Candidate theirs = other.base.candidate;
        return mine != null
                && theirs != null
                && mine.foundation().equals(theirs.foundation())
                && remote.candidate.foundation().equals(other.remote.candidate.foundation());
    }

    /** RFC 8445 section 6.1.2.3. */
    void computePriority(IceRole role) {
        Candidate own = base.candidate;
        long mine = own == null ? 0 : own.priority();
        long theirs = remote.candidate.priority();
        long controlling = role == IceRole.CONTROLLING ? mine : theirs;
        long controlled = role == IceRole.CONTROLLING ? theirs : mine;
        // 2^32*MIN + 2*MAX + (G>D): the first term may use all 64 bits, so compare as unsigned.
        priority = (Math.min(controlling, controlled) << 32)
                + 2 * Math.max(controlling, controlled)
                + (controlling > controlled ? 1 : 0);
    }

    /** When the peer's data or a check of its last came. */
    long lastHeardNanos() {
        DataSource source = path.source;
        return source.packetsReceived() == 0 ? checkedByPeerAt : Math.max(checkedByPeerAt, source.lastReceivedNanos());
    }

    void validatePath() {
        if (!validatesPath) {
            validatesPath = true;
            path.source.validate();
        }
    }

    void invalidatePath() {
        if (validatesPath) {
            validatesPath = false;
            path.source.invalidate();
        }
    }

    CandidatePair view() {
        return new CandidatePair("CP" + id, localCandidate(), remote.candidate);
    }

    @Override
    public String toString() {
        return "CP" + id + " " + base + " -> " + remote + " " + state + (nominated ? " nominated" : "");
    }
}
