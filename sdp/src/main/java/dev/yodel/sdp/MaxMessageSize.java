package dev.yodel.sdp;

/**
 * The largest SCTP user message the writer of the description takes (RFC 8841 section 6).
 *
 * @param sizeBytes 0 (any size) to 2^63-1
 */
public record MaxMessageSize(long sizeBytes) implements Attribute {
    /** Checks the range. */
    public MaxMessageSize {
        Grammar.inRange(sizeBytes, 0, Long.MAX_VALUE, "max-message-size");
    }

    static MaxMessageSize parse(Cursor value) {
        return new MaxMessageSize(value.restNumber(0, Long.MAX_VALUE, "max-message-size"));
    }

    @Override
    public String attributeName() {
        return "max-message-size";
    }

    @Override
    public String attributeValue() {
        return Long.toString(sizeBytes);
    }
}
