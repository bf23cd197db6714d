package dev.yodel.webrtc;

/** Where the exchange of descriptions stands (W3C RTCSignalingState). */
public enum SignalingState {
    /** No exchange is under way. */
    STABLE("stable"),
    /** Our offer waits for an answer. */
    HAVE_LOCAL_OFFER("have-local-offer"),
    /** A remote offer waits for our answer. */
    HAVE_REMOTE_OFFER("have-remote-offer"),
    /** Our provisional answer is set. */
    HAVE_LOCAL_PRANSWER("have-local-pranswer"),
    /** A remote provisional answer is set. */
    HAVE_REMOTE_PRANSWER("have-remote-pranswer"),
    /** The connection is closed. */
    CLOSED("closed");

    private final String text;

    SignalingState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
