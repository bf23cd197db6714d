package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * The stream a section's track belongs to (RFC 8830 section 2).
 *
 * @param streamId the stream's identifier, {@code -} for none
 * @param trackId the track's identifier (the RFC's appdata), or null
 */
public record Msid(String streamId, @Nullable String trackId) implements Attribute {
    /** The stream identifier of a track that is in no stream. */
    public static final String NO_STREAM = "-";

    /** Checks that both are words. */
    public Msid {
        Grammar.word(streamId, "msid identifier");
        if (trackId != null) {
            Grammar.word(trackId, "msid appdata");
        }
    }

    static void check(Cursor value) {
        value.fieldWord("msid identifier");
        if (!value.isAtEnd()) {
            value.fieldWord("msid appdata");
        }
        value.end();
    }

    static Msid parse(Cursor value) {
        Msid msid = new Msid(value.field("msid identifier"), value.isAtEnd() ? null : value.field("msid appdata"));
        value.end();
        return msid;
    }

    @Override
    public String attributeName() {
        return "msid";
    }

    @Override
    public String attributeValue() {
        return trackId == null ? streamId : streamId + " " + trackId;
    }
}
