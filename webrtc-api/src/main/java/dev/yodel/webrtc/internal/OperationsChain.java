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
        final Supplier<CompletableFuture<T>> work;

        Operation(RtcFuture<T> promise, Supplier<CompletableFuture<T>> work) {
            this.promise = promise;
            this.work = work;
        }
    }

    private final LaneQueue queue;
    private final Runnable onEmpty;
    private final ArrayDeque<Operation<?>> operations = new ArrayDeque<>();
    private boolean checkOnEmpty;
    private boolean closed;

    /** A chain. When it becomes empty and {@link #emptyOrRemember} was asked meanwhile, {@code onEmpty} runs on the lane. */
    OperationsChain(LaneQueue queue, Runnable onEmpty) {
        this.queue = queue;
        this.onEmpty = onEmpty;
    }

    /** Puts an operation at the end. */
    <T extends @Nullable Object> RtcFuture<T> chain(String name, Supplier<CompletableFuture<T>> work) {
        Operation<T> operation = new Operation<>(new RtcFuture<>(queue, name), work);
        boolean first;
        synchronized (operations) {
            if (closed) {
                operation.promise.fail(closedError(name));
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

    /** Fails what is under way and refuses what comes. */
    void close() {
        List<Operation<?>> pending;
        synchronized (operations) {
            closed = true;
            pending = new ArrayList<>(operations);
            operations.clear();
        }
        for (Operation<?> operation : pending) {
            queue.post(() -> operation.promise.failQuietly(closedError(operation.promise.operation())));
        }
    }
}
