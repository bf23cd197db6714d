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

    /** Whether a fragment is read: no first lines, and attributes only. */
    private final boolean fragment;

    /** The lines of the level that is being read. */
    private final List<SdpLine> lines;

    private final List<MediaSection> media = new ArrayList<>();
    private List<SdpLine> sessionLines = List.of();
    private @Nullable Origin origin;
    private boolean hasTiming;

    private @Nullable MediaLine mediaLine;
    private int lineNumber;

    private SdpParser(int lineCount, boolean fragment) {
        this.lines = new ArrayList<>(lineCount);
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
        SdpParser parser = new SdpParser(countLines(text), false);
        parser.readLines(text);
        return parser.finish();
    }

    /** Reads a fragment of a description, which may be empty. */
    static SdpFragment parseFragment(String text) throws SdpParseException {
        SdpParser parser = new SdpParser(countLines(text), true);
        parser.readLines(text);
        parser.endLevel();
        return new SdpFragment(parser.sessionLines, parser.media);
    }

    private static int countLines(String text) {
        int count = 1;
        for (int at = text.indexOf('\n'); at >= 0 && count < MAX_LINES; at = text.indexOf('\n', at + 1)) {
            count++;
        }
        return count;
    }

    private void readLines(String text) throws SdpParseException {
        if (text.length() > MAX_CHARS) {
            throw new SdpParseException(1, "", "the description is longer than " + MAX_CHARS + " characters");
        }
        int start = 0;
        boolean ended = false;
        while (start < text.length()) {
            int lineFeed = text.indexOf('\n', start);
            int next = lineFeed < 0 ? text.length() : lineFeed + 1;
            int end = lineFeed < 0 ? text.length() : lineFeed;
            if (end > start && text.charAt(end - 1) == '\r') {
                end--;
            }
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
                readLine(text, start, end);
            }
            start = next;
        }
    }

    private void readLine(String text, int start, int end) throws SdpParseException {
        try {
            if (end - start < 2 || text.charAt(start + 1) != '=') {
                throw Grammar.bad("a line must begin with a letter and an equals sign");
            }
            SdpLine line = line(text, start, end);
            if (expectsFirstLine()) {
                readFirst(line);
            } else if (line.type() == 'm') {
                beginMedia(line);
            } else {
                readOther(line);
            }
        } catch (IllegalArgumentException e) {
            String reason = e.getMessage();
            throw new SdpParseException(
                    lineNumber, text.substring(start, end), reason == null ? "the line breaks the grammar" : reason);
        }
    }

    /** The line, if one of its type can stand here. */
    private SdpLine line(String text, int start, int end) {
        char type = text.charAt(start);
        if (expectsFirstLine()) {
            char expected = FIRST_LINES.charAt(lines.size());
            if (type != expected) {
                throw Grammar.bad("expected the line " + expected + "=");
            }
        } else if (fragment && type != 'm' && type != 'a') {
            throw Grammar.bad("a fragment has attributes and media lines only");
        } else if (type != 'm' && (mediaLine != null ? MEDIA_LINES : SESSION_LINES).indexOf(type) < 0) {
            throw Grammar.bad("a line of this type cannot stand here");
        }
        return SdpLine.of(text, start, end);
    }

    private boolean expectsFirstLine() {
        return !fragment && mediaLine == null && lines.size() < FIRST_LINES.length();
    }

    private void readFirst(SdpLine line) {
        if (line.type() == 'v' && !line.cursor().is("0")) {
            throw Grammar.bad("version must be 0");
        }
        if (line.type() == 'o') {
            origin = Origin.parse(line.cursor());
        }
        lines.add(line);
    }

    private void readOther(SdpLine line) {
        switch (line.type()) {
            case 'c' -> Connection.parse(line.cursor());
            case 'b' -> checkBandwidth(line.cursor());
            case 't' -> checkTiming(line.cursor());
            default -> {
                // Typed attributes have been checked; the other types have no grammar that WebRTC relies on.
            }
        }
        hasTiming |= line.type() == 't';
        lines.add(line);
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

    private void beginMedia(SdpLine line) {
        endLevel();
        if (media.size() == MAX_MEDIA_SECTIONS) {
            throw Grammar.bad("the description has more than " + MAX_MEDIA_SECTIONS + " media sections");
        }
        // The media line is read at once, so that a fault in it is reported with its own line number.
        mediaLine = MediaLine.parse(line);
    }

    private void endLevel() {
        if (mediaLine != null) {
            media.add(new MediaSection(mediaLine, lines));
        } else {
            sessionLines = List.copyOf(lines);
        }
        lines.clear();
    }

    private Sdp finish() throws SdpParseException {
        if (expectsFirstLine() || origin == null) {
            throw new SdpParseException(
                    lineNumber + 1,
                    "",
                    "the description ends before the line "
                            + FIRST_LINES.charAt(Math.min(lines.size(), FIRST_LINES.length() - 1)) + "=");
        }
        if (!hasTiming) {
            throw new SdpParseException(lineNumber + 1, "", "the description has no line t=");
        }
        endLevel();
        return new Sdp(sessionLines, origin, media);
    }
}
