package dev.yodel.webrtc;

/** W3C's RangeError: a number is outside of its range. */
public class RangeException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public RangeException(String message) {
        super("RangeError", message);
    }
}
