package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.extension.ScalableFrames;
import org.jspecify.annotations.Nullable;

/**
 * Cuts VP8 frames into RTP payloads of nearly equal size (RFC 7741 4.2, 4.4) with a 15-bit picture identifier, and
 * with temporal layers where there are any. It sends nothing and looks at nothing but the bit that says key frame.
 * Not for sharing between threads.
 */
public final class Vp8Packetizer implements Packetizer {
    /** Bytes of the descriptor in front of each part. */
    public static final int DESCRIPTOR = 4;

    /** TL0PICIDX and the byte with TID. */
    private static final int LAYER_BYTES = 2;

    private static final int KEY_HEADER = 10;

    private byte[] frame = Bytes.EMPTY;
    private int position;
    private int end;
    private int packetsLeft;
    private boolean first;
    private int pictureId;
    private boolean nonReference;
    private boolean keyFrame;
    private @Nullable ScalableFrames layers;
    private int baseIndex = -1;
    private int width;
    private int height;

    /**
     * A packetizer.
     *
     * @param firstPictureId 0 to 32767, random
     */
    public Vp8Packetizer(int firstPictureId) {
        pictureId = (firstPictureId - 1) & 0x7fff;
    }

    @Override
    public int begin(byte[] data, int offset, int length, int maxPayloadBytes, boolean droppable) {
        layers = null;
        return cut(data, offset, length, maxPayloadBytes - DESCRIPTOR, droppable);
    }

    @Override
    public int begin(
            byte[] data,
            int offset,
            int length,
            int maxPayloadBytes,
            int keyBytes,
            ScalableFrames frames,
            int temporalLayer) {
        boolean layered = frames.mode().temporalLayers() > 1;
        int more = (layered ? LAYER_BYTES : 0) + (length > 0 && (data[offset] & 1) == 0 ? keyBytes : 0);
        int room = maxPayloadBytes - DESCRIPTOR - more;
        layers = null;
        if (cut(data, offset, length, room, false) > 0) {
            frames.beginPicture(keyFrame, temporalLayer);
            nonReference = !frames.referenced();
            layers = layered ? frames : null;
            baseIndex = layered && frames.temporalLayer() == 0 ? baseIndex + 1 & 0xff : baseIndex;
        }
        return packetsLeft;
    }

    private int cut(byte[] data, int offset, int length, int room, boolean droppable) {
        if (length <= 0 || room <= 0) {
            packetsLeft = 0;
            return 0;
        }
        // RFC 7741 4.3: P is the first bit of the frame's header.
        keyFrame = (data[offset] & 1) == 0;
        if (keyFrame && length >= KEY_HEADER) {
            // RFC 6386 9.1: behind the start code stand 14 bits each, low bytes first.
            width = (Bytes.u8(data, offset + 6) | Bytes.u8(data, offset + 7) << 8) & 0x3fff;
            height = (Bytes.u8(data, offset + 8) | Bytes.u8(data, offset + 9) << 8) & 0x3fff;
        }
        frame = data;
        position = offset;
        end = offset + length;
        packetsLeft = (length + room - 1) / room;
        first = true;
        nonReference = droppable;
        pictureId = (pictureId + 1) & 0x7fff;
        return packetsLeft;
    }

    @Override
    public int next(byte[] into, int at) {
        if (packetsLeft == 0) {
            return 0;
        }
        int part = (end - position + packetsLeft - 1) / packetsLeft;
        into[at] = (byte) (0x80 | (nonReference ? 0x20 : 0) | (first ? 0x10 : 0));
        Bytes.put16(into, at + 2, 0x8000 | pictureId);
        int descriptor = DESCRIPTOR;
        ScalableFrames told = layers;
        if (told == null) {
            into[at + 1] = (byte) 0x80;
        } else {
            // RFC 7741 4.2: I, L, T; TL0PICIDX; TID and Y, which says that the frame needs the base layer only.
            into[at + 1] = (byte) 0xe0;
            into[at + DESCRIPTOR] = (byte) baseIndex;
            into[at + DESCRIPTOR + 1] = (byte) (told.temporalLayer() << 6 | (told.dependsOnBaseOnly() ? 0x20 : 0));
            descriptor += LAYER_BYTES;
        }
        System.arraycopy(frame, position, into, at + descriptor, part);
        position += part;
        packetsLeft--;
        first = false;
        return descriptor + part;
    }

    @Override
    public int width(int layer) {
        return width;
    }

    @Override
    public int height(int layer) {
        return height;
    }

    @Override
    public boolean startsFrame() {
        return first && packetsLeft > 0;
    }

    @Override
    public boolean finished() {
        return packetsLeft == 0;
    }

    @Override
    public boolean keyFrame() {
        return keyFrame;
    }
}
