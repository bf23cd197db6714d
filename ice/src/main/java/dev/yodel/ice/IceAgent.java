package dev.yodel.ice;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.Datagram;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A full ICE agent for one component as a protocol core: gathering, trickle, checks, nomination, consent and restart
 * (RFC 8445, 8838, 7675). It owns no socket, clock or thread: its owner opens sockets as told by {@link IceEvent}s, feeds
 * datagrams and time, and drains {@link #pollTransmit} and {@link #pollEvent} after each input. Nothing a peer sends makes
 * it throw. One thread only.
 */
public final class IceAgent {
    private final IceOptions options;
    private final RandomSource random;
    private final Outbox out = new Outbox();
    private final IceCounters counters = new IceCounters();
    private final Gatherer gatherer;
    private final IceDataPath dataPath;
    private final IceSession.Owner owner = new SessionOwner();

    private @Nullable IceSession session;
    /** The generation before a restart, until the new one works. */
    private @Nullable IceSession previous;

    private IceState state = IceState.NEW;
    private @Nullable Pair announced;
    private @Nullable CandidatePair announcedView;
    private byte @Nullable [] piggyback;
    private int selectedPairChanges;
    private boolean closed;

    /**
     * An agent that does nothing yet.
     *
     * @param options options
     * @param random cryptographically strong in production
     */
    public IceAgent(IceOptions options, RandomSource random) {
        this.options = options;
        this.random = random;
        this.gatherer = new Gatherer(options, out, random, new RelayListener());
        this.dataPath = new IceDataPath(gatherer, counters);
    }

    /**
     * Begins to gather. Checks of the peer are answered from now on.
     *
     * @param local our credentials
     * @param addresses the addresses of the interfaces
     * @param now time
     * @throws IllegalStateException if it was called before; use {@link #restart}
     */
    public void gather(IceCredentials local, List<NetworkAddress> addresses, long now) {
        if (closed) {
            return;
        }
        if (session != null) {
            throw new IllegalStateException("gather was called before; call restart for new credentials");
        }
        session = new IceSession(owner, local);
        gatherer.gather(addresses, now);
        update(now);
    }

    /**
     * Begins to check, once the peer's credentials are known.
     *
     * @param role controlling for the side that offered first
     * @param remote the peer's credentials
     * @param now time
     * @throws IllegalStateException if {@link #gather} was not called, or this generation was started before
     */
    public void start(IceRole role, IceCredentials remote, long now) {
        if (closed) {
            return;
        }
        IceSession current = current("start");
        if (current.isStarted()) {
            throw new IllegalStateException("this generation was started before; call restart first");
        }
        current.start(role, remote, now);
        update(now);
    }

    /**
     * Begins a new generation with new credentials. The old pair carries data until the new generation has one; {@link
     * #start} must follow with the peer's new credentials (RFC 8445 section 9).
     *
     * @param local our new credentials
     * @param now time
     * @throws IllegalStateException if {@link #gather} was not called
     */
    public void restart(IceCredentials local, long now) {
        if (closed) {
            return;
        }
        IceSession current = current("restart");
        if (current.selected() != null && !current.isFailed()) {
            IceSession older = previous;
            if (older != null) {
                older.close();
            }
            previous = current;
        } else {
            current.close();
        }
        session = new IceSession(owner, local);
        update(now);
    }

    /**
     * A candidate of the peer, of any component and protocol; unusable ones are counted and ignored. May come before
     * {@link #start}.
     *
     * @param candidate from signaling
     * @param now time
     */
    public void addRemoteCandidate(Candidate candidate, long now) {
        if (closed) {
            return;
        }
        IceSession current = current("addRemoteCandidate");
        if (!current.isStopped()) {
            current.addRemote(candidate, now);
            update(now);
        }
    }

    /**
     * The peer has no more candidates (RFC 8838 section 13).
     *
     * @param now time
     */
    public void endOfRemoteCandidates(long now) {
        if (closed) {
            return;
        }
        IceSession current = current("endOfRemoteCandidates");
        current.endOfRemotes(now);
        update(now);
    }

    /**
     * Attaches bytes to the checks that follow. Kept, but not sent yet.
     *
     * @param bytes kept, null for none
     */
    public void setPiggyback(byte @Nullable [] bytes) {
        piggyback = bytes == null ? null : bytes.clone();
    }

    /**
     * What {@link #setPiggyback} was given.
     *
     * @return a copy, or null
     */
    public byte @Nullable [] piggyback() {
        return piggyback == null ? null : piggyback.clone();
    }

    /**
     * Ends everything; sockets are given back by {@link IceEvent.Close}. Commands after it do nothing.
     *
     * @param now time
     */
    public void close(long now) {
        if (closed) {
            return;
        }
        closed = true;
        IceSession current = session;
        if (current != null) {
            current.close();
        }
        dropPrevious();
        out.dropTransmits();
        gatherer.close(now);
        update(now);
    }

    /**
     * A socket is open.
     *
     * @param socketId from {@link IceEvent.OpenUdp}
     * @param local its bound address
     * @param now time
     */
    public void handleOpened(int socketId, InetSocketAddress local, long now) {
        Base base = gatherer.base(socketId);
        if (base == null || !gatherer.isOpening(base)) {
            out.tell(new IceEvent.Close(socketId));
            return;
        }
        gatherer.opened(base, local, now);
        IceSession current = session;
        if (current != null && base.isOpen()) {
            current.baseOpened(base, now);
        }
        gatherer.completeIfDone();
        update(now);
    }

    /**
     * A socket could not be opened, or was closed by the system.
     *
     * @param socketId from {@link IceEvent.OpenUdp}
     * @param reason in words
     * @param now time
     */
    public void handleClosed(int socketId, String reason, long now) {
        Base base = gatherer.base(socketId);
        if (base == null) {
            return;
        }
        IceSession current = session;
        if (current != null) {
            current.baseClosed(base, now);
        }
        IceSession older = previous;
        if (older != null) {
            older.baseClosed(base, now);
        }
        gatherer.closed(base, reason);
        gatherer.completeIfDone();
        update(now);
    }

    /**
     * A datagram came whose first byte is 0 to 3 (RFC 7983).
     *
     * @param socketId the socket it came to
     * @param data borrowed until this returns
     * @param offset first byte
     * @param length count of bytes
     * @param remote who sent it
     * @param now time of arrival
     */
    public void handleDatagram(int socketId, byte[] data, int offset, int length, InetSocketAddress remote, long now) {
        Base base = gatherer.base(socketId);
        StunMessage message = base == null || closed ? null : StunMessage.parse(data, offset, length);
        if (base == null || message == null || message.method() != StunMessage.BINDING) {
            counters.malformedStun++;
            return;
        }
        switch (message.messageClass()) {
            case REQUEST -> handleRequest(base, message, remote, now);
            case SUCCESS, ERROR -> handleResponse(base, message, remote, now);
            // RFC 8445 section 11: a keepalive, nothing to do.
            case INDICATION -> {}
        }
        update(now);
    }

    private void handleRequest(Base base, StunMessage message, InetSocketAddress remote, long now) {
        IceSession current = session;
        IceSession older = previous;
        // Both generations are served until the new one works (RFC 8445 section 9): the user name says which is meant.
        if (older != null && !older.isStopped() && isFor(older, message)) {
            older.responder().handleRequest(base, message, remote, now);
        } else if (current != null && !current.isStopped()) {
            current.responder().handleRequest(base, message, remote, now);
        }
    }

    private static boolean isFor(IceSession session, StunMessage message) {
        String username = message.text(StunAttribute.USERNAME);
        return username != null && username.startsWith(session.local().ufrag() + ":");
    }

    private void handleResponse(Base base, StunMessage message, InetSocketAddress remote, long now) {
        if (gatherer.handleResponse(base, message, remote)) {
            return;
        }
        IceSession current = session;
        IceSession older = previous;
        if (older != null && older.checks().knows(message.transactionId())) {
            older.checks().handleResponse(base, message, remote, now);
        } else if (current != null && current.isStarted()) {
            current.checks().handleResponse(base, message, remote, now);
        } else {
            counters.unexpectedResponses++;
        }
    }

    /**
     * Stream bytes came. There are no streams yet.
     *
     * @param socketId from {@link IceEvent.OpenStream}
     * @param data borrowed until this returns
     * @param offset first byte
     * @param length count of bytes
     * @param now time of arrival
     */
    public void handleStreamBytes(int socketId, byte[] data, int offset, int length, long now) {
        counters.malformedStun++;
    }

    /**
     * A stream takes bytes again. There are no streams yet.
     *
     * @param socketId from {@link IceEvent.OpenStream}
     * @param now time
     */
    public void handleWritable(int socketId, long now) {}

    /**
     * The answer to {@link IceEvent.ResolveName}.
     *
     * @param lookupId which
     * @param addresses what the name stands for, empty if nothing
     * @param now time
     */
    public void handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        if (gatherer.handleResolved(lookupId, addresses, now)) {
            update(now);
            return;
        }
        IceSession current = session;
        IceSession older = previous;
        if (current != null && !current.isStopped() && current.handleResolved(lookupId, addresses, now)) {
            update(now);
        } else if (older != null && !older.isStopped() && older.handleResolved(lookupId, addresses, now)) {
            update(now);
        }
    }

    /**
     * Time has passed. Calling it early or twice is harmless.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        gatherer.handleTimeout(now);
        IceSession older = previous;
        if (older != null) {
            older.handleTimeout(now);
        }
        IceSession current = session;
        if (current != null) {
            current.handleTimeout(now);
        }
        update(now);
    }

    /**
     * The clock that {@code now} comes from has stood still, as Linux's does in suspend: consent may be long gone. Data
     * stops until the next check, due at once, is answered.
     *
     * @param now time
     */
    public void handleClockGap(long now) {
        IceSession current = session;
        if (current != null && !current.isStopped()) {
            current.consent().doubt(now);
        }
        IceSession older = previous;
        if (older != null && !older.isStopped()) {
            older.consent().doubt(now);
        }
        update(now);
    }

    /**
     * When {@link #handleTimeout} is wanted.
     *
     * @return a deadline or {@link Time#NEVER}
     */
    public long nextTimeout() {
        IceSession current = session;
        IceSession older = previous;
        long next = gatherer.nextTimeout();
        if (current != null) {
            next = Math.min(next, current.timers().next());
        }
        return older == null ? next : Math.min(next, older.timers().next());
    }

    /**
     * Why {@link #nextTimeout} is what it is.
     *
     * @return the name of a timer
     */
    public String nextTimeoutReason() {
        IceSession current = session;
        if (current == null || gatherer.nextTimeout() < current.timers().next()) {
            return Timer.STUN_SERVER.name();
        }
        return current.timers().reason().name();
    }

    /**
     * The next STUN datagram to send.
     *
     * @return a datagram, or null if there is none
     */
    public @Nullable IceTransmit pollTransmit() {
        return out.pollTransmit();
    }

    /**
     * The next event.
     *
     * @return an event, or null if there is none
     */
    public @Nullable IceEvent pollEvent() {
        return out.pollEvent();
    }

    /**
     * The way of data.
     *
     * @return always the same object
     */
    public IceDataPath dataPath() {
        return dataPath;
    }

    /**
     * A datagram came to a socket to a TURN server. If it carries a peer's datagram, the view is moved onto that, and goes
     * on to {@link #handleDatagram} or {@link IceDataPath#accepts} as if it had come directly.
     *
     * @param socketId the socket it came to
     * @param datagram in: what came; out, if true: the peer's datagram and the peer as sender
     * @param now time of arrival
     * @return false if it was something between us and the server
     */
    public boolean unwrap(int socketId, Datagram datagram, long now) {
        Base base = gatherer.base(socketId);
        if (base == null) {
            return false;
        }
        boolean data = gatherer.relays().receive(base, datagram, now);
        if (!data) {
            gatherer.completeIfDone();
            update(now);
        }
        return data;
    }

    /**
     * The state.
     *
     * @return W3C RTCIceTransportState
     */
    public IceState state() {
        return state;
    }

    /**
     * The gathering state.
     *
     * @return W3C RTCIceGathererState
     */
    public GatheringState gatheringState() {
        return gatherer.state();
    }

    /**
     * The role.
     *
     * @return null before {@link #start}
     */
    public @Nullable IceRole role() {
        IceSession current = session;
        return current == null || !current.isStarted() ? null : current.role();
    }

    /**
     * The pair that carries data.
     *
     * @return null while there is none
     */
    public @Nullable CandidatePair selectedPair() {
        return announcedView;
    }

    /**
     * Our candidates so far.
     *
     * @return an immutable copy
     */
    public List<Candidate> localCandidates() {
        return List.copyOf(gatherer.candidates());
    }

    /**
     * The smoothed round-trip time of the selected pair.
     *
     * @return nanoseconds, 0 if it is not known
     */
    public long rttNanos() {
        Pair pair = announced;
        return pair == null ? 0 : pair.smoothedRttNanos;
    }

    /**
     * What was done so far.
     *
     * @return a snapshot
     */
    public IceStats stats() {
        return AgentReport.stats(gatherer, session, announcedView, selectedPairChanges);
    }

    /**
     * What was refused and noticed.
     *
     * @return live counters
     */
    public IceCounters counters() {
        return counters;
    }

    /**
     * Why nothing works, in words for a person.
     *
     * @return one line; says so if something works
     */
    public String failureReason() {
        return AgentReport.failureReason(gatherer, session, counters, announced != null);
    }

    private IceSession current(String what) {
        IceSession current = session;
        if (current == null) {
            throw new IllegalStateException("call gather before " + what);
        }
        return current;
    }

    private void dropPrevious() {
        IceSession older = previous;
        if (older != null) {
            older.close();
            previous = null;
        }
    }

    /** Tells what changed since the last time. */
    private void update(long now) {
        IceSession current = session;
        IceSession older = previous;
        if (current != null && older != null && (current.selected() != null || older.isStopped())) {
            dropPrevious();
            older = null;
        }
        Pair pair = current == null ? null : current.selected();
        IceSession deciding = current;
        if (pair == null && older != null) {
            pair = older.selected();
            deciding = older;
        }
        announce(pair, now);
        IceState next = closed
                ? IceState.CLOSED
                : deciding == null ? IceState.NEW : deciding.state(gatherer.state() == GatheringState.COMPLETE);
        if (next != state) {
            state = next;
            out.tell(new IceEvent.StateChanged(next));
        }
    }

    private void announce(@Nullable Pair pair, long now) {
        dataPath.select(pair);
        if (pair == null) {
            announced = null;
            announcedView = null;
            return;
        }
        CandidatePair view = pair.view();
        if (pair != announced || !view.equals(announcedView)) {
            selectedPairChanges += pair == announced ? 0 : 1;
            announced = pair;
            announcedView = view;
            if (pair.base.relay != null) {
                gatherer.relays().bindChannel(pair.base, pair.remote.address, now);
            }
            out.tell(new IceEvent.SelectedPairChanged(view));
        }
    }

    /** Relayed bases come and go by what their servers say. */
    private final class RelayListener implements Gatherer.Owner {
        @Override
        public void relayOpened(Base base, long now) {
            IceSession current = session;
            if (current != null) {
                current.baseOpened(base, now);
            }
            IceSession older = previous;
            if (older != null && !older.isStopped()) {
                older.baseOpened(base, now);
            }
        }

        @Override
        public void relayLost(Base base, long now) {
            IceSession current = session;
            if (current != null) {
                current.baseClosed(base, now);
            }
            IceSession older = previous;
            if (older != null) {
                older.baseClosed(base, now);
            }
        }
    }

    /** What sessions ask of this agent. */
    private final class SessionOwner implements IceSession.Owner {
        @Override
        public IceOptions options() {
            return options;
        }

        @Override
        public RandomSource random() {
            return random;
        }

        @Override
        public IceCounters counters() {
            return counters;
        }

        @Override
        public List<Base> bases() {
            return gatherer.bases();
        }

        @Override
        public void transmit(Base base, InetSocketAddress to, byte[] data, long now) {
            if (base.relay != null) {
                gatherer.relays().send(base, to, data, now);
            } else {
                out.send(new IceTransmit(base.socketId, data, to));
            }
        }

        @Override
        public int resolve(String name) {
            return out.resolve(name);
        }

        @Override
        public void roleChanged(IceRole role) {
            out.tell(new IceEvent.RoleChanged(role));
        }

        @Override
        public Candidate mapped(Base base, InetSocketAddress mapped) {
            return gatherer.mapped(base, mapped);
        }
    }
}
