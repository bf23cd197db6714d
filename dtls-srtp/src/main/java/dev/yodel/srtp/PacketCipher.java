package dev.yodel.srtp;

import dev.yodel.io.Bytes;
import dev.yodel.io.RtpHeader;

/**
 * The keys of one direction and one kind of packet (RTP or RTCP), and what is done with them. It knows nothing of
 * indices, replay or SSRC tables. A failed {@code open} leaves the packet as it was. Not thread-safe: it reuses its
 * ciphers and scratch arrays.
 */
abstract class PacketCipher {
    /** The E bit of the SRTCP index word. */
    static final int ENCRYPTED = 0x8000_0000;

    /** RTCP bytes that stay clear: the first header and the sender's SSRC. */
    static final int RTCP_CLEAR = 8;

    static PacketCipher rtp(SrtpProfile profile, KeyDerivation keys, SrtpScratch scratch) {
        return create(profile, keys, KeyDerivation.RTP_KEY, KeyDerivation.RTP_AUTH, KeyDerivation.RTP_SALT, scratch);
    }

    static PacketCipher rtcp(SrtpProfile profile, KeyDerivation keys, SrtpScratch scratch) {
        return create(profile, keys, KeyDerivation.RTCP_KEY, KeyDerivation.RTCP_AUTH, KeyDerivation.RTCP_SALT, scratch);
    }

    private static PacketCipher create(
            SrtpProfile profile, KeyDerivation keys, int key, int auth, int salt, SrtpScratch scratch) {
        byte[] sessionKey = keys.derive(key, profile.keyLength());
        byte[] sessionSalt = keys.derive(salt, profile.saltLength());
        return profile.isGcm()
                ? new GcmCipher(sessionKey, sessionSalt, scratch)
                : new CounterModeCipher(sessionKey, keys.derive(auth, 20), sessionSalt, scratch);
    }

    /**
     * Encrypts an RTP packet in place and puts the tag behind it.
     *
     * @param data holds the packet and room for the tag
     * @param offset first byte of the packet
     * @param clearLength what is not encrypted: fixed header, CSRCs and extension; with Cryptex the fixed header and
     *     the first four bytes of the extension
     * @param hiddenCsrcs bytes of CSRCs that are encrypted too, 0 without Cryptex; they stand before the extension
     * @param length of the packet
     * @param ssrc of the packet
     * @param index 48 bits
     * @return the new length
     */
    abstract int sealRtp(byte[] data, int offset, int clearLength, int hiddenCsrcs, int length, int ssrc, long index);

    /** The reverse of {@link #sealRtp}; the length without the tag, or a negative {@link SrtpResult#code()}. */
    abstract int openRtp(byte[] data, int offset, int clearLength, int hiddenCsrcs, int length, int ssrc, long index);

    /**
     * RFC 9335 6.2: moves the first four bytes of the extension in front of the CSRCs, so that what is encrypted is
     * in one piece.
     */
    static void join(byte[] data, int offset, int csrcBytes) {
        if (csrcBytes > 0) {
            int at = offset + RtpHeader.FIXED_LENGTH;
            int extension = Bytes.i32(data, at + csrcBytes);
            System.arraycopy(data, at, data, at + 4, csrcBytes);
            Bytes.put32(data, at, extension);
        }
    }

    /** The reverse of {@link #join}. */
    static void part(byte[] data, int offset, int csrcBytes) {
        if (csrcBytes > 0) {
            int at = offset + RtpHeader.FIXED_LENGTH;
            int extension = Bytes.i32(data, at);
            System.arraycopy(data, at + 4, data, at, csrcBytes);
            Bytes.put32(data, at + csrcBytes, extension);
        }
    }

    /** As {@link #sealRtp} for an RTCP compound, with a 31-bit index. */
    abstract int sealRtcp(byte[] data, int offset, int length, int ssrc, int index);

    /** The reverse of {@link #sealRtcp}; the index word is part of the given length. */
    abstract int openRtcp(byte[] data, int offset, int length, int ssrc, int index);
}
