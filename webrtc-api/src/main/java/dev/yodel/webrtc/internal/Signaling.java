package dev.yodel.webrtc.internal;

import dev.yodel.io.RandomSource;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.JsepStep;
import dev.yodel.webrtc.internal.jsep.Negotiator;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.MediaPlan;
import dev.yodel.webrtc.internal.transport.TransportOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The signaling side of a connection: its negotiated state under one lock, which is held to compute and to queue commands
 * for the loop, never across a callback, a future or I/O. Any thread.
 */
final class Signaling {
    private final Object lock = new Object();
    private final PeerConnectionImpl connection;
    private final RandomSource random;
    private final TransceiverSet transceivers;
    private final DataChannelSet dataChannels;
    private final Map<Integer, TransportHandle> handles = new HashMap<>();
    private volatile List<TransportHandle> transports = List.of();
    private volatile JsepState state;
    private boolean closed;

    Signaling(PeerConnectionImpl connection, RandomSource random, JsepState initial) {
        this.connection = connection;
        this.random = random;
        this.state = initial;
        this.transceivers = new TransceiverSet(connection);
        this.dataChannels = new DataChannelSet(connection);
    }

    DataChannelSet dataChannels() {
        return dataChannels;
    }

    JsepState state() {
        return state;
    }

    TransceiverSet transceivers() {
        return transceivers;
    }

    List<TransportHandle> transports() {
        return transports;
    }

    @Nullable
    TransportHandle transport(int id) {
        for (TransportHandle handle : transports) {
            if (handle.id() == id) {
                return handle;
            }
        }
        return null;
    }

    /** Computes under the lock. */
    <T extends @Nullable Object> T locked(Supplier<T> work) {
        synchronized (lock) {
            return work.get();
        }
    }

    /** Handles an input and makes objects and transports follow. Throws W3C's exception; nothing has changed then. */
    JsepStep apply(JsepInput input) {
        synchronized (lock) {
            JsepState before = state;
            JsepStep step = Negotiator.apply(before, input, random);
            JsepState now = step.state();
            transceivers.sync(now);
            state = now;
            if (!closed) {
                follow(before, now);
            }
            return step;
        }
    }

    private void follow(JsepState before, JsepState now) {
        boolean changed = false;
        boolean stable = now.signaling() == SignalingState.STABLE;
        for (TransportState transport : now.transports()) {
            TransportHandle handle = handles.get(transport.id());
            if (handle == null) {
                TransportOptions options = connection.transportOptions();
                handle = new TransportHandle(transport.id(), connection, options);
                handles.put(transport.id(), handle);
                changed = true;
            }
            MediaPlan plan = MediaPlans.of(now, transport.id(), transceivers);
            handle.sync(
                    before.transport(transport.id()), transport, plan, dataChannels.plan(now, transport.id()), stable);
        }
        List<TransportHandle> left = new ArrayList<>();
        for (TransportHandle handle : handles.values()) {
            if (now.transport(handle.id()) == null) {
                left.add(handle);
            }
        }
        for (TransportHandle handle : left) {
            handles.remove(handle.id());
            handle.discard();
            changed = true;
        }
        if (changed) {
            transports = List.copyOf(handles.values());
        }
        dataChannels.follow(before, now, handles.get(now.data().transport()));
    }

    /** Closes the transports; true the first time. */
    boolean close() {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            closed = true;
            dataChannels.close();
            for (TransportHandle handle : handles.values()) {
                handle.close();
            }
            for (TransceiverImpl transceiver : transceivers.all()) {
                transceiver.sender().close();
                transceiver.receiver().track().stop();
            }
            return true;
        }
    }
}
