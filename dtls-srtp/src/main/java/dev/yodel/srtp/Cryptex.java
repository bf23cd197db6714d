package dev.yodel.srtp;

import dev.yodel.io.Bytes;
import dev.yodel.io.RtpHeader;

/**
 * Which packets are encrypted with their header extensions and CSRCs (RFC 9335 5): the word in front of the extension
 * says so. It encrypts nothing itself.
 */
final class Cryptex {
    /** What stays clear: the fixed header and the first four bytes of the extension. */
    static final int CLEAR_LENGTH = RtpHeader.FIXED_LENGTH + 4;

    // RFC 8285 4.2 and 4.3, and what they become.
    private static final int ONE_BYTE = 0xbede;
    private static final int TWO_BYTE = 0x1000;
    private static final int HIDDEN_ONE_BYTE = 0xc0de;
    private static final int HIDDEN_TWO_BYTE = 0xc2de;

    private Cryptex() {}

    /** Where the extension of a well-formed packet begins; -1 if it has none. */
    static int extension(byte[] data, int offset) {
        int first = data[offset];
        return (first & 0x10) == 0 ? -1 : offset + RtpHeader.FIXED_LENGTH + 4 * (first & 0x0f);
    }

    /** Marks an extension as encrypted; false if it is of another kind, which stays clear. */
    static boolean hide(byte[] data, int at) {
        int profile = Bytes.u16(data, at);
        if (profile != ONE_BYTE && profile != TWO_BYTE) {
            return false;
        }
        Bytes.put16(data, at, profile == ONE_BYTE ? HIDDEN_ONE_BYTE : HIDDEN_TWO_BYTE);
        return true;
    }

    static boolean isHidden(byte[] data, int at) {
        int profile = Bytes.u16(data, at);
        return profile == HIDDEN_ONE_BYTE || profile == HIDDEN_TWO_BYTE;
    }

    /** The reverse of {@link #hide}. */
    static void show(byte[] data, int at) {
        Bytes.put16(data, at, Bytes.u16(data, at) == HIDDEN_ONE_BYTE ? ONE_BYTE : TWO_BYTE);
    }
}
