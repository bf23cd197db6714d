package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.TrackEvent;
import dev.yodel.webrtc.internal.jsep.JsepEvent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns the events of negotiation into those of the API, in their order. On the lane. */
final class EventDispatch {
    private static final int MAX_STREAMS = 64;

    private final Signaling signaling;
    private final ConnectionEvents events;
    private final Map<String, MediaStreamImpl> streams = new LinkedHashMap<>();

    EventDispatch(Signaling signaling, ConnectionEvents events) {
        this.signaling = signaling;
        this.events = events;
    }

    void fire(List<JsepEvent> list) {
        for (JsepEvent event : list) {
            fire(event);
        }
        signaling.locked(() -> {
            signaling.transceivers().forgetGone();
            return true;
        });
        forgetEmpty();
    }

    /** W3C: a stream that comes back is the same object; a peer that makes up ever new ones is not followed for ever. */
    private void forgetEmpty() {
        Iterator<MediaStreamImpl> all = streams.values().iterator();
        while (streams.size() > MAX_STREAMS && all.hasNext()) {
            if (all.next().getTracks().isEmpty()) {
                all.remove();
            }
        }
    }

    private TransceiverImpl transceiver(int id) {
        TransceiverImpl found = signaling.locked(() -> signaling.transceivers().get(id));
        if (found == null) {
            throw new IllegalStateException("negotiation speaks of transceiver " + id + ", which is not there");
        }
        return found;
    }

    private void fire(JsepEvent event) {
        if (event instanceof JsepEvent.SignalingChanged) {
            events.fire(events.signalingState);
        } else if (event instanceof JsepEvent.TransceiverStopped stopped) {
            TransceiverImpl transceiver = transceiver(stopped.transceiver());
            transceiver.sender().close();
            transceiver.receiver().media().track().end();
        } else if (event instanceof JsepEvent.TrackMuted muted) {
            transceiver(muted.transceiver()).receiver().media().track().setMuted(true);
        } else if (event instanceof JsepEvent.StreamTrackRemoved removed) {
            MediaStreamImpl stream = streams.get(removed.stream());
            if (stream != null) {
                stream.removeRemotely(
                        transceiver(removed.transceiver()).receiver().track());
            }
        } else if (event instanceof JsepEvent.StreamTrackAdded added) {
            streams.computeIfAbsent(added.stream(), MediaStreamImpl::new)
                    .addRemotely(transceiver(added.transceiver()).receiver().track());
        } else if (event instanceof JsepEvent.TrackAdded added) {
            TransceiverImpl transceiver = transceiver(added.transceiver());
            List<MediaStream> of = new ArrayList<>();
            for (String id : added.streams()) {
                of.add(streams.computeIfAbsent(id, MediaStreamImpl::new));
            }
            events.fire(
                    events.track,
                    new TrackEvent(
                            transceiver.receiver(), transceiver.receiver().track(), of, transceiver));
        }
    }
}
