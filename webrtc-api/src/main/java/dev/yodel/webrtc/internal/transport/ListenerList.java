package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Registration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Who listens to one event, in the order of registration. It does not choose a thread: whoever fires does. Adding,
 * removing and firing may happen at the same time; a listener added while an event is fired does not get that event.
 *
 * @param <T> the event
 */
public final class ListenerList<T> {
    private record Entry<T>(Consumer<? super T> listener, AtomicBoolean active) {}

    private final CopyOnWriteArrayList<Entry<T>> entries = new CopyOnWriteArrayList<>();

    /**
     * Adds a listener; the same one may be added twice.
     *
     * @param listener gets the events
     * @return removes it
     */
    public Registration add(Consumer<? super T> listener) {
        Entry<T> entry = new Entry<>(java.util.Objects.requireNonNull(listener, "listener"), new AtomicBoolean(true));
        entries.add(entry);
        return () -> {
            if (entry.active().compareAndSet(true, false)) {
                entries.remove(entry);
            }
        };
    }

    /**
     * Whether nobody listens.
     *
     * @return true without listeners
     */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * Calls every listener. What one throws is given to the thread's handler and does not keep the event from the next.
     *
     * @param event the event
     */
    public void fire(T event) {
        for (Entry<T> entry : entries) {
            if (entry.active().get()) {
                try {
                    entry.listener().accept(event);
                } catch (RuntimeException | Error thrown) {
                    ListenerErrors.report(thrown, entry.listener());
                }
            }
        }
    }
}
