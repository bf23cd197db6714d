package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * A re-pointable view of the descriptor in front of a VP9 payload (RFC 9628 4.2). It decodes nothing of the frame. Not for
 * sharing between threads.
 *
 * <pre>
 * |I|P|L|F|B|E|V|Z|   I: |M| PictureID, 7 or 15 bits |   L: | TID |U| SID |D|   not F: | TL0PICIDX |
 * F and P: up to three times | P_DIFF |N|   V: scalability structure
 * </pre>
 */
public final class Vp9Descriptor {
    private static final int MAX_REFERENCES = 3;

    private int length;
    private int first;
    private int pictureIdAt;
    private int pictureId;
    private int pictureIdBytes;
    private int temporalLayer;
    private int spatialLayer;
    private boolean switchingUp;
    private boolean interLayer;
    private int temporalBaseAt;
    private int spatialLayers;

    /** A view of nothing. */
    public Vp9Descriptor() {}

    /**
     * Reads the descriptor of a payload.
     *
     * @param payload borrowed for the call
     * @param offset first byte
     * @param count bytes of the payload
     * @return false if it is cut off, malformed, or nothing of the frame follows it
     */
    public boolean parse(byte[] payload, int offset, int count) {
        length = 0;
        pictureId = -1;
        pictureIdAt = -1;
        pictureIdBytes = 0;
        temporalLayer = -1;
        spatialLayer = 0;
        switchingUp = false;
        interLayer = false;
        temporalBaseAt = -1;
        spatialLayers = 0;
        int end = offset + count;
        int at = offset;
        if (count < 2) {
            return false;
        }
        first = Bytes.u8(payload, at++);
        if ((first & 0x80) != 0) {
            pictureIdAt = at;
            pictureId = Bytes.u8(payload, at++);
            pictureIdBytes = 1;
            if ((pictureId & 0x80) != 0) {
                if (at >= end) {
                    return false;
                }
                pictureId = (pictureId & 0x7f) << 8 | Bytes.u8(payload, at++);
                pictureIdBytes = 2;
            }
        }
        if ((first & 0x20) != 0) {
            if (at >= end) {
                return false;
            }
            int layer = Bytes.u8(payload, at++);
            temporalLayer = layer >> 5;
            switchingUp = (layer & 0x10) != 0;
            spatialLayer = layer >> 1 & 7;
            interLayer = (layer & 1) != 0;
            if (!flexible()) {
                temporalBaseAt = at++;
            }
        }
        if (flexible() && predicted()) {
            boolean more = true;
            for (int i = 0; more; i++) {
                if (at >= end || i == MAX_REFERENCES) {
                    return false;
                }
                more = (payload[at++] & 1) != 0;
            }
        }
        if ((first & 0x02) != 0) {
            at = structure(payload, at, end);
        }
        if (at >= end) {
            return false;
        }
        length = at - offset;
        return true;
    }

    /** RFC 9628 4.2.1; the place behind it, or the end if it is cut off. */
    private int structure(byte[] payload, int from, int end) {
        int at = from;
        if (at >= end) {
            return end;
        }
        int header = Bytes.u8(payload, at++);
        spatialLayers = (header >> 5) + 1;
        if ((header & 0x10) != 0) {
            at += 4 * spatialLayers;
        }
        if ((header & 0x08) != 0) {
            if (at >= end) {
                return end;
            }
            int pictures = Bytes.u8(payload, at++);
            for (int i = 0; i < pictures; i++) {
                if (at >= end) {
                    return end;
                }
                at += 1 + (Bytes.u8(payload, at) >> 2 & 3);
            }
        }
        return Math.min(at, end);
    }

    /**
     * Whether frames say what they refer to by differences of picture identifiers (flexible mode).
     *
     * @return the F bit
     */
    public boolean flexible() {
        return (first & 0x10) != 0;
    }

    private boolean predicted() {
        return (first & 0x40) != 0;
    }

    /**
     * Size of the descriptor.
     *
     * @return bytes; 0 if {@link #parse} refused
     */
    public int length() {
        return length;
    }

    /**
     * Whether the payload begins a layer's frame.
     *
     * @return the B bit
     */
    public boolean layerFrameStart() {
        return (first & 0x08) != 0;
    }

    /**
     * Whether the payload ends a layer's frame.
     *
     * @return the E bit
     */
    public boolean layerFrameEnd() {
        return (first & 0x04) != 0;
    }

    /**
     * Whether the payload begins a picture: its lowest layer.
     *
     * @return true for the start of a layer's frame that does not build on a lower layer
     */
    public boolean pictureStart() {
        return layerFrameStart() && spatialLayer == 0;
    }

    /**
     * Whether the picture needs no earlier one.
     *
     * @return true unless P is set
     */
    public boolean keyPicture() {
        return !predicted() && !interLayer;
    }

    /**
     * The picture identifier.
     *
     * @return 0 to 127 or to 32767, or -1
     */
    public int pictureId() {
        return pictureId;
    }

    /**
     * Where the picture identifier stands.
     *
     * @return an index into the array, or -1
     */
    public int pictureIdOffset() {
        return pictureIdAt;
    }

    /**
     * Size of the picture identifier.
     *
     * @return 0, 1 or 2 bytes
     */
    public int pictureIdBytes() {
        return pictureIdBytes;
    }

    /**
     * The temporal layer.
     *
     * @return 0 to 7, or -1
     */
    public int temporalLayer() {
        return temporalLayer;
    }

    /**
     * The spatial layer.
     *
     * @return 0 to 7; 0 if there are no layers
     */
    public int spatialLayer() {
        return spatialLayer;
    }

    /**
     * Whether the receiver may switch up to this temporal layer here.
     *
     * @return the U bit
     */
    public boolean switchingUp() {
        return switchingUp;
    }

    /**
     * Whether the frame needs the lower spatial layer of its picture.
     *
     * @return the D bit
     */
    public boolean interLayerPredicted() {
        return interLayer;
    }

    /**
     * Whether no higher spatial layer needs this frame.
     *
     * @return the Z bit
     */
    public boolean notReferencedByHigherLayers() {
        return (first & 0x01) != 0;
    }

    /**
     * Where the running index of base-layer pictures stands.
     *
     * @return an index into the array, or -1
     */
    public int temporalBaseOffset() {
        return temporalBaseAt;
    }

    /**
     * Count of spatial layers that the payload announces.
     *
     * @return 1 to 8, or 0 if it does not
     */
    public int spatialLayers() {
        return spatialLayers;
    }
}
