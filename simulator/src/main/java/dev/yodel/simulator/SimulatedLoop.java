package dev.yodel.simulator;

import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One loop of a simulated host: when is its next turn, and what happens in it? In exact mode a turn handles one input or
 * timer at the very moment it is due; in late mode it comes late and handles all that has gathered, as a real one does.
 */
final class SimulatedLoop implements Loop {
    private static final int DRAIN_ROUNDS = 8;
    private static final int LAST_ROUNDS = 8;
    private static final int LATE_DATAGRAMS = 64;
    private static final byte POISON = (byte) 0xdb;

    private record Input(long readyAt, Runnable action) {}

    private final class Timer implements LoopTimer, Comparable<Timer> {
        final Runnable onDeadline;
        long deadline = Time.NEVER;
        long order;
        boolean closed;

        Timer(Runnable onDeadline) {
            this.onDeadline = onDeadline;
        }

        @Override
        public void set(long newDeadline) {
            checkThread();
            if (closed) {
                throw new IllegalStateException("the timer is closed; make a new one");
            }
            if (newDeadline == deadline) {
                return;
            }
            timers.remove(this);
            deadline = newDeadline;
            if (newDeadline != Time.NEVER) {
                order = nextOrder++;
                timers.add(this);
            }
        }

        @Override
        public void close() {
            checkThread();
            if (!closed) {
                closed = true;
                openTimers--;
                timers.remove(this);
            }
        }

        @Override
        public int compareTo(Timer other) {
            int byDeadline = Long.compare(deadline, other.deadline);
            return byDeadline != 0 ? byDeadline : Long.compare(order, other.order);
        }

        @Override
        public String toString() {
            return "timer " + onDeadline;
        }
    }

    private final SimulatedHost host;
    private final Simulator simulator;
    private final String name;
    private final ArrayDeque<Input> packets = new ArrayDeque<>();
    private final ArrayDeque<Input> commands = new ArrayDeque<>();
    private final TreeSet<Timer> timers = new TreeSet<>();
    private long nextOrder;
    private int openTimers;
    private List<Runnable> drains = new ArrayList<>();
    private final Set<Runnable> askedDrains = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Datagram> borrowed = new ArrayList<>();
    private EventQueue.@Nullable Event nextTurn;
    /** When the next turn would come without lateness. */
    private long nextTurnDue;

    private boolean inTurn;
    private boolean closing;
    private boolean closed;

    SimulatedLoop(SimulatedHost host, String name) {
        this.host = host;
        this.simulator = host.simulator();
        this.name = name;
    }

    SimulatedHost host() {
        return host;
    }

    @Override
    public long now() {
        return host.now();
    }

    @Override
    public boolean inLoop() {
        return simulator.current() == this;
    }

    void checkThread() {
        if (!inLoop()) {
            throw new IllegalStateException(
                    "call this on the loop: loop.execute(() -> ...) or simulator.onLoop(loop, () -> ...)");
        }
    }

    @Override
    public void execute(Runnable command) {
        simulator.checkThread();
        if (closed) {
            throw new RejectedExecutionException("the environment is closed; give no more commands to its loops");
        }
        long at = simulator.now();
        if (!inLoop()) {
            at += simulator.handOffDelay();
            if (!commands.isEmpty()) {
                at = Math.max(at, commands.getLast().readyAt);
            }
        }
        commands.add(new Input(at, command));
        schedule();
    }

    /** Something has come from the network for this loop, now. */
    void packet(Runnable action) {
        if (!closed) {
            packets.add(new Input(simulator.now(), action));
            schedule();
        }
    }

    @Override
    public void atEndOfTurn(Runnable drain) {
        checkThread();
        if (askedDrains.add(drain)) {
            drains.add(drain);
        }
    }

    @Override
    public LoopTimer newTimer(Runnable onDeadline) {
        checkThread();
        openTimers++;
        return new Timer(onDeadline);
    }

    @Override
    public UdpPort openUdp(InetSocketAddress local, UdpPort.Handler handler) throws IOException {
        checkThread();
        return host.sockets().openUdp(this, local, handler);
    }

    @Override
    public UdpPort openMulticast(InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler)
            throws IOException {
        checkThread();
        return host.sockets().openMulticast(this, group, on, handler);
    }

    @Override
    public StreamPort connect(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
            throws IOException {
        checkThread();
        return host.sockets().connect(this, local, remote, false, handler);
    }

    @Override
    public StreamPort connectShared(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
            throws IOException {
        checkThread();
        return host.sockets().connect(this, local, remote, true, handler);
    }

    @Override
    public StreamAcceptor listen(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
        checkThread();
        return host.sockets().listen(this, local, false, handler);
    }

    @Override
    public StreamAcceptor listenShared(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
        checkThread();
        return host.sockets().listen(this, local, true, handler);
    }

    /** Lends a datagram to a handler until the drain of this turn is done; then its bytes are destroyed. */
    void borrow(Datagram datagram) {
        borrowed.add(datagram);
    }

    /** Finds out when the next turn is due and puts it into the queue. */
    void schedule() {
        if (inTurn || closed) {
            return;
        }
        long due = Long.MAX_VALUE;
        if (!packets.isEmpty()) {
            due = packets.getFirst().readyAt;
        }
        if (!commands.isEmpty()) {
            due = Math.min(due, commands.getFirst().readyAt);
        }
        if (!drains.isEmpty()) {
            due = simulator.now();
        }
        if (!timers.isEmpty()) {
            due = Math.min(due, host.simulatedAt(timers.first().deadline));
        }
        if (due == Long.MAX_VALUE) {
            return;
        }
        due = host.notStalled(Math.max(due, simulator.now()));
        if (nextTurn != null) {
            if (nextTurnDue <= due) {
                // It comes early enough; if there is nothing to do then, it goes back to sleep.
                return;
            }
            nextTurn.cancel();
        }
        nextTurnDue = due;
        nextTurn = simulator.at(simulator.late(due), this::turn);
    }

    private void turn() {
        nextTurn = null;
        if (closed) {
            return;
        }
        if (host.notStalled(simulator.now()) > simulator.now()) {
            schedule();
            return;
        }
        inTurn = true;
        boolean worked = simulator.isLate() ? lateTurn() : exactTurn();
        if (!drains.isEmpty()) {
            worked = true;
        }
        endTurn();
        if (worked) {
            simulator.countEvent();
        }
    }

    private void endTurn() {
        drain();
        inTurn = false;
        if (closing) {
            end();
        } else {
            schedule();
        }
    }

    /** One input or timer, the one that was ready first. */
    private boolean exactTurn() {
        long now = simulator.now();
        Input packet = ready(packets, now);
        Input command = ready(commands, now);
        Timer timer = dueTimer();
        long timerDue = timer == null ? Long.MAX_VALUE : host.simulatedAt(timer.deadline);
        if (packet != null && (command == null || packet.readyAt <= command.readyAt) && packet.readyAt <= timerDue) {
            packets.removeFirst();
            run("socket", packet.action);
        } else if (command != null && command.readyAt <= timerDue) {
            commands.removeFirst();
            run("command", command.action);
        } else if (timer != null) {
            fire(timer);
        } else {
            return false;
        }
        return true;
    }

    /** Everything that is ready: sockets, commands, timers. */
    private boolean lateTurn() {
        long now = simulator.now();
        boolean worked = false;
        Input input;
        for (int i = 0; i < LATE_DATAGRAMS && !closing && (input = ready(packets, now)) != null; i++) {
            packets.removeFirst();
            run("socket", input.action);
            worked = true;
        }
        for (int left = commands.size(); left > 0 && (input = ready(commands, now)) != null; left--) {
            commands.removeFirst();
            run("command", input.action);
            worked = true;
        }
        Timer timer;
        for (int left = timers.size(); left > 0 && !closing && (timer = dueTimer()) != null; left--) {
            fire(timer);
            worked = true;
        }
        return worked;
    }

    private static @Nullable Input ready(ArrayDeque<Input> queue, long now) {
        Input first = queue.peekFirst();
        return first != null && first.readyAt <= now ? first : null;
    }

    private @Nullable Timer dueTimer() {
        return timers.isEmpty() || timers.first().deadline > now() ? null : timers.first();
    }

    private void fire(Timer timer) {
        timers.remove(timer);
        timer.deadline = Time.NEVER;
        run("timer", timer.onDeadline);
    }

    private void run(String kind, Runnable action) {
        simulator.enter(this, () -> {
            try {
                action.run();
            } catch (Throwable e) {
                host.report(name + " " + kind, e);
            }
        });
    }

    private void drain() {
        for (int round = 0; round < DRAIN_ROUNDS && !drains.isEmpty(); round++) {
            List<Runnable> asked = drains;
            drains = new ArrayList<>();
            askedDrains.clear();
            for (Runnable drain : asked) {
                run("drain", drain);
            }
        }
        for (Datagram datagram : borrowed) {
            Arrays.fill(datagram.data, POISON);
        }
        borrowed.clear();
    }

    /** Runs something as a turn of its own, now, for code outside the simulation. */
    void runNow(Runnable action) {
        if (inTurn) {
            throw new IllegalStateException("the loop is in a turn; call this between steps of the simulation");
        }
        inTurn = true;
        try {
            simulator.enter(this, action);
        } finally {
            endTurn();
        }
    }

    int openTimers() {
        return openTimers;
    }

    int armedTimers() {
        return timers.size();
    }

    int waitingCommands() {
        return commands.size();
    }

    /** Ends after this turn, or at once between turns; commands that wait still run, as in a real loop. */
    void close() {
        closing = true;
        if (!inTurn) {
            end();
        }
    }

    private void end() {
        inTurn = true;
        for (int round = 0; round < LAST_ROUNDS && !(commands.isEmpty() && drains.isEmpty()); round++) {
            for (int left = commands.size(); left > 0; left--) {
                run("command", commands.removeFirst().action);
            }
            drain();
        }
        inTurn = false;
        closed = true;
        packets.clear();
        commands.clear();
        timers.clear();
        drains.clear();
        if (nextTurn != null) {
            nextTurn.cancel();
            nextTurn = null;
        }
        host.ended();
    }

    @Override
    public String toString() {
        return name;
    }
}
