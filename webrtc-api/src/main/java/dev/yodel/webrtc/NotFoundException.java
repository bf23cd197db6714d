package dev.yodel.webrtc;

/** W3C's NotFoundError: what the call names is not there. */
public class NotFoundException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public NotFoundException(String message) {
        super("NotFoundError", message);
    }
}
