package dev.yodel.ice;

import dev.yodel.io.RandomSource;

/**
 * One side's user fragment and password (RFC 8445 section 5.3, RFC 8839 section 5.4). Never prints its password.
 *
 * @param ufrag 4 to 256 characters: letters, digits, + and /
 * @param password 22 to 256 characters of the same kind
 */
public record IceCredentials(String ufrag, String password) {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int UFRAG_LENGTH = 8;
    private static final int PASSWORD_LENGTH = 24;

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if a length or a character is not allowed
     */
    public IceCredentials {
        check("ice-ufrag", ufrag, 4);
        check("ice-pwd", password, 22);
    }

    /**
     * Fresh credentials: 48 bits of ufrag, 144 bits of password (RFC 8445 section 5.3 asks for 24 and 128).
     *
     * @param random where the bits come from
     * @return new credentials
     */
    public static IceCredentials generate(RandomSource random) {
        return new IceCredentials(text(random, UFRAG_LENGTH), text(random, PASSWORD_LENGTH));
    }

    private static String text(RandomSource random, int length) {
        byte[] bits = random.bytes(length);
        StringBuilder text = new StringBuilder(length);
        for (byte b : bits) {
            text.append(ALPHABET.charAt(b & 63));
        }
        return text.toString();
    }

    private static void check(String name, String value, int least) {
        if (value.length() < least || value.length() > 256) {
            throw new IllegalArgumentException(
                    name + " must have " + least + " to 256 characters, has " + value.length());
        }
        for (int i = 0; i < value.length(); i++) {
            // Some peers use = and - too: RFC 8839 does not allow them, and they do no harm.
            if (ALPHABET.indexOf(value.charAt(i)) < 0 && "=-_.".indexOf(value.charAt(i)) < 0) {
                throw new IllegalArgumentException(name + " may hold letters, digits, + and / only");
            }
        }
    }

    @Override
    public String toString() {
        return "IceCredentials[" + ufrag + "]";
    }
}
