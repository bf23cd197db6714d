package dev.yodel.srtp;

import org.jspecify.annotations.Nullable;

/**
 * A protection profile of the DTLS use_srtp extension (RFC 5764 4.1.2, RFC 7714 14.2). It does not choose between
 * profiles: that is the DTLS handshake's business. Immutable.
 */
public enum SrtpProfile {
    /** AES-128 counter mode with an 80-bit HMAC-SHA1 tag, for RTP and RTCP alike. */
    AES_CM_128_HMAC_SHA1_80(0x0001, 16, 14, 10),
    /** AES-128 Galois/counter mode with a 128-bit tag. */
    AEAD_AES_128_GCM(0x0007, 16, 12, 16),
    /** AES-256 Galois/counter mode with a 128-bit tag. */
    AEAD_AES_256_GCM(0x0008, 32, 12, 16);

    private final int id;
    private final int keyLength;
    private final int saltLength;
    private final int tagLength;

    SrtpProfile(int id, int keyLength, int saltLength, int tagLength) {
        this.id = id;
        this.keyLength = keyLength;
        this.saltLength = saltLength;
        this.tagLength = tagLength;
    }

    /**
     * The number in the use_srtp extension.
     *
     * @return the IANA value, 16 bits
     */
    public int id() {
        return id;
    }

    /**
     * Length of one master key.
     *
     * @return bytes
     */
    public int keyLength() {
        return keyLength;
    }

    /**
     * Length of one master salt.
     *
     * @return bytes
     */
    public int saltLength() {
        return saltLength;
    }

    /**
     * Length of the authentication tag.
     *
     * @return bytes
     */
    public int tagLength() {
        return tagLength;
    }

    /**
     * How many bytes the DTLS exporter gives for this profile: two keys and two salts (RFC 5764 4.2).
     *
     * @return bytes
     */
    public int keyingMaterialLength() {
        return 2 * (keyLength + saltLength);
    }

    /**
     * By how much {@link SrtpSession#protectRtp} makes a packet longer.
     *
     * @return bytes
     */
    public int rtpOverhead() {
        return tagLength;
    }

    /**
     * By how much {@link SrtpSession#protectRtcp} makes a packet longer: the tag and the index word.
     *
     * @return bytes
     */
    public int rtcpOverhead() {
        return tagLength + 4;
    }

    /**
     * The profile with a number.
     *
     * @param id the value of the use_srtp extension, 0 to 65535
     * @return the profile, or null for one that we do not speak
     */
    public static @Nullable SrtpProfile ofId(int id) {
        for (SrtpProfile profile : values()) {
            if (profile.id == id) {
                return profile;
            }
        }
        return null;
    }

    boolean isGcm() {
        return this != AES_CM_128_HMAC_SHA1_80;
    }
}
