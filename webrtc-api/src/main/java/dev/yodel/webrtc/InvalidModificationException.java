package dev.yodel.webrtc;

/** W3C's InvalidModificationError: the object cannot be changed in this way. */
public class InvalidModificationException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public InvalidModificationException(String message) {
        super("InvalidModificationError", message);
    }
}
