package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * A header extension and its local identifier (RFC 8285 section 8).
 *
 * @param id 1 to 14 and 16 to 255, or 4096 to 4351 (an offer's placeholder, RFC 8285 section 7)
 * @param direction the direction the extension is limited to, or null
 * @param uri the extension's name, no white space
 * @param attributes what follows the name, empty for nothing
 */
public record Extmap(int id, @Nullable Direction direction, String uri, String attributes) implements Attribute {
    /** Checks ranges and characters. */
    public Extmap {
        if ((id < 1 || id > 255 || id == 15) && (id < 4096 || id > 4351)) {
            throw Grammar.bad("extmap id must be 1 to 14, 16 to 255 or 4096 to 4351");
        }
        Grammar.word(uri, "extension name");
        Grammar.byteString(attributes, "extension attributes");
    }

    static Extmap parse(String value) {
        String[] idAndRest = Grammar.firstWord(value);
        int slash = idAndRest[0].indexOf('/');
        Direction direction = slash < 0 ? null : Direction.of(idAndRest[0].substring(slash + 1));
        if (slash >= 0 && direction == null) {
            throw Grammar.bad("extmap direction must be sendrecv, sendonly, recvonly or inactive");
        }
        String number = slash < 0 ? idAndRest[0] : idAndRest[0].substring(0, slash);
        String[] uriAndAttributes = Grammar.firstWord(idAndRest[1]);
        return new Extmap(
                (int) Grammar.number(number, 1, 4351, "extmap id"),
                direction,
                uriAndAttributes[0],
                uriAndAttributes[1]);
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
