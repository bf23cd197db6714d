package dev.yodel.webrtc;

/** Who opens the stream of a TCP candidate (W3C RTCIceTcpCandidateType). */
public enum IceTcpCandidateType {
    /** We do. */
    ACTIVE("active"),
    /** The peer does. */
    PASSIVE("passive"),
    /** Both at the same time. */
    SO("so");

    private final String text;

    IceTcpCandidateType(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
