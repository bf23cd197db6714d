package dev.yodel.ice;

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
    private final RandomSource random;
    private final Outbox out = new Outbox();
    private final IceCounters counters = new IceCounters();
    private final Generations generations = new Generations(new SessionOwner());
    private final Gatherer gatherer;
    private final IceDataPath dataPath;

    /** Of the current generation. */
    private IceOptions options;
    /** Of the next one. */
    private IceOptions nextOptions;

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
        this.nextOptions = options;
        this.random = random;
        this.gatherer = new Gatherer(options, out, random, new BaseListener());
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
        if (generations.current() != null) {
            throw new IllegalStateException("gather was called before; call restart for new credentials");
        }
        generations.begin(local);
        options = nextOptions;
        gatherer.gather(options, local.ufrag(), addresses, now);
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
     * Sets the servers and the policy of the next generation; what else it says is not changed after the first.
     *
     * @param next options
     */
    public void configure(IceOptions next) {
        nextOptions = next;
    }

    /**
     * Begins a new generation with new credentials. The old pair carries data until the new generation has one; {@link
     * #start} must follow with the peer's new credentials (RFC 8445 section 9). Sockets and allocations are kept, and
     * their candidates told again; interfaces are looked at, and servers are asked, anew.
     *
     * @param local our new credentials
     * @param addresses the addresses of the interfaces
     * @param now time
     * @throws IllegalStateException if {@link #gather} was not called
     */
    public void restart(IceCredentials local, List<NetworkAddress> addresses, long now) {
        if (closed) {
            return;
        }
        generations.restart(current("restart"), local);
        options = nextOptions;
        gatherer.handleNetworkChange(addresses, now);
        gatherer.gather(options, local.ufrag(), addresses, now);
        update(now);
    }

    /**
     * The interfaces have changed: sockets of addresses that are gone are given up, and candidates of new ones are told.
     *
     * @param addresses what there is now
     * @param now time
     */
    public void handleNetworkChange(List<NetworkAddress> addresses, long now) {
        if (!closed) {
            gatherer.handleNetworkChange(addresses, now);
            update(now);
        }
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
        generations.close();
        out.dropTransmits();
        gatherer.close(now);
        update(now);
    }

    /**
     * A socket is open.
     *
     * @param socketId from {@link IceEvent.OpenUdp} or {@link IceEvent.OpenStream}
     * @param local its bound address
     * @param now time
     */
    public void handleOpened(int socketId, InetSocketAddress local, long now) {
        gatherer.opened(socketId, local, now);
        update(now);
    }

    /**
     * A socket could not be opened, or was closed by the system.
     *
     * @param socketId from {@link IceEvent.OpenUdp} or {@link IceEvent.OpenStream}
     * @param reason in words
     * @param now time
     */
    public void handleClosed(int socketId, String reason, long now) {
        gatherer.closed(socketId, reason, now);
        update(now);
    }

    /**
     * A datagram came whose first byte is 0 to 3 (RFC 7983).
     *
     * @param socketId the socket it came to, or what {@link #unwrap} has returned
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
            case REQUEST -> generations.handleRequest(base, message, remote, now);
            case SUCCESS, ERROR -> handleResponse(base, message, remote, now);
            // RFC 8445 section 11: a keepalive, nothing to do.
            case INDICATION -> {}
        }
        update(now);
    }

    private void handleResponse(Base base, StunMessage message, InetSocketAddress remote, long now) {
        if (!gatherer.handleResponse(base, message, remote)
                && !generations.handleResponse(base, message, remote, now)) {
            counters.unexpectedResponses++;
        }
    }

    /**
     * A stream was accepted.
     *
     * @param listenerId from {@link IceEvent.Listen}
     * @param local our end
     * @param remote the other end
     * @param now time
     * @return the agent's name for the stream; -1 to close it
     */
    public int handleAccepted(int listenerId, InetSocketAddress local, InetSocketAddress remote, long now) {
        int id = closed ? -1 : gatherer.streams().accepted(listenerId, local, remote, now);
        update(now);
        return id;
    }

    /**
     * Bytes of a stream came, in any segmentation. Take what {@link #pollFrame} finds in them at once.
     *
     * @param socketId from {@link IceEvent.OpenStream}
     * @param data borrowed until this returns
     * @param offset first byte
     * @param length count of bytes
     * @param now time of arrival
     */
    public void handleStreamBytes(int socketId, byte[] data, int offset, int length, long now) {
        if (!gatherer.handleStreamBytes(socketId, data, offset, length)) {
            counters.malformedStun++;
        }
        update(now);
    }

    /**
     * The next whole message of a stream, to be treated like a datagram of that socket.
     *
     * @param socketId the stream
     * @param view out, if true: the message, valid until the next call
     * @param now time of arrival
     * @return false if there is none
     */
    public boolean pollFrame(int socketId, Datagram view, long now) {
        RelaySocket relay = gatherer.relays().socket(socketId);
        boolean found = relay != null
                ? gatherer.relays().nextFrame(relay, view, now)
                : gatherer.streams().nextFrame(socketId, view, now);
        if (!found) {
            gatherer.completeIfDone();
            update(now);
        }
        return found;
    }

    /**
     * The answer to {@link IceEvent.ResolveName}.
     *
     * @param lookupId which
     * @param addresses what the name stands for, empty if nothing
     * @param now time
     */
    public void handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        if (!gatherer.handleResolved(lookupId, addresses, now)) {
            generations.handleResolved(lookupId, addresses, now);
        }
        update(now);
    }

    /**
     * Time has passed. Calling it early or twice is harmless.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        gatherer.handleTimeout(now);
        generations.handleTimeout(now);
        update(now);
    }

    /**
     * The clock that {@code now} comes from has stood still, as Linux's does in suspend: consent may be long gone. Data
     * stops until the next check, due at once, is answered.
     *
     * @param now time
     */
    public void handleClockGap(long now) {
        generations.doubt(now);
        update(now);
    }

    /**
     * When {@link #handleTimeout} is wanted.
     *
     * @return a deadline or {@link Time#NEVER}
     */
    public long nextTimeout() {
        return Math.min(gatherer.nextTimeout(), generations.nextTimeout());
    }

    /**
     * Why {@link #nextTimeout} is what it is.
     *
     * @return the name of a timer
     */
    public String nextTimeoutReason() {
        IceSession current = generations.current();
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
     * A datagram or frame came from a TURN server. If it carries a peer's datagram, the view is moved onto that, and goes
     * on to {@link #handleDatagram} or {@link IceDataPath#accepts} as if it had come directly, to a socket with the id
     * returned.
     *
     * @param socketId the socket it came to
     * @param datagram in: what came; out, unless -1 is returned: the peer's datagram and the peer as sender
     * @param now time of arrival
     * @return what stands for the relayed address it came to; -1 if it was something between us and the server
     */
    public int unwrap(int socketId, Datagram datagram, long now) {
        RelaySocket relay = gatherer.relays().socket(socketId);
        if (relay == null) {
            return gatherer.streams().owns(socketId) ? socketId : -1;
        }
        if (gatherer.relays().receive(relay, datagram, now)) {
            Base base = relay.baseFor(datagram.remote);
            return base == null ? -1 : base.id;
        }
        gatherer.completeIfDone();
        update(now);
        return -1;
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
        IceSession current = generations.current();
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
        return gatherer.candidates().all();
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
        return AgentReport.stats(gatherer, generations.current(), announcedView, selectedPairChanges);
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
        return AgentReport.failureReason(gatherer, generations.current(), counters, announced != null);
    }

    private IceSession current(String what) {
        IceSession current = generations.current();
        if (current == null) {
            throw new IllegalStateException("call gather before " + what);
        }
        return current;
    }

    /** Tells what changed since the last time. */
    private void update(long now) {
        if (generations.settle(now) && !closed) {
            gatherer.dropUnwanted(now);
        }
        IceSession deciding = generations.deciding();
        announce(deciding == null ? null : deciding.selected(), now);
        boolean gathered = gatherer.state() == GatheringState.COMPLETE;
        IceState next = closed ? IceState.CLOSED : generations.state(gathered);
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
            RelaySocket relay = pair.base.relay;
            if (relay != null) {
                gatherer.relays().bindChannel(relay, pair.remote.address, now);
            }
            out.tell(new IceEvent.SelectedPairChanged(view));
        }
    }

    /** Bases come and go. */
    private final class BaseListener implements Gatherer.Owner {
        @Override
        public void baseOpened(Base base, long now) {
            generations.baseOpened(base, now);
        }

        @Override
        public void baseLost(Base base, long now) {
            generations.baseLost(base, now);
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
        public void probe(Base base, long now) {
            RelaySocket relay = base.relay;
            if (relay != null) {
                gatherer.relays().probe(relay, now);
            }
        }

        @Override
        public void transmit(Base base, InetSocketAddress to, byte[] data, long now) {
            RelaySocket relay = base.relay;
            if (relay != null) {
                gatherer.relays().send(relay, to, data, now);
            } else {
                byte[] sent = base.stream == null ? data : StreamFrames.framed(data);
                out.send(new IceTransmit(base.id, sent, to));
            }
        }

        @Override
        public int resolve(String name) {
            return out.resolve(name);
        }

        @Override
        public void connect(InetSocketAddress remote, long now) {
            gatherer.streams().connect(remote, now);
        }

        @Override
        public void roleChanged(IceRole role) {
            out.tell(new IceEvent.RoleChanged(role));
        }

        @Override
        public Candidate mapped(Base base, InetSocketAddress mapped) {
            return gatherer.candidates().seenAs(base, mapped);
        }
    }
}
