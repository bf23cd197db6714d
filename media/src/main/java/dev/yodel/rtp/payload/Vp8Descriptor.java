package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * A re-pointable view of the descriptor in front of a VP8 payload (RFC 7741 4.2). It decodes nothing of the frame but the
 * bit that says key frame. Not for sharing between threads.
 *
 * <pre>
 * |X|R|N|S|R| PID |   X: |I|L|T|K| RSV   |   I: |M| PictureID, 7 or 15 bits |   L: TL0PICIDX   T/K: |TID|Y| KEYIDX |
 * </pre>
 */
public final class Vp8Descriptor {
    private int length;
    private boolean frameStart;
    private boolean keyFrame;
    private boolean nonReference;
    private int pictureId;
    private int temporalBaseIndex;
    private int temporalLayer;
    private boolean layerSync;

    /** A view of nothing. */
    public Vp8Descriptor() {}

    /**
     * Reads the descriptor of a payload.
     *
     * @param payload borrowed for the call
     * @param offset first byte
     * @param count bytes of the payload
     * @return false if it is cut off or nothing of the frame follows it
     */
    public boolean parse(byte[] payload, int offset, int count) {
        length = 0;
        pictureId = -1;
        temporalBaseIndex = -1;
        temporalLayer = -1;
        layerSync = false;
        frameStart = false;
        keyFrame = false;
        int end = offset + count;
        int at = offset;
        if (at >= end) {
            return false;
        }
        int first = Bytes.u8(payload, at++);
        nonReference = (first & 0x20) != 0;
        if ((first & 0x80) != 0) {
            if (at >= end) {
                return false;
            }
            int extension = Bytes.u8(payload, at++);
            if ((extension & 0x80) != 0) {
                if (at >= end) {
                    return false;
                }
                pictureId = Bytes.u8(payload, at++);
                if ((pictureId & 0x80) != 0) {
                    if (at >= end) {
                        return false;
                    }
                    pictureId = (pictureId & 0x7f) << 8 | Bytes.u8(payload, at++);
                }
            }
            if ((extension & 0x40) != 0) {
                if (at >= end) {
                    return false;
                }
                temporalBaseIndex = Bytes.u8(payload, at++);
            }
            if ((extension & 0x30) != 0) {
                if (at >= end) {
                    return false;
                }
                int layer = Bytes.u8(payload, at++);
                temporalLayer = (extension & 0x20) != 0 ? layer >> 6 : -1;
                layerSync = temporalLayer >= 0 && (layer & 0x20) != 0;
            }
        }
        if (at >= end) {
            return false;
        }
        // RFC 7741 4.2: a frame begins with the start of partition 0; 4.3: P is the first bit of its header.
        frameStart = (first & 0x10) != 0 && (first & 0x07) == 0;
        keyFrame = frameStart && (payload[at] & 1) == 0;
        length = at - offset;
        return true;
    }

    /**
     * Size of the descriptor.
     *
     * @return bytes, 1 to 6; 0 if {@link #parse} refused
     */
    public int length() {
        return length;
    }

    /**
     * Whether the payload begins a frame.
     *
     * @return true for the start of the first partition
     */
    public boolean frameStart() {
        return frameStart;
    }

    /**
     * Whether the payload begins a key frame.
     *
     * @return true only with {@link #frameStart}
     */
    public boolean keyFrame() {
        return keyFrame;
    }

    /**
     * Whether no later frame needs this one.
     *
     * @return the N bit
     */
    public boolean nonReference() {
        return nonReference;
    }

    /**
     * The picture identifier.
     *
     * @return 0 to 32767, or -1
     */
    public int pictureId() {
        return pictureId;
    }

    /**
     * The running index of base-layer frames.
     *
     * @return 0 to 255, or -1
     */
    public int temporalBaseIndex() {
        return temporalBaseIndex;
    }

    /**
     * Whether this frame of a higher layer needs nothing but the base layer, so that it can be switched to.
     *
     * @return the Y bit
     */
    public boolean layerSync() {
        return layerSync;
    }

    /**
     * The temporal layer.
     *
     * @return 0 to 3, or -1
     */
    public int temporalLayer() {
        return temporalLayer;
    }
}
