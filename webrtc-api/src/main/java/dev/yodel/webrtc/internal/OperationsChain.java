package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.InvalidStateException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * W3C's operations chain: one operation at a time, in the order of the calls, each on the lane. It does not know what
 * the operations do. Any thread.
 */
final class OperationsChain {
    private static final class Operation<T extends @Nullable Object> {
        final RtcFuture<T> promise;
        final Runnable check;
        final Supplier<CompletableFuture<T>> work;
        final @Nullable RuntimeException doom;

        Operation(
                RtcFuture<T> promise,
                Runnable check,
                Supplier<CompletableFuture<T>> work,
                @Nullable RuntimeException doom) {
            this.promise = promise;
            this.check = check;
            this.work = work;
            this.doom = doom;
        }
    }

    private final LaneQueue queue;
    private final Runnable onEmpty;
    private final ArrayDeque<Operation<?>> operations = new ArrayDeque<>();
    private boolean checkOnEmpty;
    private boolean closed;

    /**
     * A chain. When it becomes empty and {@link #emptyOrRemember} was asked meanwhile, {@code onEmpty} runs on the
     * lane.
     */
    OperationsChain(LaneQueue queue, Runnable onEmpty) {
        this.queue = queue;
        this.onEmpty = onEmpty;
    }

    /**
     * Puts an operation at the end. Its check throws if the operation is not allowed in the state that it meets; on an
     * empty chain that is the present state, and the promise has failed before this returns, as W3C's has.
     */
    <T extends @Nullable Object> RtcFuture<T> chain(String name, Runnable check, Supplier<CompletableFuture<T>> work) {
        return chain(name, check, work, null);
    }

    /** The same, for an operation that can only fail: why, if that is known already. */
    <T extends @Nullable Object> RtcFuture<T> chain(
            String name, Runnable check, Supplier<CompletableFuture<T>> work, @Nullable RuntimeException doom) {
        Operation<T> operation = new Operation<>(new RtcFuture<>(queue, name), check, work, doom);
        boolean first;
        synchronized (operations) {
            if (closed) {
                operation.promise.fail(closedError(name));
                return operation.promise;
            }
            if (operations.isEmpty() && refused(operation)) {
                return operation.promise;
            }
            operations.add(operation);
            first = operations.size() == 1;
        }
        if (first) {
            queue.post(() -> run(operation));
        }
        return operation.promise;
    }

    private static boolean refused(Operation<?> operation) {
        try {
            operation.check.run();
            return false;
        } catch (RuntimeException e) {
            operation.promise.fail(e);
            return true;
        }
    }

    static InvalidStateException closedError(String name) {
        return new InvalidStateException(name + " came too late: the connection is closed; make a new one");
    }

    private <T extends @Nullable Object> void run(Operation<T> operation) {
        synchronized (operations) {
            if (closed) {
                return;
            }
        }
        CompletableFuture<T> work;
        try {
            operation.check.run();
            work = operation.work.get();
        } catch (RuntimeException e) {
            finish(operation, null, e);
            return;
        }
        work.whenComplete((value, error) -> {
            if (queue.inLane()) {
                finish(operation, value, error);
            } else {
                queue.post(() -> finish(operation, value, error));
            }
        });
    }

    @SuppressWarnings("NullAway") // a future without an error has a value of its type
    private <T extends @Nullable Object> void finish(
            Operation<T> operation, @Nullable T value, @Nullable Throwable error) {
        Operation<?> next;
        boolean check = false;
        synchronized (operations) {
            if (closed) {
                return;
            }
            operations.poll();
            next = operations.peek();
            if (next == null) {
                check = checkOnEmpty;
                checkOnEmpty = false;
            }
        }
        if (error == null) {
            operation.promise.succeed(value);
        } else {
            operation.promise.fail(error);
        }
        if (next != null) {
            Operation<?> following = next;
            queue.post(() -> run(following));
        } else if (check) {
            onEmpty.run();
        }
    }

    /** Whether nothing is under way; if not, {@code onEmpty} will run when that is so. */
    boolean emptyOrRemember() {
        synchronized (operations) {
            if (!operations.isEmpty()) {
                checkOnEmpty = true;
                return false;
            }
            return true;
        }
    }

    /**
     * Refuses what comes. What is under way fails, so that whoever waits for it goes on; W3C leaves it pending, which
     * {@code pending} asks for, unless it was known to fail.
     */
    void close(boolean pending) {
        List<Operation<?>> left;
        synchronized (operations) {
            closed = true;
            left = new ArrayList<>(operations);
            operations.clear();
        }
        for (Operation<?> operation : left) {
            RuntimeException doom = operation.doom;
            if (doom != null || !pending) {
                RuntimeException why = doom != null ? doom : closedError(operation.promise.operation());
                queue.post(() -> operation.promise.failQuietly(why));
            }
        }
    }
}
