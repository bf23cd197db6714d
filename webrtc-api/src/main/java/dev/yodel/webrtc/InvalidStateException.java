package dev.yodel.webrtc;

/** W3C's InvalidStateError: the object is in a state that does not allow the call. */
public class InvalidStateException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public InvalidStateException(String message) {
        super("InvalidStateError", message);
    }
}
