package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import java.nio.charset.StandardCharsets;

/** The causes that ABORT and ERROR chunks carry, as bytes. RFC 9260 3.3.10. */
public final class ErrorCause {
    public static final int INVALID_STREAM = 1;
    public static final int OUT_OF_RESOURCE = 4;
    public static final int UNRECOGNIZED_CHUNK = 6;
    public static final int UNRECOGNIZED_PARAMETERS = 8;
    public static final int USER_ABORT = 12;
    public static final int PROTOCOL_VIOLATION = 13;

    private static final int HEADER_BYTES = 4;
    private static final int MAX_TEXT_BYTES = 200;

    private ErrorCause() {}

    /** A cause with a text for people, cut to 200 bytes. */
    public static byte[] text(int code, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(MAX_TEXT_BYTES, utf8.length);
        return header(code, length).put(utf8, 0, length).array();
    }

    /** A cause that quotes what it is about. */
    public static byte[] quote(int code, byte[] quoted) {
        return header(code, quoted.length).put(quoted).array();
    }

    /** The complaint about a stream that there cannot be. RFC 9260 3.3.10.1. */
    public static byte[] invalidStream(int streamId) {
        return header(INVALID_STREAM, 4).put16(streamId).put16(0).array();
    }

    private static ByteWriter header(int code, int length) {
        return new ByteWriter(HEADER_BYTES + length).put16(code).put16(HEADER_BYTES + length);
    }
}
