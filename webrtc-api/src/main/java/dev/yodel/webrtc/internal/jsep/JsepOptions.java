package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sctp.SctpOptions;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.VideoFec;
import java.util.Set;

/**
 * What never changes in a connection's negotiation.
 *
 * @param sessionId the o-line's number, digits only
 * @param cname the RTCP name of our senders
 * @param bundlePolicy what offers do for peers that cannot bundle
 * @param maxMessageBytes the largest data channel message that we take, 0 for any size
 * @param iceLite whether descriptions say that we make no checks (RFC 8839 5.3)
 * @param sctp what associations are made of, but for the ports
 * @param offerSctpInit whether offers tell our INIT (draft-hancke-tsvwg-snap-00); answers to one always do
 * @param receiveSimulcast whether answers accept several streams of one section (RFC 8853)
 * @param cryptex whether descriptions say that we take encrypted header extensions (RFC 9335)
 * @param videoFec forward error correction that descriptions have
 * @param offerCongestionFeedback whether offers have feedback by source and number (RFC 8888); answers to one always do
 * @param onePort whether all transports receive on one port, where their user fragments tell them apart
 */
public record JsepOptions(
        String sessionId,
        String cname,
        BundlePolicy bundlePolicy,
        long maxMessageBytes,
        boolean iceLite,
        SctpOptions sctp,
        boolean offerSctpInit,
        boolean receiveSimulcast,
        boolean cryptex,
        Set<VideoFec> videoFec,
        boolean offerCongestionFeedback,
        boolean onePort) {
    public JsepOptions {
        videoFec = Set.copyOf(videoFec);
    }

    /**
     * For a full agent with usual associations.
     *
     * @param sessionId the o-line's number, digits only
     * @param cname the RTCP name of our senders
     * @param bundlePolicy what offers do for peers that cannot bundle
     * @param maxMessageBytes the largest data channel message that we take
     */
    public JsepOptions(String sessionId, String cname, BundlePolicy bundlePolicy, long maxMessageBytes) {
        this(
                sessionId,
                cname,
                bundlePolicy,
                maxMessageBytes,
                false,
                SctpOptions.defaults(),
                false,
                false,
                false,
                Set.of(),
                false,
                false);
    }
}
