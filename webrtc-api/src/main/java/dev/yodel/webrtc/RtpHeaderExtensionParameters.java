package dev.yodel.webrtc;

/**
 * W3C's RTCRtpHeaderExtensionParameters: a header extension under its negotiated number (RFC 8285).
 *
 * @param uri its name
 * @param id 1 to 255
 * @param encrypted whether it is encrypted by itself (RFC 6904), which nobody does
 */
public record RtpHeaderExtensionParameters(String uri, int id, boolean encrypted) {}
