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

    private final List<SdpLine> sessionLines = new ArrayList<>();
    private final List<MediaSection> media = new ArrayList<>();
    private @Nullable Origin origin;
    private boolean hasTiming;

    private @Nullable SdpLine mediaLine;
    private List<SdpLine> mediaLines = new ArrayList<>();
    private int lineNumber;

    private SdpParser() {}

    /**
     * Reads a description.
     *
     * @param text lines ended by CR LF or by LF alone; the last one may lack its end
     * @return the description
     * @throws SdpParseException if the text breaks the grammar or a limit; nothing else is thrown
     */
    public static Sdp parse(String text) throws SdpParseException {
        return new SdpParser().read(text);
    }

    private Sdp read(String text) throws SdpParseException {
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
        return finish();
    }

    private void readLine(String text, int start, int end) throws SdpParseException {
        try {
            if (end - start < 2 || text.charAt(start + 1) != '=') {
                throw Grammar.bad("a line must begin with a letter and an equals sign");
            }
            char type = text.charAt(start);
            String value = text.substring(start + 2, end);
            if (sessionLines.size() < FIRST_LINES.length()) {
                readFirst(type, value);
            } else if (type == 'm') {
                beginMedia(value);
            } else {
                readOther(type, value);
            }
        } catch (IllegalArgumentException e) {
            String reason = e.getMessage();
            throw new SdpParseException(
                    lineNumber, text.substring(start, end), reason == null ? "the line breaks the grammar" : reason);
        }
    }

    private void readFirst(char type, String value) {
        char expected = FIRST_LINES.charAt(sessionLines.size());
        if (type != expected) {
            throw Grammar.bad("expected the line " + expected + "=");
        }
        if (type == 'v' && !value.equals("0")) {
            throw Grammar.bad("version must be 0");
        }
        if (type == 'o') {
            origin = Origin.parse(value);
        }
        sessionLines.add(SdpLine.of(type, value));
    }

    private void readOther(char type, String value) {
        boolean inMedia = mediaLine != null;
        if ((inMedia ? MEDIA_LINES : SESSION_LINES).indexOf(type) < 0) {
            throw Grammar.bad("a line of this type cannot stand here");
        }
        switch (type) {
            case 'c' -> Connection.parse(value);
            case 'b' -> checkBandwidth(value);
            case 't' -> checkTiming(value);
            default -> {
                // Typed attributes are checked below; the other types have no grammar that WebRTC relies on.
            }
        }
        hasTiming |= type == 't';
        (inMedia ? mediaLines : sessionLines).add(SdpLine.of(type, value));
    }

    private static void checkBandwidth(String value) {
        int colon = value.indexOf(':');
        if (colon < 0) {
            throw Grammar.bad("bandwidth must have a type, a colon and a number");
        }
        Grammar.token(value.substring(0, colon), "bandwidth type");
        Grammar.number(value.substring(colon + 1), 0, Long.MAX_VALUE, "bandwidth");
    }

    private static void checkTiming(String value) {
        List<String> fields = Grammar.fields(value);
        Grammar.noMoreThan(fields, 2);
        Grammar.number(Grammar.field(fields, 0, "start time"), 0, Long.MAX_VALUE, "start time");
        Grammar.number(Grammar.field(fields, 1, "stop time"), 0, Long.MAX_VALUE, "stop time");
    }

    private void beginMedia(String value) {
        endMedia();
        if (media.size() == MAX_MEDIA_SECTIONS) {
            throw Grammar.bad("the description has more than " + MAX_MEDIA_SECTIONS + " media sections");
        }
        SdpLine line = SdpLine.of('m', value);
        // The media line is checked at once, so that a fault in it is reported with its own line number.
        new MediaSection(line, List.of());
        mediaLine = line;
    }

    private void endMedia() {
        if (mediaLine != null) {
            media.add(new MediaSection(mediaLine, mediaLines));
            mediaLine = null;
            mediaLines = new ArrayList<>();
        }
    }

    private Sdp finish() throws SdpParseException {
        if (sessionLines.size() < FIRST_LINES.length() || origin == null) {
            throw new SdpParseException(
                    lineNumber + 1,
                    "",
                    "the description ends before the line "
                            + FIRST_LINES.charAt(Math.min(sessionLines.size(), FIRST_LINES.length() - 1)) + "=");
        }
        if (!hasTiming) {
            throw new SdpParseException(lineNumber + 1, "", "the description has no line t=");
        }
        endMedia();
        return new Sdp(sessionLines, origin, media);
    }
}
