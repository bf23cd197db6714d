package dev.yodel.ice;

/** A candidate line does not follow the grammar of RFC 8839 section 5.1. */
public final class CandidateParseException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * With a reason.
     *
     * @param message what is wrong, without the whole line
     */
    public CandidateParseException(String message) {
        super(message);
    }
}
