package dev.yodel.sdp;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * Lines that stand behind each other in one text, kept as the text and the place of each, so that a description of very
 * many very short lines costs four bytes for each and no object until one is asked for. All are checked. Immutable.
 */
final class Lines extends AbstractList<SdpLine> implements RandomAccess {
    private final String text;
    private final int[] starts;
    private final int from;
    private final int until;

    /** Those whose numbers are {@code from} to {@code until - 1}; their owner does not change the places any more. */
    Lines(String text, int[] starts, int from, int until) {
        this.text = text;
        this.starts = starts;
        this.from = from;
        this.until = until;
    }

    /** The same lines in a text of their own. */
    static Lines of(List<SdpLine> lines) {
        StringBuilder text = new StringBuilder();
        int[] starts = new int[lines.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = text.length();
            lines.get(i).appendTo(text);
            text.append('\n');
        }
        return new Lines(text.toString(), starts, 0, starts.length);
    }

    /** Where the line that begins at a place ends: CR LF or LF do not belong to it. */
    static int end(String text, int start) {
        int lineFeed = text.indexOf('\n', start);
        int end = lineFeed < 0 ? text.length() : lineFeed;
        return end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    /** All but the first. */
    Lines tail() {
        return new Lines(text, starts, from + 1, until);
    }

    /** The first line of a type, or null. */
    @Nullable
    SdpLine first(char type) {
        for (int i = from; i < until; i++) {
            if (text.charAt(starts[i]) == type) {
                return get(i - from);
            }
        }
        return null;
    }

    @Override
    public SdpLine get(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException(index);
        }
        int start = starts[from + index];
        return new SdpLine(text, start, end(text, start));
    }

    @Override
    public int size() {
        return until - from;
    }
}
