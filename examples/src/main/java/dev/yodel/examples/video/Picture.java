package dev.yodel.examples.video;

import java.awt.image.BufferedImage;

/**
 * One picture as encoders want it: I420, the luma plane first, then two chroma planes of half the size. Not
 * thread-safe.
 */
public final class Picture {
    private final int width;
    private final int height;
    private final byte[] planes;

    /**
     * A green picture.
     *
     * @param width pixels, even
     * @param height pixels, even
     */
    public Picture(int width, int height) {
        if (width < 2 || height < 2 || width % 2 != 0 || height % 2 != 0 || width > 8192 || height > 8192) {
            throw new IllegalArgumentException("sizes are even and up to 8192, not " + width + " x " + height);
        }
        this.width = width;
        this.height = height;
        this.planes = new byte[width * height * 3 / 2];
    }

    /**
     * The width.
     *
     * @return pixels
     */
    public int width() {
        return width;
    }

    /**
     * The height.
     *
     * @return pixels
     */
    public int height() {
        return height;
    }

    /**
     * All planes, one behind the other without gaps.
     *
     * @return the picture's own
     */
    public byte[] planes() {
        return planes;
    }

    int luma(int x, int y) {
        return planes[y * width + x] & 0xff;
    }

    /** Fills an upright rectangle, cut at the edges; chroma as good as half the resolution allows. */
    void fill(int left, int top, int columns, int rows, int luma, int blue, int red) {
        final int right = Math.min(width, left + columns);
        final int bottom = Math.min(height, top + rows);
        final int chroma = width * height;
        final int quarter = chroma / 4;
        for (int y = Math.max(0, top); y < bottom; y++) {
            for (int x = Math.max(0, left); x < right; x++) {
                planes[y * width + x] = (byte) luma;
                final int at = chroma + y / 2 * (width / 2) + x / 2;
                planes[at] = (byte) blue;
                planes[at + quarter] = (byte) red;
            }
        }
    }

    /** Takes over an image of the same size (BT.601, limited range). */
    void set(BufferedImage image) {
        final int[] row = new int[width];
        final int chroma = width * height;
        final int quarter = chroma / 4;
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                final int r = (row[x] >> 16) & 0xff;
                final int g = (row[x] >> 8) & 0xff;
                final int b = row[x] & 0xff;
                planes[y * width + x] = (byte) (((66 * r + 129 * g + 25 * b + 128) >> 8) + 16);
                if ((x & 1) == 0 && (y & 1) == 0) {
                    final int at = chroma + y / 2 * (width / 2) + x / 2;
                    planes[at] = (byte) (((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128);
                    planes[at + quarter] = (byte) (((112 * r - 94 * g - 18 * b + 128) >> 8) + 128);
                }
            }
        }
    }

    /**
     * Makes it an image for the screen.
     *
     * @param into an image of the same size
     */
    public void copyTo(BufferedImage into) {
        final int[] row = new int[width];
        final int chroma = width * height;
        final int quarter = chroma / 4;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                final int luma = 298 * (luma(x, y) - 16) + 128;
                final int at = chroma + y / 2 * (width / 2) + x / 2;
                final int blue = (planes[at] & 0xff) - 128;
                final int red = (planes[at + quarter] & 0xff) - 128;
                row[x] = (clip(luma + 409 * red) << 16)
                        | (clip(luma - 100 * blue - 208 * red) << 8)
                        | clip(luma + 516 * blue);
            }
            into.setRGB(0, y, width, 1, row, 0, width);
        }
    }

    private static int clip(int value) {
        return Math.max(0, Math.min(255, value >> 8));
    }
}
