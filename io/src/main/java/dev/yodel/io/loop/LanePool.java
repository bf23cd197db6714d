package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Lane;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * On which threads do lanes run? On virtual ones where the JDK's do not pin their carrier in a monitor (24 and later, JEP
 * 491), else on as few platform threads as will do ({@link LaneCarriers}). Any thread.
 */
final class LanePool {
    /** Lanes that may run at the same time on platform threads. */
    static final int CAP = 512;

    /** From this version on a virtual thread that waits for a monitor gives its carrier back. */
    private static final int FIRST_UNPINNED_VERSION = 24;

    private final Diagnostics diagnostics;
    private final LaneCarriers platform;
    private final @Nullable ThreadFactory virtual;
    private final Set<SerialLane> running = ConcurrentHashMap.newKeySet();
    private final Set<Thread> virtualThreads = ConcurrentHashMap.newKeySet();
    private final Object ended = new Object();
    private volatile boolean closed;

    LanePool(String name, boolean useVirtual, Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
        this.platform = new LaneCarriers(
                name,
                new CarrierLimit(Runtime.getRuntime().availableProcessors(), CAP),
                LaneCarriers.IDLE_NANOS,
                diagnostics);
        this.virtual = useVirtual ? virtualFactory(name) : null;
    }

    static boolean virtualByDefault() {
        return Runtime.version().feature() >= FIRST_UNPINNED_VERSION;
    }

    private static @Nullable ThreadFactory virtualFactory(String name) {
        try {
            // Thread.ofVirtual().name(prefix, 0).factory(), which JDK 17 does not know.
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            Method naming = type.getMethod("name", String.class, long.class);
            Object named = naming.invoke(builder, name + "-", 0L);
            return (ThreadFactory) type.getMethod("factory").invoke(named);
        } catch (ReflectiveOperationException noVirtualThreads) {
            return null;
        }
    }

    boolean isVirtual() {
        return virtual != null;
    }

    Lane newLane() {
        Executor executor = virtual == null ? platform : task -> startVirtual(virtual, task);
        return new SerialLane(executor, running, diagnostics);
    }

    private void startVirtual(ThreadFactory factory, Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the environment is closed; give its lanes no more work");
        }
        Thread thread = factory.newThread(() -> {
            try {
                task.run();
            } finally {
                virtualThreads.remove(Thread.currentThread());
                synchronized (ended) {
                    ended.notifyAll();
                }
            }
        });
        virtualThreads.add(thread);
        thread.start();
    }

    void checkBlocked(long nowNanos, long limitNanos) {
        for (SerialLane lane : running) {
            lane.checkBlocked(nowNanos, limitNanos);
        }
    }

    /** Lets no idle lane start again; those that run finish what they have. Returns at once. */
    void close() {
        closed = true;
        platform.close();
    }

    void interrupt() {
        closed = true;
        platform.interrupt();
        for (Thread thread : virtualThreads) {
            if (thread != Thread.currentThread()) {
                thread.interrupt();
            }
        }
    }

    boolean awaitEnd(long deadlineNanos) throws InterruptedException {
        synchronized (ended) {
            while (virtualThreads.size() > (virtualThreads.contains(Thread.currentThread()) ? 1 : 0)) {
                long wait = deadlineNanos - System.nanoTime();
                if (wait <= 0) {
                    return false;
                }
                ended.wait(wait / 1_000_000 + 1);
            }
        }
        return platform.awaitEnd(deadlineNanos);
    }

    boolean isOwnThread() {
        return platform.isOwnThread() || virtualThreads.contains(Thread.currentThread());
    }

    int threadCount() {
        return platform.threadCount() + virtualThreads.size();
    }
}
