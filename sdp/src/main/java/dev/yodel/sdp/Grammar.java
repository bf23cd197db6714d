package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;

/**
 * The terminals of RFC 8866 section 9, each as one linear scan. A violation is an IllegalArgumentException, which the
 * parser turns into an {@link SdpParseException} and which a builder's caller gets as it is.
 */
final class Grammar {
    private Grammar() {}

    static IllegalArgumentException bad(String reason) {
        return new IllegalArgumentException(reason);
    }

    /** A decimal number without sign in {@code min..max}; at most 19 digits after leading zeros are looked at. */
    static long number(String text, int start, int end, long min, long max, String what) {
        if (start == end) {
            throw bad(what + " is missing");
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw bad(what + " must be a decimal number");
            }
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw bad(what + " must be " + min + " to " + max);
            }
            value = value * 10 + digit;
        }
        return inRange(value, min, max, what);
    }

    static long inRange(long value, long min, long max, String what) {
        if (value < min || value > max) {
            throw bad(what + " must be " + min + " to " + max);
        }
        return value;
    }

    static int payloadType(String text) {
        return (int) number(text, 0, text.length(), 0, 127, "payload type");
    }

    static boolean isDigits(String text) {
        return isDigits(text, 0, text.length());
    }

    static boolean isDigits(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return end > start;
    }

    static boolean isAlphaNumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    /** RFC 8866 section 9, token-char. */
    static boolean isTokenChar(char c) {
        return isAlphaNumeric(c) || (c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]".indexOf(c) < 0);
    }

    static String token(String text, String what) {
        token(text, 0, text.length(), what);
        return text;
    }

    static void token(String text, int start, int end, String what) {
        if (start == end) {
            throw bad(what + " is missing");
        }
        for (int i = start; i < end; i++) {
            if (!isTokenChar(text.charAt(i))) {
                throw bad(what + " must be a token");
            }
        }
    }

    /** Text without white space or control characters, not empty: what stands between two spaces of a line. */
    static String word(String text, String what) {
        word(text, 0, text.length(), what);
        return text;
    }

    static void word(String text, int start, int end, String what) {
        if (start == end) {
            throw bad(what + " is missing");
        }
        for (int i = start; i < end; i++) {
            if (text.charAt(i) <= ' ') {
                throw bad(what + " must not contain white space");
            }
        }
    }

    /** RFC 8866 section 9, byte-string: anything but NUL, CR and LF. */
    static String byteString(String text, String what) {
        byteString(text, 0, text.length(), what);
        return text;
    }

    static void byteString(String text, int start, int end, String what) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw bad(what + " must not contain CR, LF or NUL");
            }
        }
    }

    /**
     * Where a character stands first in a part of a text, the part's end if nowhere. {@link String#indexOf(int, int)}
     * would go on to the end of the text, and as many times as there are parts.
     */
    static int indexOf(char c, String text, int start, int end) {
        int i = start;
        while (i < end && text.charAt(i) != c) {
            i++;
        }
        return i;
    }

    /** The parts between single separators; n separators give n + 1 parts, empty ones included. */
    static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
            parts.add(text.substring(start, end));
            start = end + 1;
        }
        parts.add(text.substring(start));
        return parts;
    }
}
