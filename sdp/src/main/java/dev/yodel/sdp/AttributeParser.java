package dev.yodel.sdp;

/** Which type does an {@code a=} line have? It does not know where in a description the line stands. */
final class AttributeParser {
    private AttributeParser() {}

    /**
     * Looks whether an attribute can stand in a part of a text, which is what stands behind {@code a=}, and keeps nothing
     * of it. An IllegalArgumentException if it breaks its grammar.
     */
    static void check(String text, int start, int end) {
        int nameEnd = Grammar.indexOf(':', text, start, end);
        if (nameEnd == start) {
            throw Grammar.bad("attribute name is missing or has a colon");
        }
        KnownAttribute type = KnownAttribute.of(text, start, nameEnd);
        if (type == null) {
            return;
        }
        if (nameEnd == end) {
            type.property();
        } else {
            type.check(new Cursor(text, nameEnd + 1, end));
        }
    }

    /**
     * The attribute in a part of a text; an IllegalArgumentException for what {@link #check} refuses, and for nothing
     * else.
     */
    static Attribute read(String text, int start, int end) {
        int nameEnd = Grammar.indexOf(':', text, start, end);
        KnownAttribute type = KnownAttribute.of(text, start, nameEnd);
        if (type == null) {
            return nameEnd == end
                    ? new UnknownAttribute(text.substring(start, end), null)
                    : new UnknownAttribute(text.substring(start, nameEnd), text.substring(nameEnd + 1, end));
        }
        return nameEnd == end ? type.property() : type.parse(new Cursor(text, nameEnd + 1, end));
    }
}
