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
        ids = Grammar.words(ids, "msid identifier");
    }

    static MsidSemantic parse(String value) {
        List<String> fields = Grammar.fields(value);
        String semantic = Grammar.field(fields, 0, "msid semantic");
        return new MsidSemantic(semantic, fields.subList(1, fields.size()));
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
