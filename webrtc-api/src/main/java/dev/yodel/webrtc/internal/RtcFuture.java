package dev.yodel.webrtc.internal;

import dev.yodel.io.Time;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A W3C promise. Reactions run first-in first-out on the connection's lane, as microtasks; waiting for it on the lane
 * throws instead of deadlocking; a failure that nobody looked at is logged with the operation's name. What a caller
 * completes or obtrudes by hand is only the caller's copy: no operation of the connection reads it.
 *
 * @param <T> the value
 */
final class RtcFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private static final Logger LOG = LoggerFactory.getLogger("dev.yodel.webrtc");
    private static final long UNOBSERVED_NANOS = 400 * Time.MILLISECOND;

    private final LaneQueue queue;
    private final String operation;
    private final ArrayDeque<CompletableFuture<T>> branches = new ArrayDeque<>();
    private boolean reacted;
    private volatile boolean observed;

    RtcFuture(LaneQueue queue, String operation) {
        this.queue = queue;
        this.operation = operation;
    }

    static <T extends @Nullable Object> RtcFuture<T> failed(LaneQueue queue, String operation, Throwable error) {
        RtcFuture<T> future = new RtcFuture<>(queue, operation);
        future.fail(error);
        return future;
    }

    /** The only value there is of this type. */
    @SuppressWarnings("NullAway")
    static Void nothing() {
        return null;
    }

    /** Completes it; the reactions become microtasks. */
    void succeed(T value) {
        if (super.complete(value)) {
            queue.execute(this::react);
        }
    }

    /** Fails it; the reactions become microtasks. */
    void fail(Throwable error) {
        if (super.completeExceptionally(error)) {
            boolean waited = getNumberOfDependents() > 0;
            queue.execute(this::react);
            if (!waited && !observed) {
                queue.later(UNOBSERVED_NANOS, () -> reportUnobserved(error));
            }
        }
    }

    /** Fails it for a reason that the caller brought about and knows: no word in the log. */
    void failQuietly(Throwable error) {
        observed = true;
        fail(error);
    }

    String operation() {
        return operation;
    }

    private void reportUnobserved(Throwable error) {
        if (!observed) {
            LOG.warn("{} failed and nobody looked: {}", operation, error.toString());
        }
    }

    private void react() {
        while (true) {
            CompletableFuture<T> branch;
            synchronized (branches) {
                branch = branches.poll();
                if (branch == null) {
                    reacted = true;
                    return;
                }
            }
            copyTo(branch);
        }
    }

    private void copyTo(CompletableFuture<T> branch) {
        super.whenComplete((value, error) -> {
            if (error == null) {
                branch.complete(value);
            } else {
                branch.completeExceptionally(error);
            }
        });
    }

    /** A copy that completes in its turn on the lane; each has one reaction only, so the JDK's order does not matter. */
    private CompletableFuture<T> branch() {
        observed = true;
        CompletableFuture<T> branch = new CompletableFuture<>();
        synchronized (branches) {
            if (!reacted) {
                branches.add(branch);
                return branch;
            }
        }
        queue.execute(() -> copyTo(branch));
        return branch;
    }

    private <U extends @Nullable Object> RtcFuture<U> wrap(CompletableFuture<U> inner) {
        RtcFuture<U> outer = new RtcFuture<>(queue, operation);
        inner.whenComplete((value, error) -> {
            if (error == null) {
                outer.succeed(value);
            } else {
                outer.fail(error);
            }
        });
        return outer;
    }

    private void mayWait() {
        observed = true;
        if (!isDone() && queue.inLane()) {
            throw new IllegalStateException(operation + " would wait for itself; use thenCompose");
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    @Override
    public boolean complete(T value) {
        boolean changed = super.complete(value);
        if (changed) {
            queue.execute(this::react);
        }
        return changed;
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        observed = true;
        boolean changed = super.completeExceptionally(error);
        if (changed) {
            queue.execute(this::react);
        }
        return changed;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        observed = true;
        boolean changed = super.cancel(mayInterruptIfRunning);
        if (changed) {
            queue.execute(this::react);
        }
        return changed;
    }

    @Override
    public T join() {
        mayWait();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        mayWait();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        mayWait();
        return super.get(timeout, unit);
    }

    @Override
    public T getNow(T valueIfAbsent) {
        observed = true;
        return super.getNow(valueIfAbsent);
    }

    @Override
    public boolean isCompletedExceptionally() {
        observed = true;
        return super.isCompletedExceptionally();
    }

    @Override
    public <U> CompletableFuture<U> thenApply(Function<? super T, ? extends U> fn) {
        return wrap(branch().thenApply(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn) {
        return wrap(branch().thenApplyAsync(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn, Executor executor) {
        return wrap(branch().thenApplyAsync(fn, executor));
    }

    @Override
    public CompletableFuture<Void> thenAccept(Consumer<? super T> action) {
        return wrap(branch().thenAccept(action));
    }

    @Override
    public CompletableFuture<Void> thenAcceptAsync(Consumer<? super T> action) {
        return wrap(branch().thenAcceptAsync(action));
    }

    @Override
    public CompletableFuture<Void> thenAcceptAsync(Consumer<? super T> action, Executor executor) {
        return wrap(branch().thenAcceptAsync(action, executor));
    }

    @Override
    public CompletableFuture<Void> thenRun(Runnable action) {
        return wrap(branch().thenRun(action));
    }

    @Override
    public CompletableFuture<Void> thenRunAsync(Runnable action) {
        return wrap(branch().thenRunAsync(action));
    }

    @Override
    public CompletableFuture<Void> thenRunAsync(Runnable action, Executor executor) {
        return wrap(branch().thenRunAsync(action, executor));
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombine(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return wrap(branch().thenCombineAsync(other, fn, queue));
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return wrap(branch().thenCombineAsync(other, fn));
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn, Executor executor) {
        return wrap(branch().thenCombineAsync(other, fn, executor));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBoth(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return wrap(branch().thenAcceptBothAsync(other, action, queue));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return wrap(branch().thenAcceptBothAsync(other, action));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action, Executor executor) {
        return wrap(branch().thenAcceptBothAsync(other, action, executor));
    }

    @Override
    public CompletableFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
        return wrap(branch().runAfterBothAsync(other, action, queue));
    }

    @Override
    public CompletableFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
        return wrap(branch().runAfterBothAsync(other, action));
    }

    @Override
    public CompletableFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return wrap(branch().runAfterBothAsync(other, action, executor));
    }

    @Override
    public <U> CompletableFuture<U> applyToEither(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return wrap(branch().applyToEitherAsync(other, fn, queue));
    }

    @Override
    public <U> CompletableFuture<U> applyToEitherAsync(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return wrap(branch().applyToEitherAsync(other, fn));
    }

    @Override
    public <U> CompletableFuture<U> applyToEitherAsync(
            CompletionStage<? extends T> other, Function<? super T, U> fn, Executor executor) {
        return wrap(branch().applyToEitherAsync(other, fn, executor));
    }

    @Override
    public CompletableFuture<Void> acceptEither(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return wrap(branch().acceptEitherAsync(other, action, queue));
    }

    @Override
    public CompletableFuture<Void> acceptEitherAsync(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return wrap(branch().acceptEitherAsync(other, action));
    }

    @Override
    public CompletableFuture<Void> acceptEitherAsync(
            CompletionStage<? extends T> other, Consumer<? super T> action, Executor executor) {
        return wrap(branch().acceptEitherAsync(other, action, executor));
    }

    @Override
    public CompletableFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
        return wrap(branch().runAfterEitherAsync(other, action, queue));
    }

    @Override
    public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
        return wrap(branch().runAfterEitherAsync(other, action));
    }

    @Override
    public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return wrap(branch().runAfterEitherAsync(other, action, executor));
    }

    @Override
    public <U> CompletableFuture<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> fn) {
        return wrap(branch().thenCompose(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenComposeAsync(Function<? super T, ? extends CompletionStage<U>> fn) {
        return wrap(branch().thenComposeAsync(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenComposeAsync(
            Function<? super T, ? extends CompletionStage<U>> fn, Executor executor) {
        return wrap(branch().thenComposeAsync(fn, executor));
    }

    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
        return seen(wrap(branch().whenComplete(action)));
    }

    @Override
    public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
        return seen(wrap(branch().whenCompleteAsync(action)));
    }

    @Override
    public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action, Executor executor) {
        return seen(wrap(branch().whenCompleteAsync(action, executor)));
    }

    /** The action of whenComplete gets the error: whoever ignores the result has looked nevertheless. */
    private static <U extends @Nullable Object> RtcFuture<U> seen(RtcFuture<U> future) {
        future.observed = true;
        return future;
    }

    @Override
    public <U> CompletableFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> fn) {
        return wrap(branch().handle(fn));
    }

    @Override
    public <U> CompletableFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn) {
        return wrap(branch().handleAsync(fn));
    }

    @Override
    public <U> CompletableFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn, Executor executor) {
        return wrap(branch().handleAsync(fn, executor));
    }

    @Override
    public CompletableFuture<T> exceptionally(Function<Throwable, ? extends T> fn) {
        return wrap(branch().exceptionally(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn) {
        return wrap(branch().exceptionallyAsync(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn, Executor executor) {
        return wrap(branch().exceptionallyAsync(fn, executor));
    }

    @Override
    public CompletableFuture<T> exceptionallyCompose(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return wrap(branch().exceptionallyCompose(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyComposeAsync(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return wrap(branch().exceptionallyComposeAsync(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyComposeAsync(
            Function<Throwable, ? extends CompletionStage<T>> fn, Executor executor) {
        return wrap(branch().exceptionallyComposeAsync(fn, executor));
    }

    @Override
    public CompletableFuture<T> copy() {
        return wrap(branch());
    }

    /** Whoever puts it behind another stage (thenCompose of the JDK's own futures asks here) takes its failure too. */
    @Override
    public CompletableFuture<T> toCompletableFuture() {
        observed = true;
        return this;
    }
}
