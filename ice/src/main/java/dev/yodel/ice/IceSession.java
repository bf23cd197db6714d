package dev.yodel.ice;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One generation of ICE: from one pair of credentials to the next (RFC 8445 section 9). It joins the parts that answer
 * single questions, and keeps none of their state itself.
 */
final class IceSession {
    /** RFC 8863 section 4 recommends 39.5 s; ours is what THREATS promises to users, and the same as consent's. */
    static final long PATIENCE_NANOS = 30 * Time.SECOND;

    /** How long a peer that may not be sent to is listened to without a word of it. */
    private static final long LISTENING_NANOS = 10 * Time.SECOND;

    /** What a session needs of its agent. */
    interface Owner {
        IceOptions options();

        RandomSource random();

        IceCounters counters();

        List<Base> bases();

        /** Whether the server behind a base is still there, if there is one. */
        void probe(Base base, long now);

        void transmit(Base base, InetSocketAddress to, byte[] data, long now);

        int resolve(String name);

        void roleChanged(IceRole role);

        /** The peer listens there for streams (RFC 6544), or connects from there when we do. */
        void connect(InetSocketAddress remote, TcpType remoteType, long now);

        /** The candidate under which the peer sees a base; known or new. */
        Candidate mapped(Base base, InetSocketAddress mapped);
    }

    private final Owner owner;
    private final IceCredentials local;
    private final MessageIntegrity localKey;
    private final Timers timers = new Timers();
    private final CheckList list = new CheckList();
    private final Checks checks = new Checks(this);
    private final RemoteCandidates remotes = new RemoteCandidates(this);
    private final CheckResponder responder = new CheckResponder(this);
    private final Nominator nominator = new Nominator(this);
    private final ConsentKeeper consent = new ConsentKeeper(this);
    private final Selection selection = new Selection(this);
    private final Pace pace = new Pace(this);

    private @Nullable IceCredentials remote;
    private @Nullable MessageIntegrity remoteKey;
    private @Nullable RoleResolver roles;
    private final boolean restarted;
    private boolean failed;
    private boolean stopped;
    /** All consent to send is gone, but the peer's data still counts. */
    private boolean listening;

    private String lastFailure = "";

    /**
     * Another generation.
     *
     * @param restarted whether there was one before
     */
    IceSession(Owner owner, IceCredentials local, boolean restarted) {
        this.owner = owner;
        this.local = local;
        this.restarted = restarted;
        this.localKey = MessageIntegrity.shortTerm(local.password());
    }

    // What the parts ask.

    IceCredentials local() {
        return local;
    }

    MessageIntegrity localKey() {
        return localKey;
    }

    boolean isStarted() {
        return remote != null;
    }

    IceCredentials remoteCredentials() {
        return started(remote);
    }

    MessageIntegrity remoteKey() {
        return started(remoteKey);
    }

    RoleResolver roles() {
        return started(roles);
    }

    IceRole role() {
        return roles().role();
    }

    private static <T> T started(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the remote credentials are not known: call start first");
        }
        return value;
    }

    IceOptions options() {
        return owner.options();
    }

    RandomSource random() {
        return owner.random();
    }

    IceCounters counters() {
        return owner.counters();
    }

    Timers timers() {
        return timers;
    }

    CheckList list() {
        return list;
    }

    Checks checks() {
        return checks;
    }

    RemoteCandidates remotes() {
        return remotes;
    }

    Nominator nominator() {
        return nominator;
    }

    ConsentKeeper consent() {
        return consent;
    }

    CheckResponder responder() {
        return responder;
    }

    @Nullable
    Pair selected() {
        return selection.pair();
    }

    boolean isFailed() {
        return failed;
    }

    String lastFailure() {
        return lastFailure;
    }

    boolean hasLoopbackBase() {
        for (Base base : owner.bases()) {
            if (base.address.getAddress().isLoopbackAddress()) {
                return true;
            }
        }
        return false;
    }

    int resolve(String name) {
        return owner.resolve(name);
    }

    void send(Path path, byte[] data, long now) {
        path.lastCheckSentNanos = now;
        counters().checksSent++;
        owner.transmit(path.base, path.remote, data, now);
    }

    void sendResponse(Base base, InetSocketAddress to, byte[] data, long now) {
        owner.transmit(base, to, data, now);
    }

    // What the agent commands.

    void start(IceRole role, IceCredentials remoteCredentials, long now) {
        remote = remoteCredentials;
        remoteKey = MessageIntegrity.shortTerm(remoteCredentials.password());
        roles = new RoleResolver(role, random(), restarted);
        pace.start(restarted && role == IceRole.CONTROLLING, now);
        timers.set(Timer.PATIENCE, Time.after(now, PATIENCE_NANOS));
        for (RemoteCandidate candidate : remotes.all()) {
            String ufrag = candidate.candidate.ufrag();
            if (ufrag == null || ufrag.equals(remoteCredentials.ufrag())) {
                pairWithBases(candidate, now);
            }
        }
        responder.replay(now);
        changed(now);
    }

    void addRemote(Candidate candidate, long now) {
        String ufrag = candidate.ufrag();
        IceCredentials credentials = remote;
        if (ufrag != null && credentials != null && !ufrag.equals(credentials.ufrag())) {
            // RFC 8838 section 4: it belongs to another generation.
            counters().ignoredRemoteCandidates++;
            return;
        }
        admitted(remotes.add(candidate), now);
    }

    void endOfRemotes(long now) {
        remotes.end();
        changed(now);
    }

    boolean handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        if (!remotes.isLookup(lookupId)) {
            return false;
        }
        admitted(remotes.resolved(lookupId, addresses), now);
        return true;
    }

    private void admitted(@Nullable RemoteCandidate candidate, long now) {
        if (candidate != null && isStarted()) {
            pairWithBases(candidate, now);
        }
        changed(now);
    }

    private void pairWithBases(RemoteCandidate candidate, long now) {
        TcpType type = candidate.candidate.tcpType();
        if (type != null && candidate.isSignaled() && !isLite()) {
            owner.connect(candidate.address, type, now);
        }
        for (Base base : owner.bases()) {
            if (uses(base) && !isLite()) {
                list.offer(base, candidate, role());
            }
        }
    }

    /** RFC 8445 section 2.5: pairs come by the peer's checks only, and nothing is checked. */
    boolean isLite() {
        return options().lite();
    }

    /** The peer's check has proved a pair, for a lite agent makes none of its own (RFC 8445 section 7.3.2). */
    void heardBy(Pair pair, long now) {
        pair.state = Pair.State.SUCCEEDED;
        consent.granted(pair, now);
    }

    /** Whether the policy of this generation allows a base, which one before may have opened. */
    boolean uses(Base base) {
        return options().uses(base);
    }

    void probe(Base base, long now) {
        owner.probe(base, now);
    }

    /** A base was opened. */
    void baseOpened(Base base, long now) {
        for (RemoteCandidate candidate : remotes.readmit()) {
            if (isStarted()) {
                pairWithBases(candidate, now);
            }
        }
        if (!isStarted() || !uses(base) || isLite()) {
            return;
        }
        for (RemoteCandidate candidate : remotes.all()) {
            list.offer(base, candidate, role());
        }
        changed(now);
    }

    /** A base's socket is gone. */
    void baseClosed(Base base, long now) {
        for (Pair pair : List.copyOf(list.pairs())) {
            if (pair.base == base) {
                drop(pair);
            }
        }
        changed(now);
        if (isListening()) {
            listenOn(now);
        }
        if (!stopped
                && selection.pair() == null
                && selection.everSelected()
                && timers.get(Timer.PATIENCE) == Time.NEVER) {
            // Another base may still work or come; what has none for so long has failed, as at the start.
            timers.set(Timer.PATIENCE, Time.after(now, PATIENCE_NANOS));
        }
    }

    private void drop(Pair pair) {
        checks.forget(pair);
        nominator.removed(pair);
        selection.removed(pair);
        list.remove(pair);
    }

    // What the parts tell.

    RoleResolver.Verdict judgeRole(StunMessage request, long now) {
        RoleResolver resolver = roles;
        if (resolver == null) {
            return RoleResolver.Verdict.NO_CONFLICT;
        }
        RoleResolver.Verdict verdict = resolver.judge(
                request, local.ufrag().compareTo(remoteCredentials().ufrag()) > 0);
        if (verdict != RoleResolver.Verdict.NO_CONFLICT) {
            counters().roleConflicts++;
        }
        if (verdict == RoleResolver.Verdict.WE_YIELDED) {
            roleSwitched(now);
        }
        return verdict;
    }

    /** A check that came before the peer's credentials were known. */
    void heardEarly(boolean peerControls, long now) {
        if (peerControls && roles().controlledEarly()) {
            counters().roleConflicts++;
            roleSwitched(now);
        }
    }

    /** The peer was heard: its role is known. */
    void release(long now) {
        pace.release(now);
    }

    void roleConflict(Pair pair, IceRole sentAs, long now) {
        counters().roleConflicts++;
        if (roles().conflicted(sentAs)) {
            roleSwitched(now);
        }
        // RFC 8445 section 7.2.5.1: the check is made again in the new role.
        if (pair.isValid()) {
            checks.check(pair, now);
        } else {
            list.trigger(pair);
        }
        changed(now);
    }

    private void roleSwitched(long now) {
        nominator.roleSwitched();
        list.recomputePriorities(role());
        owner.roleChanged(role());
        changed(now);
    }

    void checkSucceeded(Pair pair, InetSocketAddress mapped, boolean nominates, long now) {
        if (stopped || !list.pairs().contains(pair)) {
            return;
        }
        counters().checksAnswered++;
        boolean first = !pair.isValid();
        pair.state = Pair.State.SUCCEEDED;
        pair.seenAs = owner.mapped(pair.base, mapped);
        pair.validatePath();
        consent.granted(pair, now);
        if (first) {
            list.unfreezeFoundationOf(pair);
            if (pair.nominateOnSuccess) {
                pair.nominateOnSuccess = false;
                nominator.nominatedByPeer(pair, now);
            }
        }
        if (nominates) {
            nominator.nominated(pair, now);
        }
        changed(now);
    }

    void checkFailed(Pair pair, String reason, long now) {
        if (pair.isValid()) {
            // Only a nomination can be under way on a valid pair; consent decides about the pair itself.
            pair.useCandidate = false;
            pair.unresponsive = true;
            changed(now);
            return;
        }
        lastFailure = reason;
        pair.state = Pair.State.FAILED;
        // Departure: under heavy loss one round of seven checks is not enough. A signaled pair gets a second round
        // while nothing works; an address that only a check told us of does not, so that a third party gets seven at
        // most.
        if (selection.pair() == null && pair.remote.isSignaled() && pair.retriedRounds == 0) {
            pair.retriedRounds++;
            pair.state = Pair.State.WAITING;
        } else {
            pair.invalidatePath();
            list.refill(role());
        }
        changed(now);
    }

    void consentExpired(Pair pair, long now) {
        lastFailure = "consent expired";
        if (options().receiveWithoutConsent()) {
            retire(pair);
        } else {
            drop(pair);
        }
        changed(now);
        if (selection.pair() == null && selection.everSelected()) {
            listenOn(now);
        }
    }

    /** It carries nothing of ours any more, but what comes there counts: RFC 7675 ends what we send, not what we take. */
    private void retire(Pair pair) {
        checks.forget(pair);
        nominator.removed(pair);
        selection.removed(pair);
        pair.state = Pair.State.FAILED;
    }

    /** Whether all consent to send is gone, and only answers leave, to checks of a peer that still sends. */
    boolean isListening() {
        return listening;
    }

    /** Nothing of ours may be sent: the peer is listened to while it sends, else all is over. */
    private void listenOn(long now) {
        long silentAt = Time.after(lastHeardNanos(), LISTENING_NANOS);
        if (!options().receiveWithoutConsent() || now >= silentAt) {
            fail();
            return;
        }
        if (!listening) {
            listening = true;
            leave();
        }
        timers.set(Timer.LISTENING, silentAt);
    }

    private long lastHeardNanos() {
        long last = Pair.NEVER_HEARD;
        for (Pair pair : list.pairs()) {
            if (pair.validatesPath) {
                last = Math.max(last, pair.lastHeardNanos());
            }
        }
        return last;
    }

    /** Something changed: selects, nominates, and sets the pace. */
    void changed(long now) {
        if (stopped || failed || !isStarted()) {
            return;
        }
        selection.update(now);
        nominator.update(now);
        selection.update(now);
        consent.schedule();
        pace.schedule(now);
    }

    /**
     * RFC 8445 section 8.1.2: the first nomination ends the other checks; late answers to them still count. Those of
     * a direct path go on if the nominated one is relayed: they may have been lost.
     */
    void concluded(Pair nominated, long now) {
        for (Pair pair : list.pairs()) {
            boolean hoped = nominated.isRelayed() && !pair.isRelayed();
            if (pair != nominated && !hoped && pair.state == Pair.State.IN_PROGRESS) {
                checks.cancel(pair, now);
                pair.state = Pair.State.WAITING;
            }
        }
    }

    void handleTimeout(long now) {
        if (timers.isDue(Timer.PATIENCE, now)) {
            timers.set(Timer.PATIENCE, Time.NEVER);
            if (selection.pair() == null) {
                fail();
                return;
            }
        }
        if (timers.isDue(Timer.RETRANSMIT, now)) {
            checks.handleTimeout(now);
        }
        if (timers.isDue(Timer.CONSENT, now)) {
            consent.handleTimeout(now);
            changed(now);
        }
        if (timers.isDue(Timer.LISTENING, now)) {
            listenOn(now);
        }
        if (timers.isDue(Timer.NOMINATE, now)) {
            changed(now);
        }
        if (timers.isDue(Timer.SETTLE, now)) {
            nominator.handleSettled();
        }
        if (timers.isDue(Timer.PACE, now)) {
            pace.handleTimeout(now);
        }
    }

    private void fail() {
        failed = true;
        stop();
    }

    /** Nothing is asked or answered any more; data of validated paths counts until {@link #stop}. */
    void leave() {
        stopped = true;
        selection.clear();
        timers.clear();
        checks.clear();
        responder.close();
    }

    /** Nothing is sent and nothing is taken any more. */
    void stop() {
        leave();
        listening = false;
        for (Pair pair : List.copyOf(list.pairs())) {
            pair.invalidatePath();
        }
    }

    boolean isStopped() {
        return stopped;
    }

    void close() {
        stop();
        list.clear();
    }

    /** W3C RTCIceTransportState, as far as this session alone decides it. */
    IceState state(boolean gatheringComplete) {
        if (failed) {
            return IceState.FAILED;
        }
        if (selection.pair() != null) {
            if (selection.isSilent()) {
                return IceState.DISCONNECTED;
            }
            boolean done = gatheringComplete && remotes.isComplete() && nominator.isSettled();
            return done ? IceState.COMPLETED : IceState.CONNECTED;
        }
        if (selection.everSelected()) {
            // The socket of the last pair is gone; another may still work or come. Or the peer is only listened to.
            return IceState.DISCONNECTED;
        }
        return isStarted() && !remotes.all().isEmpty() ? IceState.CHECKING : IceState.NEW;
    }
}
