package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * An attribute that this module has no type for, kept verbatim.
 *
 * @param name the name, not empty, without colon, CR, LF or NUL
 * @param value what stands behind the colon, or null for a property attribute
 */
public record UnknownAttribute(String name, @Nullable String value) implements Attribute {
    /** Checks that the two can stand on a line of their own. */
    public UnknownAttribute {
        Grammar.byteString(name, "attribute name");
        if (name.isEmpty() || name.indexOf(':') >= 0) {
            throw Grammar.bad("attribute name is missing or has a colon");
        }
        if (value != null) {
            Grammar.byteString(value, "attribute value");
        }
    }

    @Override
    public String attributeName() {
        return name;
    }

    @Override
    public @Nullable String attributeValue() {
        return value;
    }
}
