package dev.yodel.simulator;

import dev.yodel.io.AddressLiteral;
import dev.yodel.io.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A world of hosts, networks and NATs under one virtual clock: everything that happens follows from the program and one
 * seed, in one thread, as fast as the machine can. It is no model of CPU time: code takes none. All methods are for the
 * thread that made it. Whatever it throws names the seed.
 */
public final class Simulator implements AutoCloseable {
    static final long INTERFACE_POLL_NANOS = 1_000_000_000L;
    private static final long START_NANOS = 1_000_000_000L;
    /** 2026-01-01T00:00Z. */
    private static final long START_WALL_MILLIS = 1_767_225_600_000L;

    private static final long QUANTUM_NANOS = 1_000_000L;
    private static final long LATEST_NANOS = 20_000_000L;
    private static final int MOST_EVENTS_AT_ONE_TIME = 1_000_000;

    private final long seed;
    private final int loopsPerHost;
    private final boolean late;
    private final long handOffNanos;
    private final long workerNanos;
    private final StreamSegmentation segmentation;
    private final SeededRandom random;
    private final Thread owner = Thread.currentThread();
    private final EventQueue events = new EventQueue();
    private final Network internet;
    private final Map<String, SimulatedHost> hosts = new LinkedHashMap<>();
    private final SimulatedNames names = new SimulatedNames(this);
    private final List<PacketFilter> filters = new ArrayList<>();
    private final List<PacketTap> taps = new ArrayList<>();
    private final PacketTrace trace = new PacketTrace();
    private long now = START_NANOS;
    private long packets;
    private long eventCount;
    private @Nullable Object current;
    private boolean running;
    private @Nullable String failedWhere;
    private @Nullable Throwable failure;

    Simulator(SimulatorBuilder builder) {
        seed = builder.seed;
        loopsPerHost = builder.loopsPerHost;
        late = builder.late;
        handOffNanos = builder.handOffNanos;
        workerNanos = builder.workerNanos;
        segmentation = builder.segmentation;
        random = new SeededRandom(seed, "simulator");
        internet = new Network(this, "internet", null);
    }

    /**
     * Settings to start from.
     *
     * @return a fresh builder
     */
    public static SimulatorBuilder builder() {
        return new SimulatorBuilder();
    }

    /**
     * A simulation with all defaults.
     *
     * @param seed where all randomness comes from
     * @return an empty simulation, with the internet in it
     */
    public static Simulator create(long seed) {
        return builder().seed(seed).build();
    }

    // ---- the world

    /**
     * The network in the middle: its hosts have public addresses.
     *
     * @return a network without a NAT
     */
    public Network internet() {
        return internet;
    }

    /**
     * A network that is connected to nothing.
     *
     * @param name unique in the simulation
     * @return a network without a NAT
     */
    public Network lan(String name) {
        return new Network(this, name, null);
    }

    SimulatedHost newHost(String name) {
        checkThread();
        if (hosts.containsKey(name)) {
            throw new IllegalArgumentException("there is a host " + name + " already");
        }
        SimulatedHost host = new SimulatedHost(this, name, loopsPerHost);
        hosts.put(name, host);
        return host;
    }

    /**
     * All hosts, closed ones too.
     *
     * @return in the order they were added
     */
    public List<SimulatedHost> hosts() {
        return List.copyOf(hosts.values());
    }

    /**
     * Lets a name resolve, for all hosts, 5 ms after it is asked for. Other names do not resolve.
     *
     * @param name a DNS name
     * @param addresses literals; none and it resolves to nothing
     */
    public void name(String name, String... addresses) {
        names.add(name, SimulatedNames.USUAL_NANOS, addresses);
    }

    /**
     * Lets a name resolve slowly; after 5 s it is given up.
     *
     * @param name a DNS name
     * @param delay how long the answer takes
     * @param addresses literals; none and it resolves to nothing
     */
    public void slowName(String name, Duration delay, String... addresses) {
        names.add(name, delay.toNanos(), addresses);
    }

    void resolve(String name, Consumer<List<InetAddress>> answer) {
        checkThread();
        names.resolve(name, answer);
    }

    static InetAddress address(String text) {
        InetAddress literal = AddressLiteral.parse(text);
        if (literal == null) {
            throw new IllegalArgumentException("no IPv4 or IPv6 literal: " + text);
        }
        return literal;
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /**
     * Asks a filter about every packet that is sent from now on; one that refuses is enough.
     *
     * @param filter asked in the order filters were added
     */
    public void filter(PacketFilter filter) {
        filters.add(filter);
    }

    /** Removes all filters. */
    public void clearFilters() {
        filters.clear();
    }

    /**
     * Lets somebody see every packet from now on.
     *
     * @param tap called on the simulator's thread
     */
    public void tap(PacketTap tap) {
        taps.add(tap);
    }

    /**
     * Puts a datagram on the internet that no host has sent, with any source: what an attacker does who can spoof.
     *
     * @param source where it says it comes from
     * @param destination a host or NAT on the internet
     * @param data copied
     */
    public void inject(InetSocketAddress source, InetSocketAddress destination, byte[] data) {
        inject(internet, source, destination, data);
    }

    /**
     * Puts a datagram on a network that no host has sent.
     *
     * @param network where it appears
     * @param source where it says it comes from
     * @param destination where it goes
     * @param data copied
     */
    public void inject(Network network, InetSocketAddress source, InetSocketAddress destination, byte[] data) {
        checkThread();
        Packet packet = packet(Packet.Protocol.UDP, "injected", source, destination, data.clone());
        note(PacketTap.Stage.SENT, packet, "injected");
        network.inject(packet);
    }

    /**
     * Puts an ICMP "destination unreachable" on the internet that quotes a datagram, which somebody may have sent or not:
     * who can spoof can forge such a report about any conversation whose addresses he knows. A NAT translates what is
     * quoted (RFC 5508 section 4).
     *
     * @param sentBy who is said to have sent the datagram; the report goes there
     * @param sentTo where the datagram is said to have gone
     */
    public void injectIcmp(InetSocketAddress sentBy, InetSocketAddress sentTo) {
        checkThread();
        Packet packet = icmp("injected", sentBy, sentTo);
        note(PacketTap.Stage.SENT, packet, "injected");
        internet.inject(packet);
    }

    /**
     * What has travelled so far.
     *
     * @return counts, text and the hash
     */
    public PacketTrace trace() {
        return trace;
    }

    // ---- running

    /**
     * Virtual time.
     *
     * @return nanoseconds; begins at one second
     */
    public long now() {
        return now;
    }

    /**
     * Virtual time since the start.
     *
     * @return a duration
     */
    public Duration elapsed() {
        return Duration.ofNanos(now - START_NANOS);
    }

    /**
     * The seed.
     *
     * @return as given
     */
    public long seed() {
        return seed;
    }

    /**
     * Turns of loops and tasks of lanes and workers so far: what {@link #step()} counts.
     *
     * @return a count
     */
    public long eventCount() {
        return eventCount;
    }

    /**
     * Runs one thing that a host notices: a turn of a loop or a task of a lane or worker.
     *
     * @return false if nothing is left to happen
     */
    public boolean step() {
        long before = eventCount;
        while (eventCount == before) {
            if (!next(Long.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Runs for a time.
     *
     * @param length virtual time
     */
    public void run(Duration length) {
        long until = now + length.toNanos();
        while (next(until)) {
            checkProgress();
        }
        now = until;
    }

    /**
     * Runs until something holds, and not longer than a limit.
     *
     * @param condition asked after every event
     * @param limit virtual time
     * @return whether it holds
     */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        long until = now + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!next(until)) {
                now = until;
                return condition.getAsBoolean();
            }
            checkProgress();
        }
        return true;
    }

    /**
     * Runs until something holds.
     *
     * @param what in words, for the failure
     * @param condition asked after every event
     * @param limit virtual time
     * @throws AssertionError if it does not hold by then; the message has the seed and the last packets
     */
    public void require(String what, BooleanSupplier condition, Duration limit) {
        if (!runUntil(condition, limit)) {
            throw new AssertionError("not within " + limit + ": " + what + where() + lastPackets());
        }
    }

    /**
     * Runs until a stage is complete and gives its value.
     *
     * @param stage completed by the simulated program
     * @param limit virtual time
     * @param <T> what it yields
     * @return its value
     * @throws AssertionError if it is not complete by then
     * @throws CompletionException if it failed
     */
    public <T> T await(CompletionStage<T> stage, Duration limit) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        require("the stage completes", future::isDone, limit);
        return future.join();
    }

    /**
     * Runs code on a loop, now, as a turn of its own.
     *
     * @param loop a loop of a simulated host
     * @param work what to run
     * @param <T> what it returns
     * @return its result
     * @throws CompletionException if it throws a checked exception
     */
    public <T> T onLoop(Loop loop, Callable<T> work) {
        checkThread();
        List<T> result = new ArrayList<>(1);
        ((SimulatedLoop) loop).runNow(() -> {
            try {
                result.add(work.call());
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        throwFailure();
        return result.get(0);
    }

    /**
     * Does something at a later time, from outside all hosts: cuts a wire, sends a packet.
     *
     * @param fromNow when
     * @param action what
     */
    public void schedule(Duration fromNow, Runnable action) {
        at(now + fromNow.toNanos(), action);
    }

    /**
     * Fails if a host still holds anything.
     *
     * @throws AssertionError with what each host holds, and the seed
     */
    public void assertNoLeaks() {
        StringBuilder text = new StringBuilder();
        for (SimulatedHost host : hosts.values()) {
            Leaks leaks = host.leaks();
            if (!leaks.isEmpty()) {
                text.append("\n  ").append(host).append(" holds ").append(leaks);
            }
        }
        if (!text.isEmpty()) {
            throw new AssertionError("not everything was closed" + where() + text);
        }
    }

    /** Closes all hosts. */
    @Override
    public void close() {
        checkThread();
        hosts.values().forEach(SimulatedHost::close);
    }

    private boolean next(long until) {
        checkThread();
        EventQueue.Event event = events.peek();
        if (event == null || event.time > until) {
            return false;
        }
        if (running) {
            throw new IllegalStateException("the simulation runs already; do not run it from inside a handler");
        }
        events.poll();
        now = Math.max(now, event.time);
        Runnable action = event.take();
        if (action != null) {
            running = true;
            try {
                action.run();
            } finally {
                running = false;
            }
        }
        throwFailure();
        return true;
    }

    private long progressTime;
    private int eventsAtThisTime;

    private void checkProgress() {
        if (now != progressTime) {
            progressTime = now;
            eventsAtThisTime = 0;
        } else if (++eventsAtThisTime > MOST_EVENTS_AT_ONE_TIME) {
            throw new AssertionError("time stands still: a timer or command repeats without end" + where());
        }
    }

    private void throwFailure() {
        Throwable error = failure;
        if (error != null) {
            failure = null;
            throw new AssertionError(failedWhere + " threw " + error + where() + lastPackets(), error);
        }
    }

    private String where() {
        return " (at " + elapsed().toMillis() / 1000.0 + " s, event " + eventCount + ", Simulator seed " + seed + ")";
    }

    private String lastPackets() {
        List<String> lines = trace.lines();
        return "\n  last packets:\n    "
                + String.join("\n    ", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }

    // ---- for the parts of the simulator

    void checkThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a simulation has one thread, " + owner.getName() + "; this is "
                    + Thread.currentThread().getName());
        }
    }

    EventQueue.Event at(long time, Runnable action) {
        return events.add(Math.max(time, now), action);
    }

    @Nullable
    Object current() {
        return current;
    }

    void enter(Object context, Runnable action) {
        Object before = current;
        current = context;
        try {
            action.run();
        } finally {
            current = before;
        }
    }

    void countEvent() {
        eventCount++;
    }

    void failed(String where, Throwable error) {
        if (failure == null) {
            failedWhere = where;
            failure = error;
        }
    }

    boolean isLate() {
        return late;
    }

    long late(long due) {
        if (!late) {
            return due;
        }
        // Most turns are a little late, some very: as measured on a busy machine.
        long lateness = random.chance(0.1) ? random.upTo(LATEST_NANOS - QUANTUM_NANOS) : 0;
        long quantised = (due + QUANTUM_NANOS - 1) / QUANTUM_NANOS * QUANTUM_NANOS;
        return quantised + lateness;
    }

    long handOffDelay() {
        return random.upTo(handOffNanos);
    }

    long workerNanos() {
        return workerNanos;
    }

    StreamSegmentation segmentation() {
        return segmentation;
    }

    SeededRandom random() {
        return random;
    }

    long wallClockMillis() {
        return START_WALL_MILLIS + (now - START_NANOS) / 1_000_000;
    }

    Packet packet(
            Packet.Protocol protocol,
            String sender,
            InetSocketAddress source,
            InetSocketAddress destination,
            byte[] data) {
        return new Packet(protocol, packets++, sender, source, destination, data);
    }

    /** A report about a datagram, on its way back. */
    Packet icmp(String sender, InetSocketAddress sentBy, InetSocketAddress sentTo) {
        return packet(Packet.Protocol.ICMP, sender, sentTo, sentBy, new byte[0]);
    }

    /** Notes a packet as sent and asks the filters; false if one drops it. */
    boolean passes(Packet packet) {
        note(PacketTap.Stage.SENT, packet, packet.sender());
        for (PacketFilter filter : filters) {
            if (!filter.passes(packet)) {
                dropped(packet, "filter");
                return false;
            }
        }
        return true;
    }

    void delivered(Packet packet, String host) {
        note(PacketTap.Stage.DELIVERED, packet, host);
    }

    void dropped(Packet packet, String reason) {
        note(PacketTap.Stage.DROPPED, packet, reason);
    }

    private void note(PacketTap.Stage stage, Packet packet, String detail) {
        trace.add(now, stage, packet, detail);
        for (PacketTap tap : taps) {
            tap.onPacket(stage, packet, detail);
        }
    }

    @Override
    public String toString() {
        return "Simulator seed " + seed + " at " + elapsed().toMillis() / 1000.0 + " s";
    }
}
