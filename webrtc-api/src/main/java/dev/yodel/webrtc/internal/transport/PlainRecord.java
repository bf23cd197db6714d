package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * What a datagram's first record says before there are keys (RFC 6347 4.1, 4.2.2). Nobody has signed it: it may only decide
 * which association is to read it.
 */
final class PlainRecord {
    static final int CLIENT_HELLO = 1;
    static final int SERVER_HELLO = 2;

    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int MESSAGE_AT = 13;
    /** Behind the message's type and its length. */
    private static final int MESSAGE_NUMBER_AT = MESSAGE_AT + 4;

    private static final int FRAGMENT_OFFSET_AT = MESSAGE_NUMBER_AT + 2;
    /** Behind the headers of record and message, and the version. */
    private static final int RANDOM_AT = MESSAGE_AT + 12 + 2;

    private static final int RANDOM_BYTES = 32;

    private PlainRecord() {}

    /** Whether the record belongs to a handshake: its epoch, behind type and version, is 0. */
    static boolean isIn(byte[] data, int offset, int length) {
        return length > 4 && data[offset + 3] == 0 && data[offset + 4] == 0;
    }

    static boolean isAlert(byte[] data, int offset, int length) {
        return isIn(data, offset, length) && data[offset] == ALERT;
    }

    /** The beginning of a hello whose message number is 0; its fragment offset is 0 too. */
    static boolean isHello(int type, byte[] data, int offset, int length) {
        return length >= RANDOM_AT + RANDOM_BYTES
                && data[offset] == HANDSHAKE
                && data[offset + MESSAGE_AT] == type
                && Bytes.u16(data, offset + MESSAGE_NUMBER_AT) == 0
                && Bytes.u24(data, offset + FRAGMENT_OFFSET_AT) == 0;
    }

    /** The random of a hello. */
    static byte[] randomOf(byte[] data, int offset) {
        return Arrays.copyOfRange(data, offset + RANDOM_AT, offset + RANDOM_AT + RANDOM_BYTES);
    }
}
