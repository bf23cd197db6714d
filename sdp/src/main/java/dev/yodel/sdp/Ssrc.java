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

    static Ssrc parse(String value) {
        int space = value.indexOf(' ');
        if (space < 0) {
            throw Grammar.bad("source attribute is missing");
        }
        int colon = value.indexOf(':', space);
        return new Ssrc(
                Grammar.number(value.substring(0, space), 0, 0xFFFF_FFFFL, "ssrc"),
                value.substring(space + 1, colon < 0 ? value.length() : colon),
                colon < 0 ? null : value.substring(colon + 1));
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
