package dev.yodel.sctp.packet;

import dev.yodel.io.Bytes;

/**
 * The first cause of an ABORT, for people. RFC 9260 3.3.7, 3.3.10.
 *
 * <pre>
 * | cause code 2 | cause length 2 | information |
 * </pre>
 *
 * @param code the cause's number; -1 if the peer gave none
 * @param text its name and what readable text the peer added, empty without a cause
 */
public record AbortCause(int code, String text) {
    private static final int HEADER_BYTES = 4;
    private static final int MAX_TEXT_CHARS = 200;
    private static final String[] NAMES = {
        "",
        "invalid stream identifier",
        "missing mandatory parameter",
        "stale cookie",
        "out of resource",
        "unresolvable address",
        "unrecognized chunk type",
        "invalid mandatory parameter",
        "unrecognized parameters",
        "no user data",
        "cookie received while shutting down",
        "restart with new addresses",
        "user-initiated abort",
        "protocol violation"
    };

    /** Reads the value of an ABORT chunk. What is malformed counts as no cause. */
    public static AbortCause read(byte[] value) {
        if (value.length < HEADER_BYTES) {
            return new AbortCause(-1, "");
        }
        int code = Bytes.u16(value, 0);
        int end = Math.min(value.length, Bytes.u16(value, 2));
        StringBuilder text = new StringBuilder(code < NAMES.length ? NAMES[code] : "cause " + code);
        // Only these two carry a text; the peer's bytes are shown as far as they are plain letters.
        if (code == 12 || code == 13) {
            StringBuilder said = new StringBuilder();
            for (int i = HEADER_BYTES; i < end && said.length() < MAX_TEXT_CHARS; i++) {
                if (value[i] >= ' ' && value[i] < 0x7f) {
                    said.append((char) value[i]);
                }
            }
            if (!said.isEmpty()) {
                text.append(": ").append(said);
            }
        }
        return new AbortCause(code, text.toString());
    }
}
