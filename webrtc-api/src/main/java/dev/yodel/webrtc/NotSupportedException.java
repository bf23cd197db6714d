package dev.yodel.webrtc;

/** W3C's NotSupportedError: the operation is not supported here. */
public class NotSupportedException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public NotSupportedException(String message) {
        super("NotSupportedError", message);
    }
}
