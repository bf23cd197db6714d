package dev.yodel.sdp;

/**
 * Something in a well-formed description that must not be acted upon.
 *
 * @param lineNumber the line at fault, counted from 1 in {@link Sdp#write()}
 * @param text that line, without secrets
 * @param reason what is wrong, one phrase with the RFC section where one applies
 */
public record SdpProblem(int lineNumber, String text, String reason) {
    /** The line number, the reason and the line. */
    @Override
    public String toString() {
        return "line " + lineNumber + ": " + reason + ": " + text;
    }
}
