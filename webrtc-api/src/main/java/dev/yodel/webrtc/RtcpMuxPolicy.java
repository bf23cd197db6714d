package dev.yodel.webrtc;

/** Whether peers without rtcp-mux are accepted (W3C RTCRtcpMuxPolicy). */
public enum RtcpMuxPolicy {
    /** RTP and RTCP share a port, always. The only value that is supported. */
    REQUIRE("require"),
    /**
     * RTCP has a port of its own where the peer cannot share (RFC 9429 4.1.1; W3C has dropped it, browsers have not):
     * making a connection with it fails with {@link NotSupportedException}.
     */
    NEGOTIATE("negotiate");

    private final String text;

    RtcpMuxPolicy(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
