package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/** One line of a description: its exact text and, for {@code a=} lines, what it means. Immutable. */
public final class SdpLine {
    private final char type;
    private final String value;
    private final @Nullable Attribute attribute;

    private SdpLine(char type, String value, @Nullable Attribute attribute) {
        this.type = type;
        this.value = Grammar.byteString(value, "line");
        this.attribute = attribute;
    }

    /**
     * The line for an attribute.
     *
     * @param attribute the attribute
     * @return its {@code a=} line
     * @throws IllegalArgumentException if the text would not be read back as the same attribute (such as an
     *     {@link UnknownAttribute} that bears the name of a known one)
     */
    public static SdpLine of(Attribute attribute) {
        String text = attribute.text();
        Attribute read = AttributeParser.parse(text);
        if (!read.equals(attribute)) {
            throw Grammar.bad(
                    "the attribute would be read back as another one: " + SdpParseException.shown("a=" + text));
        }
        return new SdpLine('a', text, attribute);
    }

    /**
     * A line from its text.
     *
     * @param type the letter before the equals sign, {@code a} to {@code z}
     * @param value the text behind it
     * @return the line, with its attribute if it is an {@code a=} line
     * @throws IllegalArgumentException if the text breaks the grammar
     */
    public static SdpLine of(char type, String value) {
        if (type < 'a' || type > 'z') {
            throw Grammar.bad("line type must be a small letter");
        }
        return new SdpLine(type, value, type == 'a' ? AttributeParser.parse(value) : null);
    }

    /**
     * The letter before the equals sign.
     *
     * @return {@code a} to {@code z}
     */
    public char type() {
        return type;
    }

    /**
     * The text behind the equals sign.
     *
     * @return it as it was received, or as it will be sent
     */
    public String value() {
        return value;
    }

    /**
     * What an {@code a=} line means.
     *
     * @return the typed attribute, or null for a line of another type
     */
    public @Nullable Attribute attribute() {
        return attribute;
    }

    /**
     * The line as it is written.
     *
     * @return letter, equals sign and value, without a line end
     */
    public String text() {
        return type + "=" + value;
    }

    /** Two lines are equal if their texts are, letter for letter. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SdpLine that && type == that.type && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return 31 * type + value.hashCode();
    }

    /** The line without secrets, for logs. */
    @Override
    public String toString() {
        return SdpParseException.shown(text());
    }
}
