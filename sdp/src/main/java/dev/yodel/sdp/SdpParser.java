package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text to lines to {@link Sdp}, in one pass whose time and memory are linear in the text (RFC 8866 section 9).
 *
 * <p>Bounds: {@link #MAX_CHARS}, {@link #MAX_LINE_CHARS}, {@link #MAX_LINES} and {@link #MAX_MEDIA_SECTIONS}. Lines end
 * with CR LF or LF; empty lines are taken at the very end only. {@code v=}, {@code o=} and {@code s=} must be the first
 * three lines and a {@code t=} line must follow; the order of the others is not enforced, since peers get it wrong.
 */
public final class SdpParser {
    /** The longest text that is read: 1 Mi characters. */
    public static final int MAX_CHARS = 1 << 20;

    /** The longest line that is read: 64 Ki characters, its end not counted. */
    public static final int MAX_LINE_CHARS = 1 << 16;

    /** The greatest number of lines that is read. */
    public static final int MAX_LINES = 1 << 15;

    /** The greatest number of media sections that is read. */
    public static final int MAX_MEDIA_SECTIONS = 256;

    private static final String FIRST_LINES = "vos";
    private static final String SESSION_LINES = "iuepcbtrzka";
    private static final String MEDIA_LINES = "icbka";

    /** Attributes are checked by their names; the other types have no grammar that WebRTC relies on. */
    private static final String CHECKED_HERE = "vocbtm";

    /** Whether a fragment is read: no first lines, and attributes only. */
    private final boolean fragment;

    private final String text;
    /** Where each line begins that has been read. */
    private final int[] starts;

    private final List<MediaSection> media = new ArrayList<>();
    private @Nullable Lines sessionLines;
    private @Nullable Origin origin;
    private boolean hasTiming;

    /** How many lines have been read. */
    private int count;
    /** How many of them are those of levels that are over. */
    private int levelStart;
    /** Counts empty lines too. */
    private int lineNumber;

    private SdpParser(String text, boolean fragment) {
        this.text = text;
        this.starts = new int[text.length() > MAX_CHARS ? 0 : countLines(text)];
        this.fragment = fragment;
    }

    /**
     * Reads a description.
     *
     * @param text lines ended by CR LF or by LF alone; the last one may lack its end
     * @return the description
     * @throws SdpParseException if the text breaks the grammar or a limit; nothing else is thrown
     */
    public static Sdp parse(String text) throws SdpParseException {
        SdpParser parser = new SdpParser(text, false);
        parser.readLines();
        return parser.finish();
    }

    /** Reads a fragment of a description, which may be empty. */
    static SdpFragment parseFragment(String text) throws SdpParseException {
        SdpParser parser = new SdpParser(text, true);
        parser.readLines();
        return new SdpFragment(parser.endLevel(), parser.media);
    }

    private static int countLines(String text) {
        int count = 1;
        for (int at = text.indexOf('\n'); at >= 0 && count < MAX_LINES; at = text.indexOf('\n', at + 1)) {
            count++;
        }
        return count;
    }

    private void readLines() throws SdpParseException {
        if (text.length() > MAX_CHARS) {
            throw new SdpParseException(1, "", "the description is longer than " + MAX_CHARS + " characters");
        }
        int start = 0;
        boolean ended = false;
        while (start < text.length()) {
            int end = Lines.end(text, start);
            lineNumber++;
            if (lineNumber > MAX_LINES) {
                throw new SdpParseException(lineNumber, "", "the description has more than " + MAX_LINES + " lines");
            }
            if (end - start > MAX_LINE_CHARS) {
                throw new SdpParseException(
                        lineNumber,
                        text.substring(start, start + 80),
                        "the line is longer than " + MAX_LINE_CHARS + " characters");
            }
            if (ended && end > start) {
                throw new SdpParseException(lineNumber - 1, "", "empty line");
            }
            ended = end == start;
            if (!ended) {
                readLine(start, end);
            }
            int lineFeed = text.indexOf('\n', end);
            start = lineFeed < 0 ? text.length() : lineFeed + 1;
        }
    }

    private void readLine(int start, int end) throws SdpParseException {
        try {
            if (end - start < 2 || text.charAt(start + 1) != '=') {
                throw Grammar.bad("a line must begin with a letter and an equals sign");
            }
            char type = text.charAt(start);
            checkPlace(type);
            SdpLine.check(text, start, end);
            if (type == 'm') {
                beginMedia();
            }
            if (CHECKED_HERE.indexOf(type) >= 0) {
                checkValue(type, new Cursor(text, start + 2, end));
            }
            starts[count++] = start;
        } catch (IllegalArgumentException e) {
            String reason = e.getMessage();
            throw new SdpParseException(
                    lineNumber, text.substring(start, end), reason == null ? "the line breaks the grammar" : reason);
        }
    }

    /** Throws unless a line of this type can stand here. */
    private void checkPlace(char type) {
        if (expectsFirstLine()) {
            char expected = FIRST_LINES.charAt(count);
            if (type != expected) {
                throw Grammar.bad("expected the line " + expected + "=");
            }
        } else if (fragment && type != 'm' && type != 'a') {
            throw Grammar.bad("a fragment has attributes and media lines only");
        } else if (type != 'm' && (sessionLines != null ? MEDIA_LINES : SESSION_LINES).indexOf(type) < 0) {
            throw Grammar.bad("a line of this type cannot stand here");
        }
    }

    private boolean expectsFirstLine() {
        return !fragment && count < FIRST_LINES.length();
    }

    private void checkValue(char type, Cursor value) {
        switch (type) {
            case 'v' -> {
                if (!value.is("0")) {
                    throw Grammar.bad("version must be 0");
                }
            }
            case 'o' -> origin = Origin.parse(value);
            case 'c' -> Connection.check(value);
            case 'b' -> checkBandwidth(value);
            case 't' -> {
                checkTiming(value);
                hasTiming = true;
            }
            default -> MediaLine.check(value);
        }
    }

    private static void checkBandwidth(Cursor value) {
        if (!value.has(':')) {
            throw Grammar.bad("bandwidth must have a type, a colon and a number");
        }
        value.until(':').checkToken("bandwidth type");
        value.restNumber(0, Long.MAX_VALUE, "bandwidth");
    }

    private static void checkTiming(Cursor value) {
        value.number(0, Long.MAX_VALUE, "start time");
        value.number(0, Long.MAX_VALUE, "stop time");
        value.end();
    }

    private void beginMedia() {
        endLevel();
        if (media.size() == MAX_MEDIA_SECTIONS) {
            throw Grammar.bad("the description has more than " + MAX_MEDIA_SECTIONS + " media sections");
        }
    }

    /** The lines before the first section, which are over when this is called. */
    private Lines endLevel() {
        Lines session = sessionLines;
        Lines level = new Lines(text, starts, levelStart, count);
        levelStart = count;
        if (session == null) {
            sessionLines = level;
            return level;
        }
        media.add(new MediaSection(level));
        return session;
    }

    private Sdp finish() throws SdpParseException {
        Origin who = origin;
        if (expectsFirstLine() || who == null) {
            throw new SdpParseException(
                    lineNumber + 1,
                    "",
                    "the description ends before the line "
                            + FIRST_LINES.charAt(Math.min(count, FIRST_LINES.length() - 1)) + "=");
        }
        if (!hasTiming) {
            throw new SdpParseException(lineNumber + 1, "", "the description has no line t=");
        }
        return new Sdp(endLevel(), who, media);
    }
}
