package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * A header extension and its local identifier (RFC 8285 section 8).
 *
 * @param id 1 to 255, 15 only with two-byte headers, or 4096 to 4351 (an offer's placeholder, RFC 8285 section 7)
 * @param direction the direction the extension is limited to, or null
 * @param uri the extension's name, no white space
 * @param attributes what follows the name, empty for nothing
 */
public record Extmap(int id, @Nullable Direction direction, String uri, String attributes) implements Attribute {
    /** Checks ranges and characters. */
    public Extmap {
        checkId(id);
        Grammar.word(uri, "extension name");
        Grammar.byteString(attributes, "extension attributes");
    }

    static void check(Cursor value) {
        Cursor first = value.until(' ');
        boolean directed = first.has('/');
        checkId(first.numberUntil('/', 1, 4351, "extmap id"));
        if (directed && !Direction.isName(first)) {
            throw Grammar.bad("extmap direction must be sendrecv, sendonly, recvonly or inactive");
        }
        value.until(' ').checkWord("extension name");
    }

    private static void checkId(long id) {
        if ((id < 1 || id > 255) && (id < 4096 || id > 4351)) {
            throw Grammar.bad("extmap id must be 1 to 255 or 4096 to 4351");
        }
    }

    static Extmap parse(Cursor value) {
        Cursor first = value.until(' ');
        boolean directed = first.has('/');
        int id = (int) first.numberUntil('/', 1, 4351, "extmap id");
        Direction direction = directed ? Direction.of(first.rest()) : null;
        if (directed && direction == null) {
            throw Grammar.bad("extmap direction must be sendrecv, sendonly, recvonly or inactive");
        }
        return new Extmap(id, direction, value.textUntil(' '), value.rest());
    }

    @Override
    public String attributeName() {
        return "extmap";
    }

    @Override
    public String attributeValue() {
        return id + (direction == null ? "" : "/" + direction.attributeName()) + " " + uri
                + (attributes.isEmpty() ? "" : " " + attributes);
    }
}
