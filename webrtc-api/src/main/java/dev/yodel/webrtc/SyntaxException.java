package dev.yodel.webrtc;

/** W3C's SyntaxError: a string does not follow its grammar. */
public class SyntaxException extends RtcException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception with words.
     *
     * @param message what is wrong and what to do
     */
    public SyntaxException(String message) {
        super("SyntaxError", message);
    }
}
