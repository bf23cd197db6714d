package dev.yodel.srtp;

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

    static PacketCipher rtp(SrtpProfile profile, KeyDerivation keys) {
        return create(profile, keys, KeyDerivation.RTP_KEY, KeyDerivation.RTP_AUTH, KeyDerivation.RTP_SALT);
    }

    static PacketCipher rtcp(SrtpProfile profile, KeyDerivation keys) {
        return create(profile, keys, KeyDerivation.RTCP_KEY, KeyDerivation.RTCP_AUTH, KeyDerivation.RTCP_SALT);
    }

    private static PacketCipher create(SrtpProfile profile, KeyDerivation keys, int key, int auth, int salt) {
        byte[] sessionKey = keys.derive(key, profile.keyLength());
        byte[] sessionSalt = keys.derive(salt, profile.saltLength());
        return profile.isGcm()
                ? new GcmCipher(sessionKey, sessionSalt)
                : new CounterModeCipher(sessionKey, keys.derive(auth, 20), sessionSalt);
    }

    /**
     * Encrypts an RTP packet in place and puts the tag behind it.
     *
     * @param data holds the packet and room for the tag
     * @param offset first byte of the packet
     * @param headerLength fixed header, CSRCs and extension
     * @param length of the packet
     * @param ssrc of the packet
     * @param index 48 bits
     * @return the new length
     */
    abstract int sealRtp(byte[] data, int offset, int headerLength, int length, int ssrc, long index);

    /** The reverse of {@link #sealRtp}; the length without the tag, or a negative {@link SrtpResult#code()}. */
    abstract int openRtp(byte[] data, int offset, int headerLength, int length, int ssrc, long index);

    /** As {@link #sealRtp} for an RTCP compound, with a 31-bit index. */
    abstract int sealRtcp(byte[] data, int offset, int length, int ssrc, int index);

    /** The reverse of {@link #sealRtcp}; the index word is part of the given length. */
    abstract int openRtcp(byte[] data, int offset, int length, int ssrc, int index);
}
