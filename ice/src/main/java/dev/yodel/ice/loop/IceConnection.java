package dev.yodel.ice.loop;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.DataSource;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceAgent;
import dev.yodel.ice.IceCounters;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceDataPath;
import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.IceTransmit;
import dev.yodel.ice.turn.TurnClient;
import dev.yodel.io.Datagram;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.Registration;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@link IceAgent} with sockets, timer and names of a {@link Loop}. It decides nothing itself. Loop thread only; the
 * listener is called on the loop, at the end of the turn or from {@link #close}, never from inside another method.
 */
public final class IceConnection implements AutoCloseable {
    /** Receives what the connection has to tell. Called on the loop. */
    public interface Listener extends UdpPort.Receiver {
        /**
         * Gathering went on.
         *
         * @param state new state
         * @param ufrag the user fragment of the generation that it is about
         */
        default void onGatheringState(GatheringState state, String ufrag) {}

        /**
         * A local candidate to be signaled, while gathering or later.
         *
         * @param candidate with the user fragment of its generation
         */
        void onLocalCandidate(Candidate candidate);

        /**
         * A candidate could not be had; W3C icecandidateerror.
         *
         * @param error address, server, code and text
         */
        default void onCandidateError(IceEvent.CandidateError error) {}

        /**
         * The state changed.
         *
         * @param state new state
         */
        void onState(IceState state);

        /**
         * Data goes to another pair from now on.
         *
         * @param pair the pair
         */
        default void onSelectedPair(CandidatePair pair) {}

        /**
         * A datagram that is no STUN came from an address that an authenticated check has validated.
         *
         * @param datagram borrowed, see {@link Datagram}
         */
        @Override
        void onDatagram(Datagram datagram);

        /**
         * A role conflict made us take the other role.
         *
         * @param role new role
         */
        default void onRoleChange(IceRole role) {}
    }

    private static final int RELAY_SCRATCH_BYTES = 2048;
    /** What the loopback of every system carries from one process to another of the same machine. */
    private static final int LONGEST_TO_ITSELF = 65_000;

    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);
    private static final long CLOCK_GAP_MILLIS = 2000;
    /** So often at most while data is sent: after a suspension that much may leave before the gap is seen. */
    private static final long CLOCKS_COMPARED_NANOS = 100 * Time.MILLISECOND;

    /** Datagrams after which a selected pair has proved to be one that data goes over: not a set-up, nor a peer that idles. */
    private static final int SETTLED_AFTER = 100;

    private static final int NO_SOCKET = -1;

    private final Environment environment;
    private final Loop loop;
    private Listener listener;
    private final @Nullable MdnsService mdns;
    private final IceAgent agent;
    private final IceDataPath dataPath;
    private final IceSockets sockets;
    private final LoopTimer timer;
    /** The same object each time, so that a turn drains once. */
    private final Runnable drain = this::drain;

    private long clockCheckedAt;
    private long wallCheckedMillis;
    private boolean clocksCompared;
    /** Reused for relayed data: a socket copies what it is given. */
    private byte[] relayScratch = new byte[RELAY_SCRATCH_BYTES];

    private @Nullable Registration networkWatch;
    /** Datagrams until the selected pair has settled; 0 then. */
    private int untilSettled = SETTLED_AFTER;
    /** The socket of the pair that has. */
    private int settledSocket = NO_SOCKET;

    private boolean closed;

    /**
     * A connection that does nothing yet.
     *
     * @param environment for addresses, names and randomness
     * @param loop where it lives
     * @param options options
     * @param listener gets the events
     */
    public IceConnection(Environment environment, Loop loop, IceConnectionOptions options, Listener listener) {
        this.environment = environment;
        this.loop = loop;
        this.listener = listener;
        this.mdns = options.mdns();
        this.agent = new IceAgent(options.ice(), environment.random());
        this.dataPath = agent.dataPath();
        this.sockets = new IceSockets(
                environment, loop, options.tls(), options.mux(), options.tcpMux(), new SocketEvents(), listener);
        this.timer = loop.newTimer(this::onTimer);
    }

    /**
     * Opens sockets and asks servers before anybody needs the candidates (RFC 8829 section 3.5.4). The listener hears
     * nothing; {@link #gather} tells it at once what there is by then.
     */
    public void prepare() {
        agent.prepare(environment.networkAddresses(), loop.now());
        watchNetwork();
    }

    /**
     * Gives the events to another listener from now on.
     *
     * @param next gets the events
     */
    public void handOver(Listener next) {
        listener = next;
        sockets.handOver(next);
        dataPath.forEachSource(source -> {
            if (source instanceof PeerSource peer) {
                peer.handOver(next);
            }
        });
    }

    /**
     * Opens sockets and gathers; the peer's checks are answered from now on.
     *
     * @param local our credentials
     * @throws IllegalStateException if it was called before
     */
    public void gather(IceCredentials local) {
        sockets.name(local.ufrag());
        agent.gather(local, environment.networkAddresses(), loop.now());
        watchNetwork();
    }

    private void watchNetwork() {
        if (networkWatch == null && !closed) {
            networkWatch = environment.onNetworkChange(loop, this::onNetworkChange);
        }
        loop.atEndOfTurn(drain);
    }

    private void onNetworkChange() {
        if (!closed) {
            agent.handleNetworkChange(environment.networkAddresses(), loop.now());
            loop.atEndOfTurn(drain);
        }
    }

    /**
     * Sets the servers and the policy of the next generation.
     *
     * @param next options
     */
    public void configure(IceOptions next) {
        agent.configure(next);
    }

    /**
     * Starts the checks.
     *
     * @param role controlling for the side that offered first
     * @param remote the peer's credentials
     * @throws IllegalStateException before {@link #gather}, or if it was called before for this generation
     */
    public void start(IceRole role, IceCredentials remote) {
        agent.start(role, remote, loop.now());
        loop.atEndOfTurn(drain);
    }

    /**
     * Begins a new generation; {@link #start} must follow (RFC 8445 section 9).
     *
     * @param local our new credentials
     * @throws IllegalStateException before {@link #gather}
     */
    public void restart(IceCredentials local) {
        sockets.name(local.ufrag());
        agent.restart(local, environment.networkAddresses(), loop.now());
        loop.atEndOfTurn(drain);
    }

    /**
     * A candidate of the peer; before or after {@link #start}.
     *
     * @param candidate from signaling
     * @throws IllegalStateException before {@link #gather}
     */
    public void addRemoteCandidate(Candidate candidate) {
        agent.addRemoteCandidate(candidate, loop.now());
        loop.atEndOfTurn(drain);
    }

    /**
     * The peer has no more candidates.
     *
     * @throws IllegalStateException before {@link #gather}
     */
    public void endOfRemoteCandidates() {
        agent.endOfRemoteCandidates(loop.now());
        loop.atEndOfTurn(drain);
    }

    /**
     * Sends a datagram to the selected pair, if the peer consents to it (RFC 7675).
     *
     * @param data copied before this returns
     * @param offset first byte
     * @param length count of bytes
     * @return what became of it; {@link SendResult#REFUSED} without a selected pair with consent
     */
    public SendResult send(byte[] data, int offset, int length) {
        if (closed) {
            return SendResult.CLOSED;
        }
        long now = loop.now();
        if (now - clockCheckedAt >= CLOCKS_COMPARED_NANOS) {
            compareClocks(now);
        }
        IceDataPath path = dataPath;
        int socketId = path.socketId(now);
        if (socketId < 0) {
            return SendResult.REFUSED;
        }
        SendResult result = path.isWrapped()
                ? sendWrapped(socketId, path, data, offset, length, now)
                : sockets.sendData(socketId, data, offset, length, path.remote());
        if (result == SendResult.SENT) {
            path.countSent(length, now);
            if (untilSettled > 0 && --untilSettled == 0) {
                settledSocket = socketId;
                sockets.prefer(socketId, path.remote());
            }
        } else {
            path.countDiscarded(length);
        }
        return result;
    }

    /** Another pair is selected: its socket has yet to prove itself. */
    private void unsettle() {
        sockets.prefer(settledSocket, null);
        settledSocket = NO_SOCKET;
        untilSettled = SETTLED_AFTER;
    }

    private SendResult sendWrapped(int socketId, IceDataPath path, byte[] data, int offset, int length, long now) {
        if (relayScratch.length < length + TurnClient.MAX_OVERHEAD) {
            relayScratch = new byte[length + TurnClient.MAX_OVERHEAD];
        }
        int size = path.wrap(data, offset, length, relayScratch, now);
        loop.atEndOfTurn(drain);
        return sockets.sendData(socketId, relayScratch, 0, size, path.remote());
    }

    /**
     * Whether an address has proved to be the peer's in the present generation; see {@link
     * IceAgent#isOfPresentGeneration}.
     *
     * @param remote an address that a datagram came from
     * @return false if only an earlier generation knew it, or none
     */
    public boolean isOfPresentGeneration(InetSocketAddress remote) {
        return agent.isOfPresentGeneration(remote);
    }

    /**
     * The longest datagram that reaches the peer over the selected pair whole or not at all, as far as this machine knows.
     *
     * @return bytes; 0 if that is not known, without a selected pair, behind a relay, or over TCP
     */
    public int longestWhole() {
        IceDataPath path = dataPath;
        int socketId = closed || path.isWrapped() ? -1 : path.socketId(loop.now());
        if (socketId < 0) {
            return 0;
        }
        InetSocketAddress remote = path.remote();
        for (NetworkAddress own : environment.networkAddresses()) {
            if (own.address().equals(remote.getAddress())) {
                return LONGEST_TO_ITSELF;
            }
        }
        return sockets.longestWhole(socketId, remote);
    }

    /**
     * The state.
     *
     * @return W3C RTCIceTransportState
     */
    public IceState state() {
        return agent.state();
    }

    /**
     * The gathering state.
     *
     * @return W3C RTCIceGathererState
     */
    public GatheringState gatheringState() {
        return agent.gatheringState();
    }

    /**
     * The role.
     *
     * @return null before {@link #start}
     */
    public @Nullable IceRole role() {
        return agent.role();
    }

    /**
     * The pair that carries data.
     *
     * @return null while there is none
     */
    public @Nullable CandidatePair selectedPair() {
        return agent.selectedPair();
    }

    /**
     * Our candidates so far.
     *
     * @return an immutable copy
     */
    public List<Candidate> localCandidates() {
        return agent.localCandidates();
    }

    /**
     * Smoothed round-trip time of the selected pair.
     *
     * @return nanoseconds, 0 if not known
     */
    public long rttNanos() {
        return agent.rttNanos();
    }

    /**
     * What was done so far.
     *
     * @return a snapshot
     */
    public IceStats stats() {
        return agent.stats();
    }

    /**
     * What was refused and noticed.
     *
     * @return live counters
     */
    public IceCounters counters() {
        return agent.counters();
    }

    /**
     * Why nothing works, in words.
     *
     * @return one line
     */
    public String failureReason() {
        return agent.failureReason();
    }

    /** Closes sockets and timer. The listener hears {@link IceState#CLOSED} before this returns, and nothing after. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        agent.close(loop.now());
        drain();
        closed = true;
        timer.close();
        sockets.close();
        Registration watch = networkWatch;
        if (watch != null) {
            watch.close();
        }
    }

    /**
     * Linux stops the monotonic clock in suspend. If the wall clock went further, consent is in doubt; a wall clock
     * that was merely set costs one check.
     */
    private void compareClocks(long now) {
        long wallMillis = environment.wallClockMillis();
        long passedMillis = (now - clockCheckedAt) / Time.MILLISECOND;
        if (clocksCompared && wallMillis - wallCheckedMillis - passedMillis > CLOCK_GAP_MILLIS) {
            agent.handleClockGap(now);
            loop.atEndOfTurn(drain);
        }
        clockCheckedAt = now;
        wallCheckedMillis = wallMillis;
        clocksCompared = true;
    }

    private void onTimer() {
        if (!closed) {
            compareClocks(loop.now());
            agent.handleTimeout(loop.now());
            drain();
        }
    }

    /** The one way out: datagrams first, then events, then the timer. */
    private void drain() {
        if (closed) {
            return;
        }
        boolean more = true;
        while (more) {
            more = false;
            IceTransmit transmit = agent.pollTransmit();
            while (transmit != null) {
                sockets.send(transmit);
                transmit = agent.pollTransmit();
            }
            IceEvent event = agent.pollEvent();
            if (event != null) {
                more = true;
                handle(event);
                if (closed) {
                    return;
                }
            }
        }
        timer.set(agent.nextTimeout());
    }

    private void handle(IceEvent event) {
        if (event instanceof IceEvent.Listen listen) {
            sockets.listen(listen);
        } else if (event instanceof IceEvent.OpenUdp open) {
            sockets.open(open);
        } else if (event instanceof IceEvent.OpenStream open) {
            sockets.open(open);
        } else if (event instanceof IceEvent.Close close) {
            sockets.close(close.socketId());
        } else if (event instanceof IceEvent.LocalCandidate local) {
            listener.onLocalCandidate(local.candidate());
        } else if (event instanceof IceEvent.CandidateError error) {
            listener.onCandidateError(error);
        } else if (event instanceof IceEvent.GatheringStateChanged gathering) {
            listener.onGatheringState(gathering.state(), gathering.ufrag());
        } else if (event instanceof IceEvent.StateChanged changed) {
            listener.onState(changed.state());
        } else if (event instanceof IceEvent.SelectedPairChanged selected) {
            unsettle();
            listener.onSelectedPair(selected.pair());
        } else if (event instanceof IceEvent.RoleChanged role) {
            listener.onRoleChange(role.role());
        } else if (event instanceof IceEvent.PublishName publish) {
            if (mdns != null) {
                mdns.publish(publish.name(), publish.address());
            }
        } else if (event instanceof IceEvent.WithdrawName withdraw) {
            if (mdns != null) {
                mdns.withdraw(withdraw.name());
            }
        } else if (event instanceof IceEvent.ResolveName name) {
            resolve(name.lookupId(), name.name());
        }
    }

    private void resolve(int lookupId, String name) {
        Environment.ResolutionHandler handler = addresses -> {
            if (!closed) {
                agent.handleResolved(lookupId, addresses, loop.now());
                loop.atEndOfTurn(drain);
            }
        };
        if (!name.regionMatches(true, name.length() - 6, ".local", 0, 6)) {
            environment.resolve(name, loop, handler);
        } else if (mdns != null) {
            mdns.resolve(name, loop, handler);
        } else {
            agent.handleResolved(lookupId, List.of(), loop.now());
        }
    }

    /** What sockets have to tell. The first byte tells STUN from the rest (RFC 7983 section 7). */
    private final class SocketEvents implements IceSockets.Owner {
        /** What a TURN server or a stream carries; the socket's own view is left as it is, for it may be used again. */
        private final Datagram carried = new Datagram(new byte[0], 0, 0, NOWHERE, NOWHERE, 0);

        @Override
        public void onOpened(int socketId, InetSocketAddress local) {
            if (!closed) {
                agent.handleOpened(socketId, local, loop.now());
                loop.atEndOfTurn(drain);
            }
        }

        @Override
        public int onAccepted(int listenerId, InetSocketAddress local, InetSocketAddress remote) {
            if (closed) {
                return -1;
            }
            loop.atEndOfTurn(drain);
            return agent.handleAccepted(listenerId, local, remote, loop.now());
        }

        @Override
        public void onClosed(int socketId, String reason) {
            if (!closed) {
                agent.handleClosed(socketId, reason, loop.now());
                loop.atEndOfTurn(drain);
            }
        }

        @Override
        public @Nullable DataSource onDatagram(int socketId, Datagram datagram) {
            if (closed || datagram.length == 0) {
                return null;
            }
            if (!dataPath.isRelay(socketId)) {
                return take(socketId, datagram);
            }
            Datagram view = carried;
            view.data = datagram.data;
            view.offset = datagram.offset;
            view.length = datagram.length;
            view.local = datagram.local;
            view.remote = datagram.remote;
            view.receivedNanos = datagram.receivedNanos;
            unwrap(socketId, view);
            return null;
        }

        @Override
        public void onStreamBytes(int socketId, byte[] data, int offset, int length, long now) {
            if (closed) {
                return;
            }
            agent.handleStreamBytes(socketId, data, offset, length, now);
            while (!closed && agent.pollFrame(socketId, carried, now)) {
                unwrap(socketId, carried);
            }
            loop.atEndOfTurn(drain);
        }

        private void unwrap(int socketId, Datagram view) {
            loop.atEndOfTurn(drain);
            int relayed = agent.unwrap(socketId, view, view.receivedNanos);
            if (relayed >= 0 && view.length > 0) {
                take(relayed, view);
            }
        }

        private @Nullable DataSource take(int socketId, Datagram datagram) {
            int first = datagram.data[datagram.offset] & 0xFF;
            if (first > IceSockets.LAST_STUN_BYTE) {
                DataSource source =
                        dataPath.accepts(socketId, datagram.remote, datagram.length, datagram.receivedNanos);
                if (source != null) {
                    listener.onDatagram(datagram);
                }
                return source;
            }
            agent.handleDatagram(
                    socketId, datagram.data, datagram.offset, datagram.length, datagram.remote, datagram.receivedNanos);
            sockets.claim(socketId, datagram.remote, dataPath);
            loop.atEndOfTurn(drain);
            return null;
        }
    }
}
