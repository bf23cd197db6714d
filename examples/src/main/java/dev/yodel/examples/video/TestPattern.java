package dev.yodel.examples.video;

import java.util.OptionalLong;

/**
 * Colour bars with a moving block and the time burnt in twice: as figures for people, and as a strip of 40 black or
 * white blocks at the top, which are the milliseconds since 1970 modulo 2^32, highest bit first, and a check byte. So
 * whoever gets a picture can tell how old it is. One thread asks.
 */
public final class TestPattern implements PictureSource {
    private static final int BITS = 40;
    private static final int BLACK = 16;
    private static final int WHITE = 235;
    private static final int GREY = 128;
    /** Yellow, cyan, green, magenta, red, blue: luma, blue and red difference. */
    private static final int[][] BARS = {
        {210, 16, 146}, {170, 166, 16}, {145, 54, 34}, {106, 202, 222}, {81, 90, 240}, {41, 240, 110}
    };
    /** Seven segments of each figure, from the top clockwise, the middle last. */
    private static final int[] SEGMENTS = {0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f};

    private final int width;
    private final int height;

    /**
     * A pattern.
     *
     * @param width pixels, a multiple of 40 and even
     * @param height pixels, even, at least 120
     */
    public TestPattern(int width, int height) {
        if (width % BITS != 0 || width % 2 != 0 || height % 2 != 0 || height < 120) {
            throw new IllegalArgumentException(width + " x " + height + " is no size for the pattern");
        }
        this.width = width;
        this.height = height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public void next(Picture into) {
        paint(into, System.currentTimeMillis());
    }

    /** Paints the picture of a moment. */
    static void paint(Picture into, long millis) {
        final int width = into.width();
        final int height = into.height();
        final int block = width / BITS;
        final int bar = (width + BARS.length - 1) / BARS.length;
        for (int i = 0; i < BARS.length; i++) {
            into.fill(i * bar, block, bar, height, BARS[i][0], BARS[i][1], BARS[i][2]);
        }
        final int side = Math.max(16, height / 8);
        final int x = ((int) (millis / 8 % (width - side))) & ~1;
        into.fill(x, (height - side - 8) & ~1, side, side, WHITE, GREY, GREY);
        paintStrip(into, millis & 0xffff_ffffL, block);
        paintFigures(into, millis);
    }

    private static void paintStrip(Picture into, long value, int block) {
        final long bits = (value << 8) | check(value);
        for (int i = 0; i < BITS; i++) {
            final boolean set = ((bits >> (BITS - 1 - i)) & 1) != 0;
            into.fill(i * block, 0, block, block, set ? WHITE : BLACK, GREY, GREY);
        }
    }

    private static long check(long value) {
        return ((value >> 24) ^ (value >> 16) ^ (value >> 8) ^ value ^ 0xa5) & 0xff;
    }

    private static void paintFigures(Picture into, long millis) {
        final long ofDay = Math.floorMod(millis, 86_400_000L);
        final String text = String.format(
                "%02d %02d %02d %03d", ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1_000 % 60, ofDay % 1_000);
        final int cell = (into.width() / (text.length() + 2)) & ~1;
        final int top = (into.height() / 3) & ~1;
        into.fill(cell / 2, top - 8, cell * (text.length() + 1), cell * 2 + 8, BLACK, GREY, GREY);
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != ' ') {
                paintFigure(into, text.charAt(i) - '0', cell * (i + 1), top, cell * 3 / 4);
            }
        }
    }

    private static void paintFigure(Picture into, int figure, int left, int top, int size) {
        final int thick = Math.max(2, size / 6);
        final int[][] places = {
            {0, 0, size, thick},
            {size - thick, 0, thick, size},
            {size - thick, size, thick, size},
            {0, 2 * size - thick, size, thick},
            {0, size, thick, size},
            {0, 0, thick, size},
            {0, size - thick / 2, size, thick}
        };
        for (int i = 0; i < places.length; i++) {
            if (((SEGMENTS[figure] >> i) & 1) != 0) {
                into.fill(left + places[i][0], top + places[i][1], places[i][2], places[i][3], WHITE, GREY, GREY);
            }
        }
    }

    /**
     * Reads the strip.
     *
     * @param picture that somebody decoded
     * @return milliseconds since 1970 modulo 2^32; empty if there is no strip, or a damaged one
     */
    public static OptionalLong read(Picture picture) {
        final int block = picture.width() / BITS;
        long bits = 0;
        for (int i = 0; i < BITS; i++) {
            bits = (bits << 1) | (picture.luma(i * block + block / 2, block / 2) > GREY ? 1 : 0);
        }
        final long value = bits >> 8;
        return (bits & 0xff) == check(value) ? OptionalLong.of(value) : OptionalLong.empty();
    }
}
