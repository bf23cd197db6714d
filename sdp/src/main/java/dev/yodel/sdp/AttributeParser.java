package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/** Which type does an {@code a=} line have? It does not know where in a description the line stands. */
final class AttributeParser {
    private AttributeParser() {}

    /**
     * The attribute in a part of a text, which is what stands behind {@code a=}; null for one that has no type of its own
     * ({@link #unknown}). An IllegalArgumentException if a known one breaks its grammar.
     */
    static @Nullable Attribute known(String text, int start, int end) {
        int nameEnd = Grammar.indexOf(':', text, start, end);
        if (nameEnd == start) {
            throw Grammar.bad("attribute name is missing or has a colon");
        }
        KnownAttribute type = KnownAttribute.of(text, start, nameEnd);
        if (type == null) {
            return null;
        }
        if (nameEnd == end) {
            return type.property();
        }
        return type.parse(new Cursor(text, nameEnd + 1, end));
    }

    /** The attribute without a type that stands in a part of a text. */
    static UnknownAttribute unknown(String text, int start, int end) {
        int colon = Grammar.indexOf(':', text, start, end);
        return colon == end
                ? new UnknownAttribute(text.substring(start, end), null)
                : new UnknownAttribute(text.substring(start, colon), text.substring(colon + 1, end));
    }
}
