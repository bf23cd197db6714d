package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * One line of a description: its exact text and, for {@code a=} lines, what it means. Immutable; usable from any thread.
 *
 * <p>A line that was read keeps the text of the whole description alive instead of a copy of its part.
 */
public final class SdpLine {
    /** Letter, equals sign and value stand in it from start to end. */
    private final String source;

    private final int start;
    private final int end;
    /** A line that {@link #check} has let through. */
    SdpLine(String source, int start, int end) {
        this.source = source;
        this.start = start;
        this.end = end;
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
        SdpLine line = of('a', attribute.text());
        if (!attribute.equals(line.attribute())) {
            throw Grammar.bad("the attribute would be read back as another one: " + line);
        }
        return line;
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
        String source = type + "=" + value;
        check(source, 0, source.length());
        return new SdpLine(source, 0, source.length());
    }

    /** Throws unless a line can stand in a part of a text; the part has a letter and an equals sign. */
    static void check(String source, int start, int end) {
        char type = source.charAt(start);
        if (type < 'a' || type > 'z') {
            throw Grammar.bad("line type must be a small letter");
        }
        if (type == 'a') {
            AttributeParser.check(source, start + 2, end);
        }
        Grammar.byteString(source, start, end, "line");
    }

    /**
     * The letter before the equals sign.
     *
     * @return {@code a} to {@code z}
     */
    public char type() {
        return source.charAt(start);
    }

    /**
     * The text behind the equals sign.
     *
     * @return it as it was received, or as it will be sent
     */
    public String value() {
        return source.substring(start + 2, end);
    }

    /** The text behind the equals sign, to be read. */
    Cursor cursor() {
        return new Cursor(source, start + 2, end);
    }

    /**
     * What an {@code a=} line means, made anew for each who asks; {@link Attributes} keeps what it has made.
     *
     * @return the typed attribute, or null for a line of another type
     */
    public @Nullable Attribute attribute() {
        return type() == 'a' ? AttributeParser.read(source, start + 2, end) : null;
    }

    /**
     * The line as it is written.
     *
     * @return letter, equals sign and value, without a line end
     */
    public String text() {
        return source.substring(start, end);
    }

    void appendTo(StringBuilder out) {
        out.append(source, start, end);
    }

    /** Two lines are equal if their texts are, letter for letter. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SdpLine that
                && end - start == that.end - that.start
                && source.regionMatches(start, that.source, that.start, end - start);
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + source.charAt(i);
        }
        return hash;
    }

    /** The line without secrets, for logs. */
    @Override
    public String toString() {
        return SdpParseException.shown(text());
    }
}
