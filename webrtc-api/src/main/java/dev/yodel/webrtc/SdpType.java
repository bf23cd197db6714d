package dev.yodel.webrtc;

/** The kind of a session description (W3C RTCSdpType). */
public enum SdpType {
    /** Proposes. */
    OFFER("offer"),
    /** Answers for the time being. */
    PRANSWER("pranswer"),
    /** Answers. */
    ANSWER("answer"),
    /** Takes back the offer that is under way. */
    ROLLBACK("rollback");

    private final String text;

    SdpType(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
