package dev.yodel.examples.rooms;

import dev.yodel.io.Registration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The bus of one process: the sender's thread calls the listener. Any thread. */
public final class LocalSignalBus implements SignalBus {
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

    /** A bus on which nobody listens. */
    public LocalSignalBus() {}

    @Override
    public boolean send(String to, Envelope envelope) {
        final Listener listener = listeners.get(to);
        if (listener == null) {
            return false;
        }
        listener.receive(envelope);
        return true;
    }

    @Override
    public Registration listen(String address, Listener listener) {
        if (listeners.putIfAbsent(address, listener) != null) {
            throw new IllegalStateException("somebody listens at " + address + " already");
        }
        return () -> listeners.remove(address, listener);
    }
}
