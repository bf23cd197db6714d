package dev.yodel.webrtc;

/** What an ICE transport carries (W3C RTCIceComponent); with rtcp-mux always RTP. */
public enum IceComponent {
    /** RTP, and RTCP with it. */
    RTP("rtp"),
    /** RTCP alone. */
    RTCP("rtcp");

    private final String text;

    IceComponent(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
