package dev.yodel.media.sframe;

/** How frames are encrypted (RFC 9605 4.5, table 1). Both sides must be told the same one. */
public enum SFrameCipherSuite {
    /** AES-128 in counter mode, HMAC-SHA256 cut to 80 bits. */
    AES_128_CTR_HMAC_SHA256_80(1, "HmacSHA256", 16, 32, 10),
    /** AES-128 in counter mode, HMAC-SHA256 cut to 64 bits. */
    AES_128_CTR_HMAC_SHA256_64(2, "HmacSHA256", 16, 32, 8),
    /** AES-128 in counter mode, HMAC-SHA256 cut to 32 bits: only where forgeries are hard to try (RFC 9605 7.5). */
    AES_128_CTR_HMAC_SHA256_32(3, "HmacSHA256", 16, 32, 4),
    /** AES-128 in Galois/counter mode. */
    AES_128_GCM_SHA256_128(4, "HmacSHA256", 16, 0, 16),
    /** AES-256 in Galois/counter mode, keys derived by SHA-512. */
    AES_256_GCM_SHA512_128(5, "HmacSHA512", 32, 0, 16);

    final int id;
    /** Of key derivation and, in counter mode, of the tag. */
    final String mac;

    final int encryptionKeyBytes;
    final int authenticationKeyBytes;
    final int tagBytes;

    SFrameCipherSuite(int id, String mac, int encryptionKeyBytes, int authenticationKeyBytes, int tagBytes) {
        this.id = id;
        this.mac = mac;
        this.encryptionKeyBytes = encryptionKeyBytes;
        this.authenticationKeyBytes = authenticationKeyBytes;
        this.tagBytes = tagBytes;
    }

    boolean isGcm() {
        return authenticationKeyBytes == 0;
    }

    /**
     * How much longer a frame becomes at the most: header and tag.
     *
     * @return bytes
     */
    public int maxOverhead() {
        return SFrameHeader.MAX_LENGTH + tagBytes;
    }
}
