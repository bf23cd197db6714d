package dev.yodel.sdp;

/** A description that does not follow the grammar; says which line, what stands there and what is wrong with it. */
public final class SdpParseException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_CHARS = 200;

    private final int lineNumber;
    private final String text;
    private final String reason;

    SdpParseException(int lineNumber, String text, String reason) {
        super("line " + lineNumber + ": " + reason + ": " + shown(text));
        this.lineNumber = lineNumber;
        this.text = text;
        this.reason = reason;
    }

    /**
     * The line at fault.
     *
     * @return its number, counted from 1
     */
    public int lineNumber() {
        return lineNumber;
    }

    /**
     * The text of the line at fault as it was received; empty when the description ended too early.
     *
     * @return the line without its end
     */
    public String text() {
        return text;
    }

    /**
     * What is wrong with the line.
     *
     * @return one phrase
     */
    public String reason() {
        return reason;
    }

    /** Secrets (ice-pwd) and control characters stay out of messages, which end up in logs. */
    static String shown(String text) {
        if (text.startsWith("a=ice-pwd")) {
            return "a=ice-pwd (not shown)";
        }
        if (text.startsWith("a=crypto") || text.startsWith("k=")) {
            return text.substring(0, 2) + " (not shown)";
        }
        StringBuilder shown = new StringBuilder();
        int end = Math.min(text.length(), SHOWN_CHARS);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? '?' : c);
        }
        return end < text.length() ? shown.append("...").toString() : shown.toString();
    }
}
