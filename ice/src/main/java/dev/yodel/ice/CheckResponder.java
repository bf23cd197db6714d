package dev.yodel.ice;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How is a peer's check answered, and what does it teach us (RFC 8445 section 7.3)? What is not authenticated is dropped
 * in silence, changes nothing but a counter, and makes us send nothing.
 */
final class CheckResponder {
    private static final int[] UNDERSTOOD = {
        StunAttribute.USERNAME,
        StunAttribute.MESSAGE_INTEGRITY,
        StunAttribute.MESSAGE_INTEGRITY_SHA256,
        StunAttribute.PRIORITY,
        StunAttribute.USE_CANDIDATE
    };

    private final IceSession session;
    private final EarlyChecks early = new EarlyChecks();

    CheckResponder(IceSession session) {
        this.session = session;
    }

    void handleRequest(Base base, StunMessage request, InetSocketAddress from, long now) {
        if (!session.uses(base)) {
            return;
        }
        String username = request.text(StunAttribute.USERNAME);
        int colon = username == null ? -1 : username.indexOf(':');
        // RFC 8489 section 9.1.3 allows 400 and 401 here: silence gives a forger nothing to reflect.
        if (username == null
                || colon < 0
                || colon != session.local().ufrag().length()
                || !username.startsWith(session.local().ufrag())
                || !session.localKey().verifies(request, MessageIntegrity.Algorithm.SHA1)) {
            session.counters().unauthenticatedRequests++;
            return;
        }
        int[] unknown = request.unknownRequired(UNDERSTOOD);
        if (unknown.length > 0) {
            reply(
                    base,
                    from,
                    StunWriter.error(request, 420, "Unknown Attribute").unknownAttributes(unknown),
                    now);
            return;
        }
        RoleResolver.Verdict verdict = session.judgeRole(request, now);
        if (verdict == RoleResolver.Verdict.PEER_YIELDS) {
            reply(base, from, StunWriter.error(request, 487, "Role Conflict"), now);
            return;
        }
        reply(base, from, StunWriter.success(request).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, from), now);
        String remoteUfrag = username.substring(colon + 1);
        long priority = request.u32(StunAttribute.PRIORITY);
        long known = priority < 0 ? base.peerReflexivePriority() : priority;
        boolean useCandidate = request.has(StunAttribute.USE_CANDIDATE);
        if (session.isStarted() && session.remoteCredentials().ufrag().equals(remoteUfrag)) {
            learn(base, from, known, useCandidate, request.u32(StunAttribute.NOMINATION), now);
        } else {
            boolean peerControls = request.i64(StunAttribute.ICE_CONTROLLING) != null;
            early.keep(base, from, remoteUfrag, known, useCandidate, peerControls);
        }
    }

    private void reply(Base base, InetSocketAddress to, StunWriter response, long now) {
        byte[] data = response.integrity(session.localKey(), MessageIntegrity.Algorithm.SHA1)
                .fingerprint()
                .toByteArray();
        session.sendResponse(base, to, data, now);
    }

    /** The peer's credentials are known now. */
    void replay(long now) {
        for (EarlyChecks.Early check : early.take()) {
            if (session.remoteCredentials().ufrag().equals(check.remoteUfrag)) {
                session.heardEarly(check.peerControls, now);
                learn(check.base, check.path.remote, check.priority, check.useCandidate, -1, now);
            }
            EarlyChecks.release(check);
        }
    }

    void close() {
        for (EarlyChecks.Early check : early.take()) {
            EarlyChecks.release(check);
        }
    }

    private void learn(
            Base base, InetSocketAddress from, long priority, boolean useCandidate, long nomination, long now) {
        if (!session.isListening()) {
            session.release(now);
        }
        boolean isNew = !session.remotes().knows(from, base.protocol());
        RemoteCandidate remote = session.remotes().discovered(base, from, priority);
        Pair pair = remote == null ? null : session.list().force(base, remote, session.role());
        if (pair == null) {
            session.counters().ignoredRemoteCandidates++;
            return;
        }
        pair.checkedByPeerAt = now;
        pair.counters.requestsReceived++;
        pair.counters.responsesSent++;
        // The peer holds our password and sends from there: its data counts, and a DTLS hello that outruns our own
        // check is not lost. Nothing but checks is sent there until it has answered one.
        pair.validatePath();
        if (session.isListening()) {
            return;
        }
        if (session.isLite()) {
            session.heardBy(pair, now);
        } else if (isNew) {
            suspectSelected(pair, now);
        }
        if (useCandidate && session.role() == IceRole.CONTROLLED) {
            if (nomination > 0) {
                pair.nomination = Math.max(pair.nomination, nomination);
            }
            session.nominator().nominatedByPeer(pair, now);
        }
        if (pair.isValid()) {
            if (!session.isLite()) {
                session.consent().hurry(pair, now);
            }
        } else {
            // RFC 8445 section 7.3.1.4: a triggered check.
            session.checks().cancel(pair, now);
            session.list().trigger(pair);
        }
        session.changed(now);
    }

    /** The peer shows up at a new address: is the old one still there? */
    private void suspectSelected(Pair newcomer, long now) {
        @Nullable Pair selected = session.selected();
        if (selected != null && selected != newcomer) {
            session.consent().probe(selected, now);
        }
    }

    int earlyCount() {
        return early.size();
    }
}
