package dev.yodel.sdp;

/**
 * The hash of a certificate (RFC 8122 section 5, RFC 8842). It compares nothing: that is the DTLS endpoint's work.
 *
 * @param algorithm the hash function as written, e.g. {@code sha-256}; not case-sensitive
 * @param digest pairs of hexadecimal digits with colons between, in either case
 */
public record Fingerprint(String algorithm, String digest) implements Attribute {
    /** Checks the grammar; whether the length fits the algorithm is {@link SdpValidator}'s question. */
    public Fingerprint {
        Grammar.token(algorithm, "hash function");
        int length = digest.length();
        if (length % 3 != 2 || length > 3 * 128) {
            throw Grammar.bad("fingerprint must be pairs of hexadecimal digits with colons between");
        }
        for (int i = 0; i < length; i++) {
            char c = digest.charAt(i);
            if (i % 3 == 2 ? c != ':' : !isHex(c)) {
                throw Grammar.bad("fingerprint must be pairs of hexadecimal digits with colons between");
            }
        }
    }

    static Fingerprint parse(Cursor value) {
        Fingerprint fingerprint = new Fingerprint(value.field("hash function"), value.field("fingerprint"));
        value.end();
        return fingerprint;
    }

    /**
     * The size of the digest.
     *
     * @return its size in bytes
     */
    public int sizeBytes() {
        return (digest.length() + 1) / 3;
    }

    /**
     * The digest as bytes.
     *
     * @return a fresh array
     */
    public byte[] bytes() {
        byte[] bytes = new byte[sizeBytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte)
                    (Character.digit(digest.charAt(3 * i), 16) * 16 + Character.digit(digest.charAt(3 * i + 1), 16));
        }
        return bytes;
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    @Override
    public String attributeName() {
        return "fingerprint";
    }

    @Override
    public String attributeValue() {
        return algorithm + " " + digest;
    }
}
