package dev.yodel.webrtc;

/** W3C's OperationError: the operation failed for a reason that only its words tell. */
public class OperationException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public OperationException(String message) {
        super("OperationError", message);
    }
}
