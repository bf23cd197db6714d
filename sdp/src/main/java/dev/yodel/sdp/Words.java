package dev.yodel.sdp;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The words of a line between its spaces, kept as the text and the place of each, so that a line of very many very short
 * words costs four bytes for each and no string until one is asked for. Immutable.
 */
final class Words extends AbstractList<String> implements RandomAccess {
    private static final char SPACE = ' ';

    private final String text;
    private final int end;
    private final int[] starts;
    private final boolean tokens;

    private Words(String text, int end, int[] starts, boolean tokens) {
        this.text = text;
        this.end = end;
        this.starts = starts;
        this.tokens = tokens;
    }

    static int count(String text, int from, int end) {
        int count = 0;
        for (int i = from; i < end; i++) {
            if (text.charAt(i) != SPACE && (i == from || text.charAt(i - 1) == SPACE)) {
                count++;
            }
        }
        return count;
    }

    /** The words of a part of a text, each checked. */
    static Words of(String text, int from, int end, boolean tokens, String what) {
        check(text, from, end, tokens, what);
        int[] starts = new int[count(text, from, end)];
        int found = 0;
        for (int i = from; i < end; i++) {
            if (text.charAt(i) != SPACE && (i == from || text.charAt(i - 1) == SPACE)) {
                starts[found++] = i;
            }
        }
        return new Words(text, end, starts, tokens);
    }

    /** Throws unless all words of a part of a text are such. */
    static void check(String text, int from, int end, boolean tokens, String what) {
        for (int i = from; i < end; i++) {
            if (text.charAt(i) != SPACE && (i == from || text.charAt(i - 1) == SPACE)) {
                int until = Grammar.indexOf(SPACE, text, i, end);
                if (tokens) {
                    Grammar.token(text, i, until, what);
                } else {
                    Grammar.word(text, i, until, what);
                }
            }
        }
    }

    /** A list that cannot change and whose words are tokens. */
    static List<String> tokens(List<String> words, String what) {
        if (words instanceof Words checked && checked.tokens) {
            return checked;
        }
        words.forEach(word -> Grammar.token(word, what));
        return List.copyOf(words);
    }

    /** A list that cannot change and whose words have no white space in them. */
    static List<String> words(List<String> words, String what) {
        if (words instanceof Words) {
            return words;
        }
        words.forEach(word -> Grammar.word(word, what));
        return List.copyOf(words);
    }

    @Override
    public String get(int index) {
        int start = starts[index];
        return Cursor.string(text, start, Grammar.indexOf(SPACE, text, start, end));
    }

    @Override
    public int size() {
        return starts.length;
    }

    @Override
    public int indexOf(@Nullable Object word) {
        if (word instanceof String sought) {
            for (int i = 0; i < starts.length; i++) {
                int length = Grammar.indexOf(SPACE, text, starts[i], end) - starts[i];
                if (length == sought.length() && text.startsWith(sought, starts[i])) {
                    return i;
                }
            }
        }
        return -1;
    }

    @Override
    public boolean contains(@Nullable Object word) {
        return indexOf(word) >= 0;
    }
}
