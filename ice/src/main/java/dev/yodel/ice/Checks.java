package dev.yodel.ice;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which checks are under way, when is each sent again, and what does its answer mean (RFC 8445 section 7.2, RFC 8489
 * section 6.2.1)? It does not choose what to check.
 */
final class Checks {
    /** RFC 8489 section 6.2.1: Rc. */
    static final int MAX_SENDS = 7;

    private static final long RTO_NANOS = 500 * Time.MILLISECOND;

    /** Departure: the peer was heard on this pair, so it is there and waits for us too. */
    private static final long HEARD_RTO_NANOS = 250 * Time.MILLISECOND;

    /**
     * Departure: RFC 8489 doubles from the first time-out on and without end. A person waits for this, and a check
     * that must work within 30 s cannot wait 16 s for its next try: the first three retransmissions come every RTO,
     * and it grows to four RTO.
     */
    private static final int[] RTO_FACTORS = {1, 1, 1, 2, 4, 4, 4};

    private static final long MAX_WAIT_NANOS = 2 * Time.SECOND;

    /** How long the answer of a cancelled or consent check is waited for. */
    private static final long LATE_ANSWER_NANOS = 8 * Time.SECOND;

    /** A guard only: pairs, checks per pair and time bound it far below. */
    private static final int MAX_OUTSTANDING = 1024;

    private static final class Check {
        final TransactionId id;
        final Pair pair;
        final byte[] data;
        final IceRole role;
        final boolean useCandidate;
        /** Sent again only by {@link ConsentKeeper}, as a new transaction. */
        final boolean consent;

        boolean cancelled;
        int sends;
        long rto;
        long lastSentAt;
        long deadline;

        Check(TransactionId id, Pair pair, byte[] data, IceRole role, boolean useCandidate, boolean consent) {
            this.id = id;
            this.pair = pair;
            this.data = data;
            this.role = role;
            this.useCandidate = useCandidate;
            this.consent = consent;
        }
    }

    private final IceSession session;
    private final Map<TransactionId, Check> outstanding = new LinkedHashMap<>();

    Checks(IceSession session) {
        this.session = session;
    }

    /** Sends a connectivity check; with the nomination if the pair is to be nominated. */
    void check(Pair pair, long now) {
        boolean useCandidate = pair.useCandidate && session.role() == IceRole.CONTROLLING;
        cancel(pair, now);
        if (pair.state != Pair.State.SUCCEEDED) {
            pair.state = Pair.State.IN_PROGRESS;
        }
        send(pair, useCandidate, false, now);
        pair.counters.requestsSent++;
    }

    /** Sends a consent check: a new transaction each time (RFC 7675 section 5.1). */
    void consent(Pair pair, long now) {
        // The nomination is repeated, so that a peer whose view of our address changed follows at once.
        send(pair, pair.nominated && session.role() == IceRole.CONTROLLING, true, now);
        pair.counters.consentRequestsSent++;
    }

    private void send(Pair pair, boolean useCandidate, boolean consent, long now) {
        IceCredentials remote = session.remoteCredentials();
        MessageIntegrity key = session.remoteKey();
        if (outstanding.size() >= MAX_OUTSTANDING) {
            return;
        }
        IceRole role = session.role();
        TransactionId id = TransactionId.random(session.random());
        StunWriter writer = StunWriter.request(StunMessage.BINDING, id)
                .text(
                        StunAttribute.USERNAME,
                        remote.ufrag() + ":" + session.local().ufrag())
                .u32(StunAttribute.PRIORITY, pair.base.peerReflexivePriority())
                .i64(
                        role == IceRole.CONTROLLING ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED,
                        session.roles().tieBreaker());
        if (useCandidate) {
            writer.flag(StunAttribute.USE_CANDIDATE);
            if (pair.nomination > 0) {
                writer.u32(StunAttribute.NOMINATION, pair.nomination);
            }
        }
        byte[] data = writer.integrity(key, MessageIntegrity.Algorithm.SHA1)
                .fingerprint()
                .toByteArray();
        Check check = new Check(id, pair, data, role, useCandidate, consent);
        outstanding.put(id, check);
        // RFC 8445 section 14.3: RTO = MAX(500 ms, Ta * N).
        int busy = session.list().count(Pair.State.WAITING) + session.list().count(Pair.State.IN_PROGRESS);
        long rto = pair.validatesPath ? HEARD_RTO_NANOS : RTO_NANOS;
        check.rto = Math.max(rto, busy * session.options().taNanos());
        transmit(check, now);
        if (consent) {
            check.deadline = now + LATE_ANSWER_NANOS;
        }
        schedule();
    }

    private void transmit(Check check, long now) {
        if (check.pair.base.stream != null) {
            // RFC 8489 section 6.2.2: a stream loses nothing, so nothing is sent twice.
            check.deadline = now + LATE_ANSWER_NANOS;
            check.sends = MAX_SENDS;
        } else {
            long most = Math.max(check.rto, MAX_WAIT_NANOS);
            check.deadline = now + Math.min(most, check.rto * RTO_FACTORS[check.sends]);
            check.sends++;
        }
        check.lastSentAt = now;
        session.send(check.pair.path, check.data, now);
    }

    /** RFC 8445 section 7.3.1.4: no more retransmissions, but its answer still counts. */
    void cancel(Pair pair, long now) {
        for (Check check : outstanding.values()) {
            if (check.pair == pair && !check.consent && !check.cancelled) {
                check.cancelled = true;
                check.deadline = now + LATE_ANSWER_NANOS;
            }
        }
    }

    void forget(Pair pair) {
        outstanding.values().removeIf(check -> check.pair == pair);
        schedule();
    }

    void clear() {
        outstanding.clear();
        schedule();
    }

    void handleTimeout(long now) {
        List<Check> due = new ArrayList<>();
        for (Check check : outstanding.values()) {
            if (check.deadline <= now) {
                due.add(check);
            }
        }
        for (Check check : due) {
            if (check.cancelled || check.consent) {
                outstanding.remove(check.id);
            } else if (check.sends < MAX_SENDS) {
                transmit(check, now);
                check.pair.counters.requestsSent++;
            } else {
                outstanding.remove(check.id);
                session.checkFailed(check.pair, "no answer", now);
            }
        }
        schedule();
    }

    /** Whether the transaction is one of ours. */
    boolean knows(TransactionId id) {
        return outstanding.containsKey(id);
    }

    /** An answer came to one of our transactions. */
    void handleResponse(Base base, StunMessage response, InetSocketAddress from, long now) {
        Check check = outstanding.get(response.transactionId());
        if (check == null) {
            session.counters().unexpectedResponses++;
            return;
        }
        // RFC 8489 section 9.1.4: without the right integrity it is as if it had not come.
        if (!session.remoteKey().verifies(response, MessageIntegrity.Algorithm.SHA1)) {
            session.counters().unauthenticatedResponses++;
            return;
        }
        Pair pair = check.pair;
        if (base != pair.base || !from.equals(pair.remote.address)) {
            session.counters().asymmetricResponses++;
            // RFC 8445 section 7.2.5.2.1; an established pair is left to its consent checks.
            if (!check.consent && !pair.isValid()) {
                outstanding.remove(check.id);
                session.checkFailed(pair, "answered from another address", now);
            }
            schedule();
            return;
        }
        if (response.messageClass() == StunClass.SUCCESS) {
            InetSocketAddress mapped = mapped(pair, response);
            if (mapped == null) {
                session.counters().malformedResponses++;
                return;
            }
            outstanding.remove(check.id);
            long rtt = now - check.lastSentAt;
            pair.counters.answered(rtt);
            pair.smoothedRttNanos = pair.smoothedRttNanos == 0 ? rtt : (7 * pair.smoothedRttNanos + rtt) / 8;
            if (!check.consent) {
                cancel(pair, now);
            }
            session.checkSucceeded(pair, mapped, check.useCandidate && check.role == session.role(), now);
        } else {
            outstanding.remove(check.id);
            handleError(check, response, now);
        }
        schedule();
    }

    /**
     * As what the peer saw us. Departure from RFC 8445 section 7.2.5.3.1: FFmpeg's WHIP muxer does not say it; then it is
     * the base, as with libwebrtc and Pion. Null if it says nonsense.
     */
    private static @Nullable InetSocketAddress mapped(Pair pair, StunMessage response) {
        return response.has(StunAttribute.XOR_MAPPED_ADDRESS)
                ? response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS)
                : pair.base.address;
    }

    private void handleError(Check check, StunMessage response, long now) {
        int code = response.errorCode();
        if (code == 487) {
            session.roleConflict(check.pair, check.role, now);
        } else if (!check.consent && !check.cancelled && !check.pair.isValid()) {
            session.checkFailed(check.pair, "answered with error " + code, now);
        }
    }

    private void schedule() {
        long next = Time.NEVER;
        for (Check check : outstanding.values()) {
            next = Math.min(next, check.deadline);
        }
        session.timers().set(Timer.RETRANSMIT, next);
    }

    /** For tests and the watchdog. */
    int outstandingCount() {
        return outstanding.size();
    }

    @Nullable
    Pair pairOf(TransactionId id) {
        Check check = outstanding.get(id);
        return check == null ? null : check.pair;
    }
}
