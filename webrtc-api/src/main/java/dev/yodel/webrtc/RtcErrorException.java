package dev.yodel.webrtc;

/** An {@link RtcError} thrown or inside a failed future: a description with a wrong line, for example. */
public class RtcErrorException extends RtcException {
    private static final long serialVersionUID = 1L;

    /** What failed. */
    private final transient RtcError error;

    /**
     * An exception for an error.
     *
     * @param error what failed
     */
    public RtcErrorException(RtcError error) {
        super("OperationError", error.message());
        this.error = error;
    }

    /**
     * The details.
     *
     * @return the error
     */
    public RtcError error() {
        return error;
    }
}
