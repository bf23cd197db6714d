package dev.yodel.ice.stun;

import java.util.zip.CRC32;

/** The FINGERPRINT attribute: tells STUN from other protocols on one port (RFC 8489 section 14.7). No protection. */
public final class StunFingerprint {
    private static final int XOR = 0x5354554e;

    private StunFingerprint() {}

    /**
     * The attribute's value.
     *
     * @param message a message whose header length already counts the attribute
     * @param offset first byte
     * @param length count of bytes before the attribute
     * @return CRC-32 xor 0x5354554e
     */
    public static int of(byte[] message, int offset, int length) {
        CRC32 crc = new CRC32();
        crc.update(message, offset, length);
        return (int) crc.getValue() ^ XOR;
    }
}
