package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * Whether a VP9 frame is a key frame, and how large it is where it says so by itself (VP9 bitstream specification
 * 6.2). A re-usable view; it trusts nothing and decodes nothing.
 */
public final class Vp9FrameHeader {
    private static final int SYNC_CODE = 0x498342;
    private static final int REFERENCES = 3;
    private static final int RGB = 7;

    private byte[] data = Bytes.EMPTY;
    private long position;
    private long end;
    private boolean keyFrame;
    private int width;
    private int height;

    /** A view of nothing. */
    public Vp9FrameHeader() {}

    /**
     * Reads a frame's header.
     *
     * @param frame borrowed for the call
     * @param offset first byte
     * @param length count of bytes
     * @return false if it is none, or cut short
     */
    public boolean read(byte[] frame, int offset, int length) {
        data = frame;
        position = 8L * offset;
        end = 8L * (offset + length);
        keyFrame = false;
        width = 0;
        height = 0;
        if (bits(2) != 2) {
            return false;
        }
        int profile = bits(1) | bits(1) << 1;
        if (profile == 3) {
            bits(1);
        }
        if (bits(1) == 1) {
            // It shows a frame that was decoded before.
            return position <= end;
        }
        boolean interFrame = bits(1) == 1;
        boolean shown = bits(1) == 1;
        boolean resilient = bits(1) == 1;
        if (interFrame) {
            readInter(shown, resilient);
        } else {
            keyFrame = true;
            if (bits(24) != SYNC_CODE) {
                return false;
            }
            readColors(profile);
            readSize();
        }
        if (position > end) {
            width = 0;
            height = 0;
            return false;
        }
        return true;
    }

    /** Whether the frame, of which no more than a part may be there, says that it is a key frame. */
    boolean isKeyFrame(byte[] frame, int offset, int length) {
        read(frame, offset, length);
        return keyFrame;
    }

    private void readColors(int profile) {
        if (profile >= 2) {
            bits(1);
        }
        boolean rgb = bits(3) == RGB;
        if (!rgb) {
            bits(1);
        }
        if ((profile & 1) == 1) {
            bits(rgb ? 1 : 3);
        }
    }

    /** frame_size_with_refs: the size stands there unless it is that of a reference. */
    private void readInter(boolean shown, boolean resilient) {
        if (!shown && bits(1) == 1) {
            // Intra-only frames are no matter of layers.
            return;
        }
        if (!resilient) {
            bits(2);
        }
        bits(8 + REFERENCES * 4);
        for (int i = 0; i < REFERENCES; i++) {
            if (bits(1) == 1) {
                return;
            }
        }
        readSize();
    }

    private void readSize() {
        width = bits(16) + 1;
        height = bits(16) + 1;
    }

    private int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++, position++) {
            int bit = position < end ? data[(int) (position >> 3)] >> (7 - (int) (position & 7)) & 1 : 0;
            value = value << 1 | bit;
        }
        return value;
    }

    /**
     * Whether a decoder can start at the frame.
     *
     * @return true for a key frame, by the bit that says so
     */
    public boolean keyFrame() {
        return keyFrame;
    }

    /**
     * Its width.
     *
     * @return pixels, or 0 if it has that of a frame before it
     */
    public int width() {
        return width;
    }

    /**
     * Its height.
     *
     * @return pixels, or 0 if it has that of a frame before it
     */
    public int height() {
        return height;
    }
}
