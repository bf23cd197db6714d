package dev.yodel.webrtc;

/** W3C's InvalidAccessError: the object does not support the operation or the argument. */
public class InvalidAccessException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public InvalidAccessException(String message) {
        super("InvalidAccessError", message);
    }
}
