package dev.yodel.webrtc;

import java.util.List;
import java.util.Map;

/**
 * W3C's RTCRtpParameters as far as there is something to say.
 *
 * @param codecs the negotiated codecs, the preferred one first; empty before an answer
 * @param headerExtensions negotiated header extensions: URI to id
 * @param cname the RTCP name of the sender; empty if not known
 * @param reducedSize whether RTCP may be of reduced size (RFC 5506)
 * @param ssrcs the sender's SSRCs, each 0 to 2^32-1
 */
public record RtpParameters(
        List<RtpCodecParameters> codecs,
        Map<String, Integer> headerExtensions,
        String cname,
        boolean reducedSize,
        List<Long> ssrcs) {
    public RtpParameters {
        codecs = List.copyOf(codecs);
        headerExtensions = Map.copyOf(headerExtensions);
        ssrcs = List.copyOf(ssrcs);
    }
}
