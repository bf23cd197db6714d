package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * A property of one RTP source (RFC 5576 section 4.1).
 *
 * @param ssrc 0 to 2^32-1
 * @param attribute the property's name, e.g. {@code cname} or {@code msid}
 * @param attributeText the property's value, or null
 */
public record Ssrc(long ssrc, String attribute, @Nullable String attributeText) implements Attribute {
    /** Checks range and characters. */
    public Ssrc {
        Grammar.inRange(ssrc, 0, 0xFFFF_FFFFL, "ssrc");
        Grammar.token(attribute, "source attribute");
        if (attributeText != null) {
            Grammar.byteString(attributeText, "source attribute value");
        }
    }

    static void check(Cursor value) {
        value.numberUntil(' ', 0, 0xFFFF_FFFFL, "ssrc");
        value.until(':').checkToken("source attribute");
    }

    static Ssrc parse(Cursor value) {
        long ssrc = value.numberUntil(' ', 0, 0xFFFF_FFFFL, "ssrc");
        boolean hasText = value.has(':');
        return new Ssrc(ssrc, value.textUntil(':'), hasText ? value.rest() : null);
    }

    @Override
    public String attributeName() {
        return "ssrc";
    }

    @Override
    public String attributeValue() {
        return ssrc + " " + attribute + (attributeText == null ? "" : ":" + attributeText);
    }
}
