package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCPeerConnectionIceEvent: a local candidate to be sent to the peer.
 *
 * @param candidate the candidate; one with an empty text says that its transport has no more; null says that gathering
 *     is complete and need not be sent
 */
public record PeerConnectionIceEvent(@Nullable IceCandidate candidate) {
    /**
     * The server that gave the candidate.
     *
     * @return null for none
     */
    public @Nullable String url() {
        return candidate == null ? null : candidate.url();
    }
}
