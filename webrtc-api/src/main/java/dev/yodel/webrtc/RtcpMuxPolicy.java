package dev.yodel.webrtc;

/** Whether peers without rtcp-mux are accepted (W3C RTCRtcpMuxPolicy). */
public enum RtcpMuxPolicy {
    /** RTP and RTCP share a port, always. The only value there is. */
    REQUIRE("require");

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
