package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.DataChannelEvent;
import dev.yodel.webrtc.PeerConnectionIceErrorEvent;
import dev.yodel.webrtc.PeerConnectionIceEvent;
import dev.yodel.webrtc.TrackEvent;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.util.function.BooleanSupplier;

/** A connection's listeners. Firing happens on the lane, without any lock, and never after the connection was closed. */
final class ConnectionEvents {
    /** What events without data are fired with. */
    private static final Object NOTHING = new Object();

    final ListenerList<Object> negotiationNeeded = new ListenerList<>();
    final ListenerList<PeerConnectionIceEvent> iceCandidate = new ListenerList<>();
    final ListenerList<PeerConnectionIceErrorEvent> iceCandidateError = new ListenerList<>();
    final ListenerList<Object> signalingState = new ListenerList<>();
    final ListenerList<Object> iceConnectionState = new ListenerList<>();
    final ListenerList<Object> iceGatheringState = new ListenerList<>();
    final ListenerList<Object> connectionState = new ListenerList<>();
    final ListenerList<TrackEvent> track = new ListenerList<>();
    final ListenerList<DataChannelEvent> dataChannel = new ListenerList<>();
    final ListenerList<Long> targetBitrate = new ListenerList<>();

    private final LaneQueue queue;
    private final BooleanSupplier closed;

    ConnectionEvents(LaneQueue queue, BooleanSupplier closed) {
        this.queue = queue;
        this.closed = closed;
    }

    void fire(ListenerList<Object> listeners) {
        fire(listeners, NOTHING);
    }

    <T> void fire(ListenerList<T> listeners, T event) {
        if (!closed.getAsBoolean()) {
            listeners.fire(event);
            queue.drain();
        }
    }
}
