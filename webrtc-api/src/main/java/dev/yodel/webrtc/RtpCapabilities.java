package dev.yodel.webrtc;

import java.util.List;

/**
 * W3C's RTCRtpCapabilities.
 *
 * @param codecs what can be negotiated, the preferred one first
 * @param headerExtensions header extensions, with the direction that offers give them
 */
public record RtpCapabilities(List<RtpCodec> codecs, List<RtpHeaderExtensionCapability> headerExtensions) {
    public RtpCapabilities {
        codecs = List.copyOf(codecs);
        headerExtensions = List.copyOf(headerExtensions);
    }
}
