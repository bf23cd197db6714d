package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtcpParameters.
 *
 * @param cname the RTCP name of the sender (RFC 3550 6.5.1); null in the parameters of a receiver
 * @param reducedSize whether RTCP may be of reduced size (RFC 5506)
 */
public record RtcpParameters(@Nullable String cname, boolean reducedSize) {}
