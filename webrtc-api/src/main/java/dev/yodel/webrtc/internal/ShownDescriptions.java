package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import java.util.ArrayDeque;

/**
 * The objects that the getters of descriptions give: W3C's attributes show the same object as long as its content is the
 * same. Any thread.
 */
final class ShownDescriptions {
    /** A current and a pending one, and what they were before a candidate came. */
    private static final int MAX_KEPT = 4;

    private final ArrayDeque<SessionDescription> recent = new ArrayDeque<>();

    synchronized SessionDescription of(SdpType type, String text) {
        SessionDescription shown = null;
        for (SessionDescription known : recent) {
            if (known.type() == type && known.sdp().equals(text)) {
                shown = known;
            }
        }
        if (shown == null) {
            shown = new SessionDescription(type, text);
        } else {
            recent.remove(shown);
        }
        recent.addFirst(shown);
        if (recent.size() > MAX_KEPT) {
            recent.removeLast();
        }
        return shown;
    }
}
