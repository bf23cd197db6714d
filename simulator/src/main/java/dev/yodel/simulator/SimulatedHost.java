package dev.yodel.simulator;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Registration;
import dev.yodel.io.SendResult;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a simulation: an {@link Environment} with addresses, clocks, loops and lanes of its own. Its program
 * runs as if it were alone on its machine. Used on the simulator's thread only.
 */
public final class SimulatedHost implements Environment {
    private static final InetAddress LOOPBACK_4 = Simulator.address("127.0.0.1");
    private static final InetAddress LOOPBACK_6 = Simulator.address("::1");
    private static final long LOOPBACK_NANOS = 20_000;
    private static final int LARGEST_UDP_PAYLOAD = 65_507;
    private static final int FIRST_EPHEMERAL_PORT = 32_768;
    private static final int EPHEMERAL_PORTS = 28_000;

    private record Watch(Loop loop, Runnable listener) {}

    private final Simulator simulator;
    private final String name;
    private final SeededRandom random;
    private final HostClock clock;
    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final List<SimulatedLane> lanes = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final Map<InetSocketAddress, SimulatedUdpPort> udpPorts = new LinkedHashMap<>();
    private final Set<SimulatedUdpPort> multicastPorts = new LinkedHashSet<>();
    private final Map<InetSocketAddress, SimulatedAcceptor> acceptors = new LinkedHashMap<>();
    private final Set<SimulatedStream> streams = new LinkedHashSet<>();
    private final Set<Watch> watches = new LinkedHashSet<>();
    private @Nullable Diagnostics diagnostics;
    private @Nullable SendFault sendFault;
    private int opensToFail;
    private int turn;
    private int nextPort;
    private int waitingTasks;
    private long stalledUntil = Long.MIN_VALUE;
    private long suspendedUntil = Long.MIN_VALUE;
    private boolean closed;

    SimulatedHost(Simulator simulator, String name, int loopCount) {
        this.simulator = simulator;
        this.name = name;
        this.random = new SeededRandom(simulator.seed(), "host " + name);
        this.clock = new HostClock(simulator.now());
        for (int i = 0; i < loopCount; i++) {
            loops.add(new SimulatedLoop(this, name + "-loop-" + i));
        }
        this.nextPort = random.nextInt(EPHEMERAL_PORTS);
    }

    Simulator simulator() {
        return simulator;
    }

    /**
     * Its name.
     *
     * @return as given to {@link Network#host}
     */
    public String name() {
        return name;
    }

    // ---- what a test does to the host

    /**
     * Gives it one more address, as when a cable is plugged in. Watchers hear of it a second later.
     *
     * @param network where
     * @param address an IPv4 or IPv6 literal, unique there
     * @return this
     */
    public SimulatedHost addAddress(Network network, String address) {
        attachments.add(network.attach(name, Simulator.address(address), this::arrive, this));
        networkChanged();
        return this;
    }

    /**
     * Takes an address away, as when the Wi-Fi is lost: its sockets fail. Watchers hear of it a second later.
     *
     * @param address one of its addresses
     */
    public void removeAddress(String address) {
        Attachment gone = attachment(Simulator.address(address));
        if (gone == null) {
            throw new IllegalArgumentException(name + " has no address " + address);
        }
        attachments.remove(gone);
        gone.network.detach(gone);
        for (SimulatedUdpPort port : new ArrayList<>(udpPorts.values())) {
            if (port.localAddress().getAddress().equals(gone.address)) {
                port.failLater("its interface is gone");
            }
        }
        for (SimulatedUdpPort port : new ArrayList<>(multicastPorts)) {
            if (port.localAddress().getAddress().equals(gone.address)) {
                port.failLater("its interface is gone");
            }
        }
        for (SimulatedStream stream : new ArrayList<>(streams)) {
            if (stream.localAddress().getAddress().equals(gone.address)) {
                stream.breakOff();
            }
        }
        networkChanged();
    }

    private void networkChanged() {
        if (watches.isEmpty()) {
            return;
        }
        simulator.at(simulator.now() + Simulator.INTERFACE_POLL_NANOS, () -> {
            for (Watch watch : new ArrayList<>(watches)) {
                if (!closed) {
                    watch.loop.execute(() -> {
                        if (watches.contains(watch)) {
                            watch.listener.run();
                        }
                    });
                }
            }
        });
    }

    /**
     * The wire from its first address into the network.
     *
     * @return the link of all that it sends
     */
    public Link uplink() {
        return first().uplink;
    }

    /**
     * The wire from the network to its first address.
     *
     * @return the link of all that it gets
     */
    public Link downlink() {
        return first().downlink;
    }

    /**
     * The wire of one of its addresses into the network.
     *
     * @param address one of its addresses
     * @return a link
     */
    public Link uplink(String address) {
        return existing(address).uplink;
    }

    /**
     * The wire from the network to one of its addresses.
     *
     * @param address one of its addresses
     * @return a link
     */
    public Link downlink(String address) {
        return existing(address).downlink;
    }

    private Attachment first() {
        if (attachments.isEmpty()) {
            throw new IllegalStateException(name + " has no address");
        }
        return attachments.get(0);
    }

    private Attachment existing(String address) {
        Attachment found = attachment(Simulator.address(address));
        if (found == null) {
            throw new IllegalArgumentException(name + " has no address " + address);
        }
        return found;
    }

    private @Nullable Attachment attachment(InetAddress address) {
        for (Attachment each : attachments) {
            if (each.address.equals(address)) {
                return each;
            }
        }
        return null;
    }

    /**
     * Its first address.
     *
     * @return an address without a port
     */
    public InetAddress address() {
        return first().address;
    }

    /**
     * Stops the program but not its clocks, as a long garbage collection does: what comes waits in the sockets.
     *
     * @param length how long
     */
    public void stall(Duration length) {
        stalledUntil = Math.max(stalledUntil, simulator.now() + length.toNanos());
    }

    /**
     * Puts the machine to sleep: its monotonic clock stops, its wall clock does not, and what is sent to it is lost.
     *
     * @param length how long
     */
    public void suspend(Duration length) {
        long until = simulator.now() + length.toNanos();
        clock.stopUntil(simulator.now(), until);
        suspendedUntil = Math.max(suspendedUntil, until);
        stalledUntil = Math.max(stalledUntil, until);
    }

    /**
     * Sets the wall clock forward or back.
     *
     * @param by how far; negative for back
     */
    public void jumpWallClock(Duration by) {
        clock.jumpWall(by.toMillis());
    }

    /**
     * Lets its monotonic clock go fast or slow.
     *
     * @param partsPerMillion for example 500 or -500
     */
    public void clockRate(int partsPerMillion) {
        clock.rate(simulator.now(), partsPerMillion);
        loops.forEach(SimulatedLoop::schedule);
    }

    /**
     * Lets its system refuse datagrams.
     *
     * @param fault asked about every datagram; null for none
     */
    public void sendFault(@Nullable SendFault fault) {
        sendFault = fault;
    }

    /**
     * Lets the next attempts to open a socket fail, as without descriptors.
     *
     * @param count how many
     */
    public void failOpens(int count) {
        opensToFail = count;
    }

    /** Breaks all its streams: each end hears of a reset. */
    public void resetStreams() {
        new ArrayList<>(streams).forEach(SimulatedStream::breakOff);
    }

    /**
     * Lets the lane that calls this be busy, as if the task took so long: its next task waits.
     *
     * @param length how long
     * @throws IllegalStateException outside a lane
     */
    public void occupyLane(Duration length) {
        if (!(simulator.current() instanceof SimulatedLane lane)) {
            throw new IllegalStateException("call this in a task of a lane");
        }
        lane.occupy(length.toNanos());
    }

    /**
     * Who is told of what its program throws; without one the simulation stops with an error.
     *
     * @param receiver called on the simulator's thread
     * @return this
     */
    public SimulatedHost diagnostics(Diagnostics receiver) {
        diagnostics = receiver;
        return this;
    }

    /**
     * What it holds now.
     *
     * @return open sockets, timers and waiting tasks
     */
    public Leaks leaks() {
        List<String> sockets = new ArrayList<>();
        udpPorts.values().forEach(port -> sockets.add(port.toString()));
        multicastPorts.forEach(port -> sockets.add(port.toString()));
        acceptors.values().forEach(acceptor -> sockets.add(acceptor.toString()));
        streams.forEach(stream -> sockets.add(stream.toString()));
        return new Leaks(
                List.copyOf(sockets),
                loops.stream().mapToInt(SimulatedLoop::openTimers).sum(),
                loops.stream().mapToInt(SimulatedLoop::armedTimers).sum(),
                loops.stream().mapToInt(SimulatedLoop::waitingCommands).sum(),
                waitingTasks + lanes.stream().mapToInt(SimulatedLane::waiting).sum(),
                watches.size());
    }

    // ---- Environment

    @Override
    public List<? extends Loop> loops() {
        return List.copyOf(loops);
    }

    @Override
    public Loop nextLoop() {
        return loops.get(turn++ % loops.size());
    }

    /**
     * The first loop, for programs with one.
     *
     * @return a loop
     */
    public Loop loop() {
        return loops.get(0);
    }

    @Override
    public RandomSource random() {
        return random;
    }

    long now() {
        return clock.monotonicAt(simulator.now());
    }

    long simulatedAt(long monotonic) {
        return clock.simulatedAt(monotonic);
    }

    @Override
    public long wallClockMillis() {
        return simulator.wallClockMillis() + clock.wallOffsetMillis();
    }

    @Override
    public List<NetworkAddress> networkAddresses() {
        List<NetworkAddress> result = new ArrayList<>();
        result.add(new NetworkAddress("lo", 1, LOOPBACK_4, 8, true, false, false));
        int index = 2;
        for (Attachment each : attachments) {
            int prefix = each.address.getAddress().length == 4 ? 24 : 64;
            result.add(new NetworkAddress("eth" + (index - 2), index, each.address, prefix, false, false, true));
            index++;
        }
        return List.copyOf(result);
    }

    @Override
    public Registration onNetworkChange(Loop loop, Runnable listener) {
        Watch watch = new Watch(loop, listener);
        watches.add(watch);
        return () -> watches.remove(watch);
    }

    @Override
    public void resolve(String hostName, Loop loop, ResolutionHandler handler) {
        simulator.resolve(hostName, addresses -> {
            if (!closed) {
                loop.execute(() -> handler.onResolved(addresses));
            }
        });
    }

    @Override
    public Executor workers() {
        return task -> later(task, "worker", simulator.workerNanos());
    }

    @Override
    public Executor mediaWorkers() {
        return task -> later(task, "media worker", 0);
    }

    private void later(Runnable task, String kind, long delay) {
        simulator.checkThread();
        if (closed) {
            throw new RejectedExecutionException("the environment is closed; give it no more work");
        }
        waitingTasks++;
        workAt(simulator.now() + delay + simulator.handOffDelay(), task, kind);
    }

    private void workAt(long time, Runnable task, String kind) {
        simulator.at(notStalled(time), () -> {
            long now = simulator.now();
            if (notStalled(now) > now) {
                workAt(now, task, kind);
                return;
            }
            waitingTasks--;
            if (closed) {
                return;
            }
            simulator.enter(kind, () -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    report(name + " " + kind + " " + task, e);
                }
            });
            simulator.countEvent();
        });
    }

    @Override
    public Lane newLane() {
        SimulatedLane lane = new SimulatedLane(this, name + "-lane-" + lanes.size());
        lanes.add(lane);
        return lane;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        new ArrayList<>(udpPorts.values()).forEach(SimulatedUdpPort::drop);
        new ArrayList<>(multicastPorts).forEach(SimulatedUdpPort::drop);
        new ArrayList<>(acceptors.values()).forEach(SimulatedAcceptor::drop);
        new ArrayList<>(streams).forEach(SimulatedStream::drop);
        loops.forEach(SimulatedLoop::close);
        watches.clear();
    }

    boolean isClosed() {
        return closed;
    }

    // ---- sockets

    UdpPort openUdp(SimulatedLoop loop, InetSocketAddress local, UdpPort.Handler handler) throws IOException {
        InetSocketAddress bound = bind(local, udpPorts.keySet());
        SimulatedUdpPort port = new SimulatedUdpPort(this, loop, bound, null, handler);
        udpPorts.put(bound, port);
        return port;
    }

    UdpPort openMulticast(SimulatedLoop loop, InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler)
            throws IOException {
        InetAddress address = group.getAddress();
        if (address == null || !address.isMulticastAddress()) {
            throw new IllegalArgumentException("no multicast address: " + group);
        }
        checkOpen();
        if (attachment(on.address()) == null) {
            throw new IOException("the interface " + on.interfaceName() + " is gone or cannot do multicast");
        }
        InetSocketAddress local = new InetSocketAddress(on.address(), group.getPort());
        SimulatedUdpPort port = new SimulatedUdpPort(this, loop, local, address, handler);
        multicastPorts.add(port);
        return port;
    }

    StreamPort connect(
            SimulatedLoop loop, InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
            throws IOException {
        if (remote.isUnresolved()) {
            throw new IllegalArgumentException("give a resolved address, not a host name: " + remote);
        }
        Set<InetSocketAddress> taken = new LinkedHashSet<>(acceptors.keySet());
        streams.forEach(stream -> taken.add(stream.localAddress()));
        InetSocketAddress bound = bind(local, taken);
        SimulatedStream stream = new SimulatedStream(this, loop, bound, remote, handler);
        streams.add(stream);
        StreamOpening opening = new StreamOpening(stream);
        Packet packet = simulator.packet(Packet.Protocol.TCP, name, bound, remote, new byte[0]);
        stream.awaitOpening();
        if (simulator.passes(packet)) {
            if (isOwn(remote.getAddress())) {
                simulator.at(simulator.now() + LOOPBACK_NANOS, () -> arriveStream(packet, opening));
            } else {
                Attachment from = sendingFrom(bound.getAddress(), remote.getAddress());
                if (from == null) {
                    stream.refusedAtOnce("no route");
                } else {
                    from.network.send(from, packet, opening);
                }
            }
        }
        return stream;
    }

    StreamAcceptor listen(SimulatedLoop loop, InetSocketAddress local, StreamAcceptor.Handler handler)
            throws IOException {
        InetSocketAddress bound = bind(local, acceptors.keySet());
        SimulatedAcceptor acceptor = new SimulatedAcceptor(this, loop, bound, handler);
        acceptors.put(bound, acceptor);
        return acceptor;
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the environment is closed");
        }
        if (opensToFail > 0) {
            opensToFail--;
            throw new IOException("Too many open files");
        }
    }

    private InetSocketAddress bind(InetSocketAddress local, Set<InetSocketAddress> taken) throws IOException {
        InetAddress address = local.getAddress();
        if (address == null) {
            throw new IllegalArgumentException("give a resolved address, not a host name: " + local);
        }
        checkOpen();
        if (!address.isAnyLocalAddress() && !isOwn(address)) {
            throw new BindException("Cannot assign requested address " + local);
        }
        if (local.getPort() != 0) {
            if (taken.contains(local)) {
                throw new BindException("Address already in use " + local);
            }
            return local;
        }
        for (int i = 0; i < EPHEMERAL_PORTS; i++) {
            int port = FIRST_EPHEMERAL_PORT + nextPort++ % EPHEMERAL_PORTS;
            InetSocketAddress chosen = new InetSocketAddress(address, port);
            if (!taken.contains(chosen)) {
                return chosen;
            }
        }
        throw new BindException("no port left on " + address);
    }

    private boolean isOwn(InetAddress address) {
        return address.equals(LOOPBACK_4) || address.equals(LOOPBACK_6) || attachment(address) != null;
    }

    private @Nullable Attachment sendingFrom(InetAddress local, InetAddress remote) {
        if (!local.isAnyLocalAddress()) {
            return local.getClass() == remote.getClass() ? attachment(local) : null;
        }
        for (Attachment each : attachments) {
            if (each.address.getClass() == remote.getClass()) {
                return each;
            }
        }
        return null;
    }

    SendResult send(SimulatedUdpPort port, byte[] data, InetSocketAddress remote) {
        if (data.length > LARGEST_UDP_PAYLOAD || remote.getPort() == 0 || remote.isUnresolved()) {
            return SendResult.REFUSED;
        }
        InetSocketAddress local = port.localAddress();
        InetAddress target = remote.getAddress();
        boolean toSelf = isOwn(target);
        Attachment from = toSelf ? null : sendingFrom(local.getAddress(), target);
        if (!toSelf && from == null) {
            return SendResult.REFUSED;
        }
        InetSocketAddress source = local;
        if (local.getAddress().isAnyLocalAddress()) {
            source = new InetSocketAddress(from == null ? target : from.address, local.getPort());
        }
        Packet packet = simulator.packet(Packet.Protocol.UDP, name, source, remote, data);
        SendResult fault = sendFault == null ? null : sendFault.resultOf(packet);
        if (fault != null) {
            return fault;
        }
        if (!simulator.passes(packet)) {
            return SendResult.SENT;
        }
        if (from == null) {
            simulator.at(simulator.now() + LOOPBACK_NANOS, () -> arriveDatagram(packet));
            return SendResult.SENT;
        }
        if (target.isMulticastAddress() && hasJoined(from, packet)) {
            // IP_MULTICAST_LOOP: members on the sending host hear it too.
            simulator.at(simulator.now() + LOOPBACK_NANOS, () -> arriveMulticast(from, packet));
        }
        from.network.send(from, packet, null);
        return SendResult.SENT;
    }

    boolean hasJoined(Attachment at, Packet packet) {
        return multicastPorts.stream().anyMatch(port -> isMember(port, at, packet));
    }

    private static boolean isMember(SimulatedUdpPort port, Attachment at, Packet packet) {
        return packet.destination().getAddress().equals(port.group)
                && port.localAddress().getPort() == packet.destination().getPort()
                && port.localAddress().getAddress().equals(at.address);
    }

    private void arrive(Attachment at, Packet packet, @Nullable StreamOpening opening) {
        if (closed && opening == null) {
            simulator.dropped(packet, name + " is closed");
        } else if (simulator.now() < suspendedUntil) {
            simulator.dropped(packet, name + " sleeps");
        } else if (opening != null) {
            arriveStream(packet, opening);
        } else if (packet.destination().getAddress().isMulticastAddress()) {
            arriveMulticast(at, packet);
        } else {
            arriveDatagram(packet);
        }
    }

    private void arriveStream(Packet packet, StreamOpening opening) {
        SimulatedAcceptor acceptor = acceptors.get(packet.destination());
        if (acceptor == null) {
            acceptor = acceptors.get(wildcard(packet.destination()));
        }
        if (acceptor == null) {
            opening.opener.refusedBy(opening);
        } else {
            simulator.delivered(packet, name);
            acceptor.accept(packet.source(), opening);
        }
    }

    private void arriveMulticast(Attachment at, Packet packet) {
        for (SimulatedUdpPort port : new ArrayList<>(multicastPorts)) {
            if (isMember(port, at, packet)) {
                receive(port, packet);
            }
        }
    }

    private void arriveDatagram(Packet packet) {
        InetSocketAddress destination = packet.destination();
        SimulatedUdpPort port = udpPorts.get(destination);
        if (port == null) {
            port = udpPorts.get(wildcard(destination));
        }
        if (port != null) {
            receive(port, packet);
            return;
        }
        for (SimulatedUdpPort shared : multicastPorts) {
            if (shared.localAddress().equals(destination)) {
                // Unicast to a shared port reaches one of its sockets.
                receive(shared, packet);
                return;
            }
        }
        simulator.dropped(packet, "nobody has this port on " + name);
    }

    private static InetSocketAddress wildcard(InetSocketAddress like) {
        byte[] any = new byte[like.getAddress().getAddress().length];
        return new InetSocketAddress(Simulator.address(any), like.getPort());
    }

    private void receive(SimulatedUdpPort port, Packet packet) {
        if (port.receive(packet)) {
            simulator.delivered(packet, name);
        } else {
            simulator.dropped(packet, "the receive buffer of " + port + " is full");
        }
    }

    void opened(SimulatedStream stream) {
        streams.add(stream);
    }

    void closed(SimulatedUdpPort port) {
        if (port.group == null) {
            udpPorts.remove(port.localAddress());
        } else {
            multicastPorts.remove(port);
        }
    }

    void closed(SimulatedAcceptor acceptor) {
        acceptors.remove(acceptor.localAddress());
    }

    void closed(SimulatedStream stream) {
        streams.remove(stream);
    }

    /** The first moment from {@code time} on at which the program runs. */
    long notStalled(long time) {
        return Math.max(time, stalledUntil);
    }

    void report(String where, Throwable error) {
        Diagnostics receiver = diagnostics;
        if (receiver == null) {
            simulator.failed(where, error);
        } else {
            receiver.onError(where, error);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
