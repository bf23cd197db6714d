package dev.yodel.sdp;

import java.util.List;

/**
 * A group of media sections (RFC 5888 section 5), such as {@code BUNDLE} (RFC 9143).
 *
 * @param semantics the kind of group
 * @param mids the sections' identifiers; the first offered one of a BUNDLE group suggests the address (RFC 9143
 *     section 7.2)
 */
public record Group(String semantics, List<String> mids) implements Attribute {
    /** The semantics of RFC 9143. */
    public static final String BUNDLE = "BUNDLE";

    /** Checks the tokens. */
    public Group {
        Grammar.token(semantics, "group semantics");
        mids = Words.tokens(mids, "mid");
    }

    static void check(Cursor value) {
        value.fieldToken("group semantics");
        value.checkTokens("mid");
    }

    static Group parse(Cursor value) {
        return new Group(value.field("group semantics"), value.tokens("mid"));
    }

    /**
     * Whether this is a BUNDLE group.
     *
     * @return true for RFC 9143's semantics
     */
    public boolean isBundle() {
        return semantics.equals(BUNDLE);
    }

    @Override
    public String attributeName() {
        return "group";
    }

    @Override
    public String attributeValue() {
        return mids.isEmpty() ? semantics : semantics + " " + String.join(" ", mids);
    }
}
