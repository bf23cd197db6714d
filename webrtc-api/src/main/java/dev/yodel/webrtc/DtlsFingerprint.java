package dev.yodel.webrtc;

/**
 * W3C's RTCDtlsFingerprint: the hash of a certificate (RFC 8122).
 *
 * @param algorithm for example {@code sha-256}
 * @param value pairs of hexadecimal digits with colons between them
 */
public record DtlsFingerprint(String algorithm, String value) {}
