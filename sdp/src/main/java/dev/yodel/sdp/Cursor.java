package dev.yodel.sdp;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A place in one line's text: takes words and numbers off its front without making strings of what is not kept. What
 * breaks the grammar is an IllegalArgumentException. Not for sharing between threads.
 */
final class Cursor {
    private static final char SPACE = ' ';

    /** Words that nearly every description has, so that a line of them costs no string. */
    private static final List<String> COMMON = List.of(
            "IN",
            "IP4",
            "IP6",
            "0.0.0.0",
            "audio",
            "video",
            "application",
            "UDP/TLS/RTP/SAVPF",
            "UDP/DTLS/SCTP",
            "opus",
            "rtx",
            "VP8",
            "VP9",
            "H264",
            "PCMU",
            "PCMA",
            "nack",
            "pli",
            "goog-remb",
            "transport-cc",
            "ccm",
            "fir",
            "cname",
            "msid",
            "BUNDLE",
            "FID",
            "SIM",
            "WMS",
            "trickle",
            "sha-256");

    private static final List<String> SMALL_NUMBERS =
            IntStream.range(0, 256).mapToObj(Integer::toString).toList();

    private final String text;
    private final int end;
    private int at;

    Cursor(String text, int start, int end) {
        this.text = text;
        this.at = start;
        this.end = end;
    }

    Cursor(String text) {
        this(text, 0, text.length());
    }

    private void skipSpaces() {
        while (at < end && text.charAt(at) == SPACE) {
            at++;
        }
    }

    /** Whether nothing but spaces is left. */
    boolean isAtEnd() {
        skipSpaces();
        return at == end;
    }

    /** Nothing but spaces may be left. */
    void end() {
        if (!isAtEnd()) {
            throw Grammar.bad("unexpected text after the last field");
        }
    }

    private int fieldEnd(String what) {
        if (isAtEnd()) {
            throw Grammar.bad(what + " is missing");
        }
        return Grammar.indexOf(SPACE, text, at, end);
    }

    /** The next word between spaces, however many. */
    String field(String what) {
        int until = fieldEnd(what);
        String field = string(text, at, until);
        at = until;
        return field;
    }

    /** The next word between spaces must be a token. */
    void fieldToken(String what) {
        int until = fieldEnd(what);
        Grammar.token(text, at, until, what);
        at = until;
    }

    /** The next word between spaces must be one that has no other white space in it. */
    void fieldWord(String what) {
        int until = fieldEnd(what);
        Grammar.word(text, at, until, what);
        at = until;
    }

    /** The next word between spaces as a number. */
    long number(long min, long max, String what) {
        int until = fieldEnd(what);
        long number = Grammar.number(text, at, until, min, max, what);
        at = until;
        return number;
    }

    /** Whether the next word between spaces is this one; then it is taken. */
    boolean take(String word) {
        if (isAtEnd() || !text.startsWith(word, at)) {
            return false;
        }
        int after = at + word.length();
        if (after > end || (after < end && text.charAt(after) != SPACE)) {
            return false;
        }
        at = after;
        return true;
    }

    /** Whether the next word between spaces has this in it, at its beginning or anywhere; it is not taken. */
    boolean nextHas(String part, boolean first) {
        skipSpaces();
        for (int i = at; i < end && text.charAt(i) != SPACE; i++) {
            if (text.startsWith(part, i)) {
                return true;
            }
            if (first) {
                return false;
            }
        }
        return false;
    }

    /** The next word between spaces, to be looked at further. */
    Cursor fieldCursor(String what) {
        int until = fieldEnd(what);
        Cursor field = new Cursor(text, at, until);
        at = until;
        return field;
    }

    /** All that is left, with one space between the words. */
    String joined() {
        skipSpaces();
        int last = end;
        while (last > at && text.charAt(last - 1) == SPACE) {
            last--;
        }
        int from = at;
        at = end;
        int twoSpaces = from + 1;
        while (twoSpaces < last && (text.charAt(twoSpaces) != SPACE || text.charAt(twoSpaces - 1) != SPACE)) {
            twoSpaces++;
        }
        if (twoSpaces >= last) {
            return string(text, from, last);
        }
        StringBuilder joined = new StringBuilder(last - from);
        for (int i = from; i < last; i++) {
            if (text.charAt(i) != SPACE || text.charAt(i - 1) != SPACE) {
                joined.append(text.charAt(i));
            }
        }
        return joined.toString();
    }

    /** White space, as {@link String#strip} sees it, is taken. */
    void skipWhitespace() {
        while (at < end && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** What stands before the separator, or all that is left, is taken, and the separator too. */
    void pass(char separator) {
        at = Math.min(end, Grammar.indexOf(separator, text, at, end) + 1);
    }

    /** What is left, without white space behind it, as {@link String#stripTrailing} sees it. */
    Cursor strippedTrailing() {
        int until = end;
        while (until > at && Character.isWhitespace(text.charAt(until - 1))) {
            until--;
        }
        return new Cursor(text, at, until);
    }

    /** All that is left must be a token. */
    void checkToken(String what) {
        Grammar.token(text, at, end, what);
    }

    /** All that is left must be a text without white space. */
    void checkWord(String what) {
        Grammar.word(text, at, end, what);
    }

    /** Whether all that is left are digits, one at least. */
    boolean isDigits() {
        return Grammar.isDigits(text, at, end);
    }

    /** Whether all that is left are at least and at most so many characters. */
    boolean isLength(int least, int most) {
        return end - at >= least && end - at <= most;
    }

    /** What looks at a part of a text. */
    interface Part {
        void check(String text, int start, int end);
    }

    /** Each part of what is left between separators is looked at, empty ones too; says how many there are. */
    int parts(char separator, char otherSeparator, Part part) {
        int count = 0;
        int start = at;
        for (int i = at; i <= end; i++) {
            if (i == end || text.charAt(i) == separator || text.charAt(i) == otherSeparator) {
                part.check(text, start, i);
                start = i + 1;
                count++;
            }
        }
        at = end;
        return count;
    }

    /** Whether all that is left is this. */
    boolean is(String word) {
        return end - at == word.length() && text.startsWith(word, at);
    }

    /** Whether what is left begins with this; then it is taken. */
    boolean skip(String prefix) {
        if (end - at < prefix.length() || !text.startsWith(prefix, at)) {
            return false;
        }
        at += prefix.length();
        return true;
    }

    /** What stands before the separator, or all that is left; the separator is taken too. */
    Cursor until(char separator) {
        int found = Grammar.indexOf(separator, text, at, end);
        Cursor part = new Cursor(text, at, found);
        at = Math.min(end, found + 1);
        return part;
    }

    /** As {@link #until}, as text. */
    String textUntil(char separator) {
        int found = Grammar.indexOf(separator, text, at, end);
        String part = string(text, at, found);
        at = Math.min(end, found + 1);
        return part;
    }

    /** As {@link #until}, as a number. */
    long numberUntil(char separator, long min, long max, String what) {
        int found = Grammar.indexOf(separator, text, at, end);
        long number = Grammar.number(text, at, found, min, max, what);
        at = Math.min(end, found + 1);
        return number;
    }

    /** Whether the separator stands in what is left. */
    boolean has(char separator) {
        return Grammar.indexOf(separator, text, at, end) < end;
    }

    boolean isEmpty() {
        return at == end;
    }

    /** All that is left, as it is. */
    String rest() {
        String rest = string(text, at, end);
        at = end;
        return rest;
    }

    /** All that is left is a number. */
    long restNumber(long min, long max, String what) {
        long number = Grammar.number(text, at, end, min, max, what);
        at = end;
        return number;
    }

    /** All that is left as words between spaces, each a token (RFC 8866 section 9). */
    Words tokens(String what) {
        return Words.of(text, at, end, true, what);
    }

    /** All that is left must be words between spaces, each a token. */
    void checkTokens(String what) {
        Words.check(text, at, end, true, what);
    }

    /** All that is left must be words between spaces. */
    void checkWords(String what) {
        Words.check(text, at, end, false, what);
    }

    /** All that is left as words between spaces. */
    Words words(String what) {
        return Words.of(text, at, end, false, what);
    }

    /** How many words between spaces are left. */
    int count() {
        return Words.count(text, at, end);
    }

    /** A part of a text; common words and small numbers are shared. */
    static String string(String text, int start, int end) {
        int length = end - start;
        if (length == 0) {
            return "";
        }
        if (length <= 3 && text.charAt(start) <= '9' && text.charAt(start) >= '0') {
            int number = smallNumber(text, start, end);
            return number < 0 ? text.substring(start, end) : SMALL_NUMBERS.get(number);
        }
        for (int i = 0; i < COMMON.size(); i++) {
            String common = COMMON.get(i);
            if (common.length() == length && text.startsWith(common, start)) {
                return common;
            }
        }
        return text.substring(start, end);
    }

    /** Its value if that is written so; -1 for 007, 300 and 1a. */
    private static int smallNumber(String text, int start, int end) {
        int value = 0;
        for (int i = start; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || (i == start && digit == 0 && end - start > 1)) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value < SMALL_NUMBERS.size() ? value : -1;
    }
}
