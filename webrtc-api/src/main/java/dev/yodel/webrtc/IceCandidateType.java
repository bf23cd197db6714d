package dev.yodel.webrtc;

/** Where a candidate comes from (W3C RTCIceCandidateType). */
public enum IceCandidateType {
    /** An address of an interface. */
    HOST("host"),
    /** What a STUN server saw. */
    SRFLX("srflx"),
    /** What the peer saw. */
    PRFLX("prflx"),
    /** An address of a TURN server. */
    RELAY("relay");

    private final String text;

    IceCandidateType(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
