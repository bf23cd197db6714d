package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import dev.yodel.webrtc.internal.transport.MediaReceiver;
import dev.yodel.webrtc.internal.transport.MediaSender;
import dev.yodel.webrtc.internal.transport.ReceivedTrack;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The objects behind the transceivers of a state. Under the connection's lock, but for {@link #all}. */
final class TransceiverSet {
    private final PeerConnectionImpl connection;
    private final Map<Integer, TransceiverImpl> byId = new LinkedHashMap<>();
    private volatile List<TransceiverImpl> present = List.of();

    TransceiverSet(PeerConnectionImpl connection) {
        this.connection = connection;
    }

    /** Makes what is new, and lets go of what has left the state. */
    void sync(JsepState state) {
        List<TransceiverImpl> list = new ArrayList<>();
        for (TransceiverState transceiver : state.transceivers()) {
            TransceiverImpl impl = byId.get(transceiver.id());
            if (impl == null) {
                impl = make(transceiver);
                byId.put(transceiver.id(), impl);
            } else {
                impl.update(transceiver);
            }
            list.add(impl);
        }
        present = List.copyOf(list);
        for (TransceiverImpl impl : byId.values()) {
            if (!list.contains(impl)) {
                impl.leave();
            }
        }
    }

    /** Forgets those that have left, once their events were fired. */
    void forgetGone() {
        Iterator<TransceiverImpl> all = byId.values().iterator();
        while (all.hasNext()) {
            if (!present.contains(all.next())) {
                all.remove();
            }
        }
    }

    private TransceiverImpl make(TransceiverState state) {
        FactoryCore factory = connection.factory();
        ReceivedTrack track = new ReceivedTrack(
                state.kind(), state.receiverTrackId(), factory.newLane(connection.loop()), factory.mediaServices());
        return new TransceiverImpl(
                connection,
                state,
                new MediaSender(connection.loop(), factory.mediaServices()),
                new MediaReceiver(connection.loop(), track));
    }

    @Nullable
    TransceiverImpl get(int id) {
        return byId.get(id);
    }

    @Nullable
    TransceiverImpl byMid(String mid) {
        for (TransceiverImpl impl : present) {
            if (Objects.equals(impl.mid(), mid)) {
                return impl;
            }
        }
        return null;
    }

    /** W3C's set, in order; any thread. */
    List<TransceiverImpl> all() {
        return present;
    }
}
