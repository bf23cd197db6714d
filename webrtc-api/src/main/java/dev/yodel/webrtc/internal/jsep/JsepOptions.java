package dev.yodel.webrtc.internal.jsep;

import dev.yodel.webrtc.BundlePolicy;

/**
 * What never changes in a connection's negotiation.
 *
 * @param sessionId the o-line's number, digits only
 * @param cname the RTCP name of our senders
 * @param bundlePolicy what offers do for peers that cannot bundle
 * @param maxMessageBytes the largest data channel message that we take
 * @param iceLite whether descriptions say that we make no checks (RFC 8839 5.3)
 */
public record JsepOptions(
        String sessionId, String cname, BundlePolicy bundlePolicy, long maxMessageBytes, boolean iceLite) {
    /**
     * For a full agent.
     *
     * @param sessionId the o-line's number, digits only
     * @param cname the RTCP name of our senders
     * @param bundlePolicy what offers do for peers that cannot bundle
     * @param maxMessageBytes the largest data channel message that we take
     */
    public JsepOptions(String sessionId, String cname, BundlePolicy bundlePolicy, long maxMessageBytes) {
        this(sessionId, cname, bundlePolicy, maxMessageBytes, false);
    }
}
