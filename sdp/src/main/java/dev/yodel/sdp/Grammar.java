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
    static long number(String text, long min, long max, String what) {
        int length = text.length();
        if (length == 0) {
            throw bad(what + " is missing");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
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

    static int port(String text) {
        return (int) number(text, 0, 65535, "port");
    }

    static int payloadType(String text) {
        return (int) number(text, 0, 127, "payload type");
    }

    static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static boolean isAlphaNumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    /** RFC 8866 section 9, token-char. */
    static boolean isTokenChar(char c) {
        return isAlphaNumeric(c) || (c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]".indexOf(c) < 0);
    }

    static String token(String text, String what) {
        if (text.isEmpty()) {
            throw bad(what + " is missing");
        }
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenChar(text.charAt(i))) {
                throw bad(what + " must be a token");
            }
        }
        return text;
    }

    /** Text without white space or control characters, not empty: what stands between two spaces of a line. */
    static String word(String text, String what) {
        if (text.isEmpty()) {
            throw bad(what + " is missing");
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ') {
                throw bad(what + " must not contain white space");
            }
        }
        return text;
    }

    static List<String> words(List<String> texts, String what) {
        for (String text : texts) {
            word(text, what);
        }
        return List.copyOf(texts);
    }

    /** RFC 8866 section 9, byte-string: anything but NUL, CR and LF. */
    static String byteString(String text, String what) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw bad(what + " must not contain CR, LF or NUL");
            }
        }
        return text;
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

    /** The words of a line, however many spaces stand between, before or after them. */
    static List<String> fields(String text) {
        List<String> fields = new ArrayList<>(4);
        int length = text.length();
        int i = 0;
        while (i < length) {
            while (i < length && text.charAt(i) == ' ') {
                i++;
            }
            int start = i;
            while (i < length && text.charAt(i) != ' ') {
                i++;
            }
            if (i > start) {
                fields.add(text.substring(start, i));
            }
        }
        return fields;
    }

    static String field(List<String> fields, int index, String what) {
        if (index >= fields.size()) {
            throw bad(what + " is missing");
        }
        return fields.get(index);
    }

    static void noMoreThan(List<String> fields, int count) {
        if (fields.size() > count) {
            throw bad("unexpected text after the last field");
        }
    }

    /** The first word and the rest without the one space between them; the rest is empty when there is none. */
    static String[] firstWord(String text) {
        int space = text.indexOf(' ');
        return space < 0 ? new String[] {text, ""} : new String[] {text.substring(0, space), text.substring(space + 1)};
    }
}
