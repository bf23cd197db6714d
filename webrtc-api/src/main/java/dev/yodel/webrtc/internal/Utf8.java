package dev.yodel.webrtc.internal;

import java.nio.charset.StandardCharsets;

/** Texts as USVStrings (Web IDL 3.2.13): half a surrogate pair becomes U+FFFD before it is encoded. Stateless. */
final class Utf8 {
    private Utf8() {}

    static byte[] bytes(String text) {
        return scalar(text).getBytes(StandardCharsets.UTF_8);
    }

    /** The text with every lone surrogate replaced. */
    static String scalar(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    return replaced(text);
                }
            }
        }
        return text;
    }

    private static String replaced(String text) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(point -> result.appendCodePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point));
        return result.toString();
    }
}
