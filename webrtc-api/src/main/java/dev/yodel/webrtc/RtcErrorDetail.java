package dev.yodel.webrtc;

/** What went wrong inside the media or transport (W3C RTCErrorDetailType). */
public enum RtcErrorDetail {
    /** A data channel failed. */
    DATA_CHANNEL_FAILURE("data-channel-failure"),
    /** The DTLS handshake failed or a fatal alert came. */
    DTLS_FAILURE("dtls-failure"),
    /** No fingerprint matched the peer's certificate. */
    FINGERPRINT_FAILURE("fingerprint-failure"),
    /** The SCTP association was aborted. */
    SCTP_FAILURE("sctp-failure"),
    /** A description does not follow the grammar. */
    SDP_SYNTAX_ERROR("sdp-syntax-error"),
    /** There is no such encoder. */
    HARDWARE_ENCODER_NOT_AVAILABLE("hardware-encoder-not-available"),
    /** The encoder failed. */
    HARDWARE_ENCODER_ERROR("hardware-encoder-error");

    private final String text;

    RtcErrorDetail(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
