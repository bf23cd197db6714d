package dev.yodel.webrtc;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A DOMException of the W3C specifications: the local caller's mistake or a failed operation, with a message that says
 * what to do. What a peer does wrong later is a state or an event, never this exception. Subclasses carry the W3C name.
 */
public class RtcException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The W3C name, for example {@code InvalidStateError}. */
    private final String name;

    /**
     * An exception of a W3C name.
     *
     * @param name for example {@code InvalidStateError}
     * @param message what is wrong and what to do
     */
    protected RtcException(String name, String message) {
        super(message);
        this.name = name;
    }

    /**
     * The name that a browser's DOMException would have.
     *
     * @return for example {@code InvalidStateError}
     */
    public final String name() {
        return name;
    }

    /**
     * The exception behind what {@code join()} or {@code get()} threw, for a {@code catch} on the user's side.
     *
     * @param thrown what was caught; {@link CompletionException} and {@link ExecutionException} are unwrapped
     * @return the {@code RtcException} inside, or an {@link OperationException} that has the other exception as cause
     */
    public static RtcException of(Throwable thrown) {
        Throwable inner = thrown;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        if (inner instanceof RtcException) {
            return (RtcException) inner;
        }
        OperationException wrapped = new OperationException(String.valueOf(inner.getMessage()));
        wrapped.initCause(inner);
        return wrapped;
    }
}
