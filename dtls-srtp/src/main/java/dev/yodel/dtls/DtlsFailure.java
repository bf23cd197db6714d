package dev.yodel.dtls;

/** Why an endpoint failed. */
public enum DtlsFailure {
    /** The peer's certificate matches no fingerprint of its description (RFC 8122 5). */
    FINGERPRINT_MISMATCH,
    /** No SRTP protection profile in common although one is required (RFC 5764 4.1). */
    NO_SRTP_PROFILE,
    /** The handshake broke a rule, offered nothing acceptable or carried a wrong signature; we sent an alert. */
    HANDSHAKE_FAILED,
    /** The peer sent a fatal alert. */
    ALERT_RECEIVED,
    /** The handshake did not end before its deadline. */
    TIMED_OUT,
    /** More handshakes wait for silent peers than may, and this peer was silent longest. */
    OVERLOADED,
    /** A fault of our own. */
    INTERNAL
}
