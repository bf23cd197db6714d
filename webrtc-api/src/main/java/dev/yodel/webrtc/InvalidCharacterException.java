package dev.yodel.webrtc;

/** W3C's InvalidCharacterError: a text has a character that is not allowed there. */
public class InvalidCharacterException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception.
     *
     * @param message what is wrong and what to do
     */
    public InvalidCharacterException(String message) {
        super("InvalidCharacterError", message);
    }
}
