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
    private final Outbox out = new Outbox();
    private final Junction junction;
    private final IceCounters counters;
    private final Generations generations;
    private final Gatherer gatherer;
    private final IceDataPath dataPath;
    private final Announcer announcer;
    /** Of the next generation. */
    private IceOptions nextOptions;

    private byte @Nullable [] piggyback;
    private boolean closed;

    /**
     * An agent that does nothing yet.
     *
     * @param options options
     * @param random cryptographically strong in production
     */
    public IceAgent(IceOptions options, RandomSource random) {
        this.nextOptions = options;
        this.junction = new Junction(options, out, random);
        this.counters = junction.counters();
        this.generations = junction.generations();
        this.gatherer = junction.gatherer();
        this.dataPath = new IceDataPath(gatherer, counters);
        this.announcer = new Announcer(generations, gatherer, dataPath, out);
    }

    /**
     * Gathers without telling anybody, so that candidates are there when {@link #gather} is called (RFC 8829 section
     * 3.5.4). Not needed before it; without effect after it.
     *
     * @param addresses the addresses of the interfaces
     * @param now time
     */
    public void prepare(List<NetworkAddress> addresses, long now) {
        if (!closed && generations.current() == null) {
            gatherer.prepare(nextOptions, addresses, now);
            update(now);
        }
    }

    /**
     * Begins to gather, or tells what was prepared. Checks of the peer are answered from now on.
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
        junction.configure(nextOptions);
        gatherer.gather(nextOptions, local.ufrag(), addresses, now);
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
        junction.configure(nextOptions);
        gatherer.handleNetworkChange(addresses, now);
        gatherer.gather(nextOptions, local.ufrag(), addresses, now);
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
        if (!gatherer.handleResponse(base, message, remote, now)
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
        return announcer.state();
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
        return announcer.view();
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
        Pair pair = announcer.pair();
        return pair == null ? 0 : pair.smoothedRttNanos;
    }

    /**
     * What was done so far.
     *
     * @return a snapshot
     */
    public IceStats stats() {
        return AgentReport.stats(gatherer, generations.current(), announcer.view(), announcer.pairChanges());
    }

    /**
     * Whether an address has proved to be the peer's in the present generation: the peer may have begun it with another
     * transport, while what the old one sent is still on its way.
     *
     * @param remote an address that a datagram came from
     * @return false if only an earlier generation knew it, or none
     */
    public boolean isOfPresentGeneration(InetSocketAddress remote) {
        return generations.isOfPresent(remote);
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
        return AgentReport.failureReason(gatherer, generations.current(), counters, announcer.pair() != null);
    }

    private IceSession current(String what) {
        IceSession current = generations.current();
        if (current == null) {
            throw new IllegalStateException("call gather before " + what);
        }
        return current;
    }

    private void update(long now) {
        announcer.update(closed, now);
    }
}
