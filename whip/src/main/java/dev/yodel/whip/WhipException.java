package dev.yodel.whip;

/**
 * A request that was refused, by an endpoint of ours or by the server that a client talks to. The message says why,
 * in words that may be shown to whoever asked.
 */
public final class WhipException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * A refusal.
     *
     * @param status the HTTP status, 400 to 599; 0 if there was no answer
     * @param message why, without secrets
     */
    public WhipException(int status, String message) {
        super(message);
        this.status = status;
    }

    /**
     * A failure with a cause.
     *
     * @param status the HTTP status; 0 if there was no answer
     * @param message why, without secrets
     * @param cause what happened
     */
    public WhipException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /**
     * The HTTP status.
     *
     * @return 400 to 599; 0 if there was no answer
     */
    public int status() {
        return status;
    }
}
