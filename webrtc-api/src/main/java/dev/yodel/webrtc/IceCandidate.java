package dev.yodel.webrtc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceCandidate: an address that a peer may be reached at, or the end of such addresses.
 *
 * @param candidate the text that begins with {@code candidate:} (RFC 8839 5.1); empty for the end of candidates
 * @param sdpMid the m-section it belongs to; null if only the index is known
 * @param sdpMLineIndex the number of the m-section, from 0; null if only the mid is known
 * @param usernameFragment the generation it belongs to; null if not known
 */
public record IceCandidate(
        String candidate, @Nullable String sdpMid, @Nullable Integer sdpMLineIndex, @Nullable String usernameFragment) {
    public IceCandidate {
        Objects.requireNonNull(candidate, "candidate");
    }

    /**
     * A candidate of an m-section.
     *
     * @param candidate the text
     * @param sdpMid the m-section; null if only the index is known
     * @param sdpMLineIndex its number, from 0; null if only the mid is known
     */
    public IceCandidate(String candidate, @Nullable String sdpMid, @Nullable Integer sdpMLineIndex) {
        this(candidate, sdpMid, sdpMLineIndex, null);
    }
}
