package dev.yodel.webrtc;

import java.util.List;

/**
 * W3C's RTCRtpCapabilities.
 *
 * @param codecs what can be negotiated, the preferred one first
 * @param headerExtensions URIs of header extensions
 */
public record RtpCapabilities(List<RtpCodec> codecs, List<String> headerExtensions) {
    public RtpCapabilities {
        codecs = List.copyOf(codecs);
        headerExtensions = List.copyOf(headerExtensions);
    }
}
