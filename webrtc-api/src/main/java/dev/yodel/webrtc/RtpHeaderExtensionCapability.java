package dev.yodel.webrtc;

import java.util.Objects;

/**
 * W3C's RTCRtpHeaderExtensionCapability.
 *
 * @param uri the name of the header extension (RFC 8285)
 * @param direction which way it is to be used; stopped for not at all
 */
public record RtpHeaderExtensionCapability(String uri, RtpTransceiverDirection direction) {
    public RtpHeaderExtensionCapability {
        Objects.requireNonNull(uri, "uri");
        Objects.requireNonNull(direction, "direction");
    }
}
