package dev.yodel.webrtc;

import java.util.List;
import java.util.Objects;

/**
 * W3C's RTCRtpReceiveParameters: what a receiver is prepared for.
 *
 * @param headerExtensions negotiated header extensions; empty before an answer
 * @param rtcp without a name
 * @param codecs the negotiated codecs, the one we prefer first; empty before an answer
 */
public record RtpReceiveParameters(
        List<RtpHeaderExtensionParameters> headerExtensions, RtcpParameters rtcp, List<RtpCodecParameters> codecs)
        implements RtpParameters {
    public RtpReceiveParameters {
        headerExtensions = List.copyOf(headerExtensions);
        Objects.requireNonNull(rtcp, "rtcp");
        codecs = List.copyOf(codecs);
    }
}
