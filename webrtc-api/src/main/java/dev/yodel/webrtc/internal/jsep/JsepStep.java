package dev.yodel.webrtc.internal.jsep;

import java.util.List;

/**
 * The outcome of an input.
 *
 * @param state the state after it
 * @param events what to fire, in order
 * @param transceiver the transceiver that addTrack or addTransceiver used or made, else -1
 */
public record JsepStep(JsepState state, List<JsepEvent> events, int transceiver) {
    public JsepStep {
        events = List.copyOf(events);
    }
}
