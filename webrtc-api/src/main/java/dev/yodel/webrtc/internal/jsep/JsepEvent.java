package dev.yodel.webrtc.internal.jsep;

import dev.yodel.webrtc.SignalingState;
import java.util.List;

/** What the façade has to do after a step, in the order of W3C's algorithms. */
public sealed interface JsepEvent {
    /**
     * A transceiver came by a remote description.
     *
     * @param transceiver its number
     */
    record TransceiverAdded(int transceiver) implements JsepEvent {}

    /**
     * A transceiver is stopped for good, or its creation was rolled back.
     *
     * @param transceiver its number
     */
    record TransceiverStopped(int transceiver) implements JsepEvent {}

    /**
     * Fire signalingstatechange.
     *
     * @param state the new state
     */
    record SignalingChanged(SignalingState state) implements JsepEvent {}

    /**
     * Mute the receiver's track.
     *
     * @param transceiver its number
     */
    record TrackMuted(int transceiver) implements JsepEvent {}

    /**
     * Take the receiver's track out of a remote stream.
     *
     * @param stream the stream's id
     * @param transceiver its number
     */
    record StreamTrackRemoved(String stream, int transceiver) implements JsepEvent {}

    /**
     * Put the receiver's track into a remote stream, which may be new.
     *
     * @param stream the stream's id
     * @param transceiver its number
     */
    record StreamTrackAdded(String stream, int transceiver) implements JsepEvent {}

    /**
     * Fire track.
     *
     * @param transceiver its number
     * @param streams the streams' ids
     */
    record TrackAdded(int transceiver, List<String> streams) implements JsepEvent {
        public TrackAdded {
            streams = List.copyOf(streams);
        }
    }
}
