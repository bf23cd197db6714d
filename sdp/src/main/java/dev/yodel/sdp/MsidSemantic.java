package dev.yodel.sdp;

import java.util.List;

/**
 * The msid semantic line of older implementations ({@code WMS}); RFC 8830 gives it no meaning any more.
 *
 * @param semantic the semantic
 * @param ids stream identifiers, or {@code *}
 */
public record MsidSemantic(String semantic, List<String> ids) implements Attribute {
    /** Checks that all are words. */
    public MsidSemantic {
        Grammar.word(semantic, "msid semantic");
        ids = Words.words(ids, "msid identifier");
    }

    static MsidSemantic parse(Cursor value) {
        return new MsidSemantic(value.field("msid semantic"), value.words("msid identifier"));
    }

    @Override
    public String attributeName() {
        return "msid-semantic";
    }

    @Override
    public String attributeValue() {
        return ids.isEmpty() ? semantic : semantic + " " + String.join(" ", ids);
    }
}
