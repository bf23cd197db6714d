package dev.yodel.sdp;

/**
 * A feedback message that may be sent (RFC 4585 section 4.2).
 *
 * @param payloadType 0 to 127, or {@link #ANY}
 * @param type the kind, e.g. {@code nack}, {@code ccm}, {@code transport-cc}
 * @param parameters what follows, e.g. {@code pli} or {@code fir}, empty for nothing; no white space at its ends
 */
public record RtcpFeedback(int payloadType, String type, String parameters) implements Attribute {
    /** Stands for {@code *}: every payload type of the section. */
    public static final int ANY = -1;

    /** Checks range and characters. */
    public RtcpFeedback {
        if (payloadType != ANY) {
            Grammar.inRange(payloadType, 0, 127, "payload type");
        }
        Grammar.word(type, "feedback type");
        Grammar.byteString(parameters, "feedback parameters");
    }

    static RtcpFeedback parse(Cursor value) {
        int payloadType = value.take("*") ? ANY : (int) value.number(0, 127, "payload type");
        return new RtcpFeedback(payloadType, value.field("feedback type"), value.joined());
    }

    /**
     * Whether this line speaks of a payload type.
     *
     * @param type 0 to 127
     * @return true for the line's own payload type and for every one if the line has {@code *}
     */
    public boolean appliesTo(int type) {
        return payloadType == ANY || payloadType == type;
    }

    @Override
    public String attributeName() {
        return "rtcp-fb";
    }

    @Override
    public String attributeValue() {
        return (payloadType == ANY ? "*" : Integer.toString(payloadType)) + " " + type
                + (parameters.isEmpty() ? "" : " " + parameters);
    }
}
