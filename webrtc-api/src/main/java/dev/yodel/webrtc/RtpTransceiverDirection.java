package dev.yodel.webrtc;

/** Which way media is to flow through a transceiver (W3C RTCRtpTransceiverDirection). */
public enum RtpTransceiverDirection {
    /** Both ways. */
    SENDRECV("sendrecv"),
    /** We send. */
    SENDONLY("sendonly"),
    /** We receive. */
    RECVONLY("recvonly"),
    /** Neither. */
    INACTIVE("inactive"),
    /** Never again. */
    STOPPED("stopped");

    private final String text;

    RtpTransceiverDirection(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
