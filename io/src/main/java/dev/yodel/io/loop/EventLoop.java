package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.linux.SendBatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for sockets, commands and deadlines and runs what they ask for, in turns: ready sockets,
 * commands, timers, drains. It knows no protocol. What a handler, command or timer throws is reported and ends nothing
 * but that step.
 */
final class EventLoop implements Loop, Runnable {
    /** What is attached to a selection key. Loop thread only. */
    interface Selectable {
        /** The channel is ready for some of these operations. */
        void onReady(int readyOps);

        /** The loop ends: close the channel, call nobody. */
        void abandon();
    }

    /** A turn longer than this is reported. */
    static final long SLOW_TURN_NANOS = 50 * Time.MILLISECOND;

    /** What waits to leave with others waits no longer than the step that sent it, or this. */
    static final long MOST_SENDS_WAIT_NANOS = Time.MILLISECOND / 4;

    /** Drains may ask for drains; more rounds than this wait for the next turn, so that sockets are not starved. */
    private static final int DRAIN_ROUNDS = 8;

    /** Batches of commands that still run when the loop ends. */
    private static final int LAST_ROUNDS = 8;

    private static final int STREAM_READ_SIZE = 65_536;

    private final String name;
    private final Thread thread;
    private final LongSupplier clock;
    private final Diagnostics diagnostics;
    private final Selector selector;
    private final CommandQueue commands = new CommandQueue();
    private final TimerHeap timers = new TimerHeap(this::checkThread);
    private final LoopCounters counters = new LoopCounters();
    private final Linger linger;
    private volatile boolean closing;
    /** Set before the last look at the commands: either the loop sees a command, or who gave it sees this. */
    private volatile boolean waiting;

    // Scratch space of this thread, re-used by all sockets of the loop: nothing keeps it across a call.
    private final ByteBuffer receiveBuffer = ByteBuffer.allocateDirect(ReceiveArena.LARGEST_DATAGRAM);
    private final ByteBuffer sendBuffer = ByteBuffer.allocateDirect(ReceiveArena.LARGEST_DATAGRAM);
    private final byte[] streamScratch = new byte[STREAM_READ_SIZE];
    private final ReceiveArena arena = new ReceiveArena();

    private final List<SelectionKey> ready = new ArrayList<>();
    private final Consumer<SelectionKey> collectReady = ready::add;
    private List<Runnable> drains = new ArrayList<>();
    private List<Runnable> runningDrains = new ArrayList<>();
    private final Set<Runnable> askedDrains = Collections.newSetFromMap(new IdentityHashMap<>());

    // The longest step of the current turn, for the watchdog.
    private long stepStart;
    private long longestStepNanos;
    private String longestStepKind = "";
    private @Nullable Object longestStep;

    /** What datagrams leave together; null if each leaves by itself. */
    private final @Nullable SendBatch sends;

    /** When the step began in which the first of those was sent that wait. */
    private long sendsSince = Time.NEVER;

    EventLoop(String name, LongSupplier clock, Diagnostics diagnostics, @Nullable SendBatch sends) throws IOException {
        this.sends = sends;
        this.name = name;
        this.clock = clock;
        this.diagnostics = diagnostics;
        this.selector = Selector.open();
        this.linger = new Linger(clock, () -> hasWork() || closing, Thread::yield);
        this.thread = new LoopThread(this, name, linger);
    }

    void start() {
        thread.start();
    }

    String name() {
        return name;
    }

    Thread thread() {
        return thread;
    }

    LoopCounters counters() {
        return counters;
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    Selector selector() {
        return selector;
    }

    ByteBuffer receiveBuffer() {
        return receiveBuffer;
    }

    ByteBuffer sendBuffer() {
        return sendBuffer;
    }

    @Nullable
    SendBatch sends() {
        return sends;
    }

    byte[] streamScratch() {
        return streamScratch;
    }

    ReceiveArena arena() {
        return arena;
    }

    @Override
    public long now() {
        return clock.getAsLong();
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable command) {
        // In a turn it looks at the commands before it waits again, and needs no system call to be told.
        if (commands.offer(command) && waiting) {
            selector.wakeup();
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
        return timers.newTimer(onDeadline);
    }

    @Override
    public UdpPort openUdp(InetSocketAddress local, UdpPort.Handler handler) throws IOException {
        checkOpen();
        return UdpSocket.open(this, local, handler);
    }

    @Override
    public UdpPort openMulticast(InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler)
            throws IOException {
        checkOpen();
        return UdpSocket.openMulticast(this, group, on, handler);
    }

    @Override
    public StreamPort connect(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
            throws IOException {
        checkOpen();
        return TcpSocket.connect(this, local, remote, false, handler);
    }

    @Override
    public StreamPort connectShared(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
            throws IOException {
        checkOpen();
        return TcpSocket.connect(this, local, remote, true, handler);
    }

    @Override
    public StreamAcceptor listen(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
        checkOpen();
        return TcpListener.listen(this, local, false, handler);
    }

    @Override
    public StreamAcceptor listenShared(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
        checkOpen();
        return TcpListener.listen(this, local, true, handler);
    }

    void checkThread() {
        if (!inLoop()) {
            throw new IllegalStateException("call this on the loop: loop.execute(() -> ...), not on "
                    + Thread.currentThread().getName());
        }
    }

    private void checkOpen() throws IOException {
        checkThread();
        if (closing) {
            throw new IOException("the environment is closed");
        }
    }

    boolean isClosing() {
        return closing;
    }

    /** Asks the loop to end after its turn; from any thread, returns at once. */
    void close() {
        closing = true;
        selector.wakeup();
    }

    /** Closes a port's channel and counts the port no longer. */
    void release(Channel channel, Object port) {
        counters.openPorts--;
        try {
            channel.close();
        } catch (IOException e) {
            report("closing " + port, e);
        }
    }

    void report(String where, Throwable error) {
        counters.errors++;
        try {
            diagnostics.onError(name + ": " + where, error);
        } catch (Throwable inDiagnostics) {
            // There is nobody left to tell.
            counters.errors++;
        }
    }

    /** Runs the drains asked for and frees the arena: between two sockets of a busy turn and at the end of each. */
    void drain() {
        for (int round = 0; round < DRAIN_ROUNDS && !drains.isEmpty(); round++) {
            List<Runnable> now = drains;
            drains = runningDrains;
            runningDrains = now;
            askedDrains.clear();
            for (Runnable drain : now) {
                runStep("drain", drain);
            }
            now.clear();
        }
        if (sends != null) {
            sends.flush();
            sendsSince = Time.NEVER;
        }
        arena.reset();
    }

    @Override
    public void run() {
        try {
            while (!closing) {
                waitForWork();
                turn();
            }
        } finally {
            end();
        }
    }

    /** Commands, or drains that the last turn left. */
    private boolean hasWork() {
        return commands.isPending() || !drains.isEmpty();
    }

    private void waitForWork() {
        // An interrupt that somebody left on this thread would make every select return at once.
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            counters.errors++;
        }
        linger.await();
        waiting = true;
        try {
            if (hasWork()) {
                selector.selectNow(collectReady);
                return;
            }
            long deadline = timers.nextDeadline();
            if (deadline == Time.NEVER) {
                selector.select(collectReady);
                return;
            }
            long wait = deadline - now();
            if (wait <= 0) {
                selector.selectNow(collectReady);
            } else {
                selector.select(collectReady, (wait - 1) / Time.MILLISECOND + 1);
            }
        } catch (IOException e) {
            report("select", e);
            LockSupport.parkNanos(Time.MILLISECOND);
        } finally {
            waiting = false;
        }
    }

    private void turn() {
        long start = now();
        counters.turns++;
        counters.turnStarted(start);
        stepStart = start;
        longestStepNanos = 0;
        for (SelectionKey key : ready) {
            if (closing) {
                break;
            }
            handleReady(key);
        }
        ready.clear();
        runCommands();
        expireTimers();
        drain();
        counters.turnEnded(timers.open());
        long took = stepStart - start;
        if (took > SLOW_TURN_NANOS) {
            counters.slowTurns++;
            reportSlowTurn(took);
        }
        longestStep = null;
    }

    private void runCommands() {
        commands.takeBatch();
        Runnable command;
        while ((command = commands.poll()) != null) {
            runStep("command", command);
        }
    }

    private void handleReady(SelectionKey key) {
        Selectable selectable = (Selectable) key.attachment();
        try {
            selectable.onReady(key.readyOps());
        } catch (CancelledKeyException closedInThisTurn) {
            return;
        } catch (Throwable e) {
            report(selectable.toString(), e);
        }
        endStep("socket", selectable);
    }

    private void expireTimers() {
        // Only what is due now, and once each: a timer that sets itself to the past runs again in the next turn.
        long now = now();
        int most = timers.size();
        TimerHeap.Entry timer;
        while (most-- > 0 && !closing && (timer = timers.pollDue(now)) != null) {
            runStep("timer", timer.onDeadline);
        }
    }

    private void runStep(String kind, Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            report(kind + " " + step, e);
        }
        endStep(kind, step);
    }

    private void endStep(String kind, Object step) {
        long end = now();
        long took = end - stepStart;
        if (sends != null) {
            sendInTime(sends, end);
        }
        stepStart = end;
        if (took > longestStepNanos) {
            longestStepNanos = took;
            longestStepKind = kind;
            longestStep = step;
        }
    }

    /** Packets say when they were sent: they do not wait for the rest of a long turn. */
    private void sendInTime(SendBatch batch, long end) {
        if (!batch.isPending()) {
            sendsSince = Time.NEVER;
            return;
        }
        if (sendsSince == Time.NEVER) {
            sendsSince = stepStart;
        }
        if (end - sendsSince > MOST_SENDS_WAIT_NANOS) {
            batch.flush();
            sendsSince = Time.NEVER;
        }
    }

    private void reportSlowTurn(long turnNanos) {
        try {
            diagnostics.onSlowTurn(
                    name,
                    longestStepKind + " " + longestStep + " took " + longestStepNanos / Time.MILLISECOND + " ms",
                    turnNanos);
        } catch (Throwable e) {
            report("diagnostics", e);
        }
    }

    private void end() {
        closing = true;
        // What waits still runs, and what that gives to this loop: a farewell may take a few steps.
        for (int round = 0; round < LAST_ROUNDS && hasWork(); round++) {
            runCommands();
            drain();
        }
        commands.close();
        runCommands();
        drain();
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            if (key.attachment() instanceof Selectable selectable) {
                selectable.abandon();
            }
        }
        try {
            selector.close();
        } catch (IOException e) {
            report("closing the selector", e);
        }
        counters.turnEnded(0);
    }

    @Override
    public String toString() {
        return name;
    }
}
