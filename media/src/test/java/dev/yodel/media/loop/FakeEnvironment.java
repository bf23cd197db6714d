package dev.yodel.media.loop;

import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Registration;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** One thread and a clock that moves when it is told to: enough of an environment for media. */
final class FakeEnvironment implements Environment, Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private long now = 1_000_000_007L;
    private int wakeUps;

    private final class Timer implements LoopTimer {
        private final Runnable onDeadline;
        private long deadline = Time.NEVER;

        Timer(Runnable onDeadline) {
            this.onDeadline = onDeadline;
        }

        @Override
        public void set(long at) {
            deadline = at;
        }

        @Override
        public void close() {
            deadline = Time.NEVER;
            timers.remove(this);
        }
    }

    /** Runs everything that is due within a time. */
    void advance(long nanos) {
        long end = now + nanos;
        drain();
        while (true) {
            Timer next = null;
            for (Timer timer : timers) {
                if (next == null || timer.deadline < next.deadline) {
                    next = timer;
                }
            }
            if (next == null || next.deadline > end) {
                break;
            }
            now = Math.max(now, next.deadline);
            next.deadline = Time.NEVER;
            wakeUps++;
            next.onDeadline.run();
            drain();
        }
        now = end;
    }

    /** The clock moves, and nobody gets to run. */
    void stall(long nanos) {
        now += nanos;
    }

    private void drain() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }
    }

    int wakeUps() {
        return wakeUps;
    }

    int timers() {
        return timers.size();
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable command) {
        tasks.add(command);
    }

    @Override
    public void atEndOfTurn(Runnable drain) {
        tasks.add(drain);
    }

    @Override
    public LoopTimer newTimer(Runnable onDeadline) {
        Timer timer = new Timer(onDeadline);
        timers.add(timer);
        return timer;
    }

    @Override
    public List<? extends Loop> loops() {
        return List.of(this);
    }

    @Override
    public Loop nextLoop() {
        return this;
    }

    @Override
    public Executor workers() {
        return tasks::add;
    }

    @Override
    public Executor mediaWorkers() {
        return tasks::add;
    }

    @Override
    public long wallClockMillis() {
        return 0;
    }

    @Override
    public void close() {}

    @Override
    public RandomSource random() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<NetworkAddress> networkAddresses() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Registration onNetworkChange(Loop loop, Runnable listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resolve(String hostName, Loop loop, ResolutionHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lane newLane() {
        throw new UnsupportedOperationException();
    }

    @Override
    public UdpPort openUdp(InetSocketAddress local, UdpPort.Handler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public UdpPort openMulticast(InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public StreamPort connect(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public StreamAcceptor listen(InetSocketAddress local, StreamAcceptor.Handler handler) {
        throw new UnsupportedOperationException();
    }
}
