package dev.yodel.webrtc.internal.jsep;

import dev.yodel.webrtc.SdpType;
import java.util.List;

/**
 * A description that was created or applied.
 *
 * @param type offer, pranswer or answer
 * @param model what it says
 * @param text the SDP as it was created or came
 * @param transceivers per m-section the transceiver's id, -1 for none
 * @param transports per m-section the transport's id, -1 for none
 */
public record Applied(
        SdpType type, SessionModel model, String text, List<Integer> transceivers, List<Integer> transports) {
    public Applied {
        transceivers = List.copyOf(transceivers);
        transports = List.copyOf(transports);
    }

    Applied withModel(SessionModel value) {
        return new Applied(type, value, text, transceivers, transports);
    }

    Applied withText(String value) {
        return new Applied(type, model, value, transceivers, transports);
    }

    /** Not the text: it holds the ICE password. */
    @Override
    public String toString() {
        return type + " of " + model.media().size() + " sections";
    }
}
