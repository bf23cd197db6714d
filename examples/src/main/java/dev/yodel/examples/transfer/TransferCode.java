package dev.yodel.examples.transfer;

import java.net.URI;
import java.security.SecureRandom;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The short code that names a transfer: eight characters that cannot be mistaken for each other, 39 bits. */
final class TransferCode {
    private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int HALF = 4;

    private TransferCode() {}

    static String fresh() {
        final SecureRandom random = new SecureRandom();
        final StringBuilder code = new StringBuilder();
        for (int i = 0; i < 2 * HALF; i++) {
            code.append(i == HALF ? "-" : "").append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return code.toString();
    }

    /** The code as it was printed, from what a person typed; null if it is none. */
    static @Nullable String parse(String typed) {
        final StringBuilder code = new StringBuilder();
        for (final char c : typed.toLowerCase(Locale.ROOT).toCharArray()) {
            if (ALPHABET.indexOf(c) >= 0) {
                code.append(code.length() == HALF ? "-" : "").append(c);
            } else if (c != '-' && c != ' ') {
                return null;
            }
        }
        return code.length() == 2 * HALF + 1 ? code.toString() : null;
    }

    /** The room in which sender and receiver meet. */
    static URI room(URI server, String code) {
        return URI.create(server.getScheme() + "://" + server.getRawAuthority() + "/file-" + code);
    }
}
