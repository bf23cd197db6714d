package dev.yodel.simulator;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Registration;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a simulation: an {@link Environment} with addresses, clocks, loops and lanes of its own. Its program
 * runs as if it were alone on its machine. Used on the simulator's thread only.
 */
public final class SimulatedHost implements Environment {
    static final InetAddress LOOPBACK_4 = Simulator.address("127.0.0.1");

    private record Watch(Loop loop, Runnable listener) {}

    private final Simulator simulator;
    private final String name;
    private final SeededRandom random;
    private final HostClock clock;
    private final List<SimulatedLoop> loops = new ArrayList<>();
    private final List<SimulatedLane> lanes = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final HostSockets sockets;
    private final Set<Watch> watches = new LinkedHashSet<>();
    private @Nullable Diagnostics diagnostics;
    private int turn;
    private int waitingTasks;
    private long stalledUntil = Long.MIN_VALUE;
    private long suspendedUntil = Long.MIN_VALUE;
    private int endedLoops;
    private boolean closed;

    SimulatedHost(Simulator simulator, String name, int loopCount) {
        this.simulator = simulator;
        this.name = name;
        this.random = new SeededRandom(simulator.seed(), "host " + name);
        this.clock = new HostClock(simulator.now());
        for (int i = 0; i < loopCount; i++) {
            loops.add(new SimulatedLoop(this, name + "-loop-" + i));
        }
        this.sockets = new HostSockets(this, random.nextInt(HostSockets.EPHEMERAL_PORTS));
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
        attachments.add(network.attach(name, Simulator.address(address), sockets::arrive, this));
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
        sockets.lost(gone.address);
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

    List<Attachment> attachments() {
        return attachments;
    }

    @Nullable
    Attachment attachment(InetAddress address) {
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
        sockets.sendFault(fault);
    }

    /**
     * Chooses what an ICMP error does that quotes a datagram of one of its sockets. Usually nothing, as on Linux for a
     * socket that is not connected. With this, the socket's next datagram is refused, wherever it goes: as on systems that
     * keep the error for the next call, whoever is to blame for it.
     *
     * @param refuses whether each report costs a datagram
     * @return this
     */
    public SimulatedHost icmpRefusesNextSend(boolean refuses) {
        sockets.icmpRefusesNextSend(refuses);
        return this;
    }

    /**
     * ICMP errors that quoted a datagram of one of its sockets.
     *
     * @return a count
     */
    public int icmpErrors() {
        return sockets.icmpErrors();
    }

    /**
     * Lets the next attempts to open a socket fail, as without descriptors.
     *
     * @param count how many
     */
    public void failOpens(int count) {
        sockets.failOpens(count);
    }

    /** Breaks all its streams: each end hears of a reset. */
    public void resetStreams() {
        sockets.resetStreams();
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
        return new Leaks(
                sockets.open(),
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
        if (hasEnded()) {
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
            if (hasEnded()) {
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
        loops.forEach(SimulatedLoop::close);
    }

    /** One of the loops has ended; with the last of them go the sockets. */
    void ended() {
        if (++endedLoops == loops.size()) {
            sockets.close();
            watches.clear();
        }
    }

    /** Whether all loops have ended; until then lanes and workers take what the last commands give them. */
    boolean hasEnded() {
        return endedLoops == loops.size();
    }

    boolean isClosed() {
        return closed;
    }

    boolean isAsleep() {
        return simulator.now() < suspendedUntil;
    }

    HostSockets sockets() {
        return sockets;
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
