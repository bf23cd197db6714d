package dev.yodel.webrtc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceCandidateInit: a candidate as it is signaled, for {@link PeerConnection#addIceCandidate(IceCandidateInit)}.
 * Nothing is checked before it is added.
 *
 * @param candidate the text that begins with {@code candidate:} (RFC 8839 5.1); empty for the end of candidates
 * @param sdpMid the m-section it belongs to; null if not told
 * @param sdpMLineIndex the number of the m-section, from 0; null if not told
 * @param usernameFragment the generation it belongs to; null if not told
 */
public record IceCandidateInit(
        String candidate, @Nullable String sdpMid, @Nullable Integer sdpMLineIndex, @Nullable String usernameFragment) {
    public IceCandidateInit {
        Objects.requireNonNull(candidate, "candidate");
    }
}
