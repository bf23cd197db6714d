package dev.yodel.webrtc.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Futures that wait for one condition of a connection. Any thread.
 *
 * @param <T> what they yield
 */
final class Waiters<T extends @Nullable Object> {
    private final List<RtcFuture<T>> waiting = new ArrayList<>();

    synchronized void add(RtcFuture<T> future) {
        waiting.add(future);
    }

    private synchronized List<RtcFuture<T>> take() {
        List<RtcFuture<T>> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    void succeed(T value) {
        take().forEach(future -> future.succeed(value));
    }

    void fail(Throwable error) {
        take().forEach(future -> future.fail(error));
    }
}
