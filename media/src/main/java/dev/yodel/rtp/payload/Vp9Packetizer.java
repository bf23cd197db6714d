package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.extension.ScalableFrames;
import org.jspecify.annotations.Nullable;

/**
 * Cuts VP9 pictures into RTP payloads of nearly equal size (RFC 9628 4.2), in flexible mode: each frame that is not a
 * key frame names the picture that it refers to. Where there are several spatial layers a superframe holds one frame
 * of each, the lowest first. Of the frames it reads the bits that say key frame, and the sizes. Not for sharing
 * between threads.
 */
public final class Vp9Packetizer implements Packetizer {
    /** A flags byte, a picture identifier of two bytes and a reference. */
    private static final int MAX_DESCRIPTOR = 4;

    private static final int MAX_LAYERS = 4;
    /** A P_DIFF has seven bits. */
    private static final long MAX_DIFFERENCE = 127;

    private final Vp9Superframe superframe = new Vp9Superframe();
    private final Vp9FrameHeader header = new Vp9FrameHeader();
    private final int[] widths = new int[MAX_LAYERS];
    private final int[] heights = new int[MAX_LAYERS];
    private byte[] frame = Bytes.EMPTY;
    private int room;
    private int frames;
    private int layer;
    private int position;
    private int end;
    private int packetsLeft;
    private boolean first;
    private boolean keyFrame;
    private boolean sized;
    private int pictureId;
    private @Nullable ScalableFrames layers;

    /**
     * A packetizer.
     *
     * @param firstPictureId 0 to 32767, random
     */
    public Vp9Packetizer(int firstPictureId) {
        pictureId = (firstPictureId - 1) & 0x7fff;
    }

    @Override
    public int begin(byte[] data, int offset, int length, int maxPayloadBytes, boolean droppable) {
        layers = null;
        return cut(data, offset, length, maxPayloadBytes - MAX_DESCRIPTOR, 1);
    }

    @Override
    public int begin(
            byte[] data,
            int offset,
            int length,
            int maxPayloadBytes,
            int keyBytes,
            ScalableFrames told,
            int temporalLayer) {
        int most = told.mode().spatialLayers();
        boolean layered = most > 1 || told.mode().temporalLayers() > 1;
        layers = layered ? told : null;
        // The byte of the layers, and in front of a key picture the structure with its sizes.
        boolean key = length > 0 && header.isKeyFrame(data, offset, length);
        int more = (layered ? 1 : 0) + (key ? keyBytes : 0) + (key && layered ? 1 + 4 * most : 0);
        int count = cut(data, offset, length, maxPayloadBytes - MAX_DESCRIPTOR - more, most);
        if (count > 0) {
            told.beginPicture(keyFrame, temporalLayer);
        }
        return count;
    }

    private int cut(byte[] data, int offset, int length, int bytes, int spatialLayers) {
        frames = 0;
        packetsLeft = 0;
        room = bytes;
        // VP9 bitstream 6.2: every frame begins with the marker 2.
        if (length <= 0 || bytes <= 0 || (data[offset] & 0xc0) != 0x80) {
            return 0;
        }
        frame = data;
        keyFrame = header.isKeyFrame(data, offset, length);
        int count = 0;
        if (spatialLayers == 1) {
            frames = 1;
            if (keyFrame) {
                widths[0] = header.width();
                heights[0] = header.height();
            }
            position = offset;
            end = offset + length;
            count = packets(length);
        } else {
            superframe.find(data, offset, length);
            // What is more than there are layers goes with the last one.
            frames = Math.min(superframe.count(), spatialLayers);
            for (int i = 0; i < frames; i++) {
                count += packets(endOf(i) - superframe.offset(i));
            }
            position = offset;
            end = endOf(0);
            readSizes(spatialLayers);
        }
        layer = 0;
        packetsLeft = packets(end - position);
        first = true;
        pictureId = (pictureId + 1) & 0x7fff;
        return count;
    }

    private int endOf(int index) {
        int last = index == frames - 1 ? superframe.count() - 1 : index;
        return superframe.offset(last) + superframe.length(last);
    }

    private void readSizes(int spatialLayers) {
        sized = keyFrame && frames == spatialLayers;
        for (int i = 0; sized && i < frames; i++) {
            sized = header.read(frame, superframe.offset(i), superframe.length(i)) && header.width() > 0;
            widths[i] = header.width();
            heights[i] = header.height();
        }
    }

    private int packets(int length) {
        return (length + room - 1) / room;
    }

    @Override
    public int width(int spatialLayer) {
        return widths[spatialLayer];
    }

    @Override
    public int height(int spatialLayer) {
        return heights[spatialLayer];
    }

    @Override
    public boolean startsFrame() {
        return first && packetsLeft > 0;
    }

    @Override
    public int spatialLayer() {
        return layer;
    }

    @Override
    public int next(byte[] into, int at) {
        if (packetsLeft == 0) {
            return 0;
        }
        int part = (end - position + packetsLeft - 1) / packetsLeft;
        int to = layers == null ? describe(into, at) : describe(into, at, layers);
        System.arraycopy(frame, position, into, to, part);
        position += part;
        packetsLeft--;
        first = false;
        if (packetsLeft == 0 && layer < frames - 1) {
            layer++;
            position = superframe.offset(layer);
            end = endOf(layer);
            packetsLeft = packets(end - position);
            first = true;
        }
        return to - at + part;
    }

    /** Of one layer: |I|P|L|F|B|E|V|Z|, the identifier, and P_DIFF 1. */
    private int describe(byte[] into, int at) {
        into[at] = (byte) (0x80 | (keyFrame ? 0 : 0x40) | 0x10 | (first ? 0x08 : 0) | (packetsLeft == 1 ? 0x04 : 0));
        Bytes.put16(into, at + 1, 0x8000 | pictureId);
        if (keyFrame) {
            return at + 3;
        }
        into[at + 3] = 1 << 1;
        return at + 4;
    }

    private int describe(byte[] into, int at, ScalableFrames told) {
        long difference = Math.min(MAX_DIFFERENCE, told.pictureDifference());
        boolean structure = first && layer == 0 && keyFrame;
        into[at] = (byte) (0xb0
                | (difference > 0 ? 0x40 : 0)
                | (first ? 0x08 : 0)
                | (packetsLeft == 1 ? 0x04 : 0)
                | (structure ? 0x02 : 0)
                | (told.referencedAbove() ? 0 : 0x01));
        Bytes.put16(into, at + 1, 0x8000 | pictureId);
        // |TID|U|SID|D|: the frames of higher temporal layers need none of their own from before this picture.
        boolean up = told.mode().temporalLayers() > 1;
        into[at + 3] = (byte) (told.temporalLayer() << 5 | (up ? 0x10 : 0) | layer << 1 | (told.interLayer() ? 1 : 0));
        int to = at + 4;
        if (difference > 0) {
            into[to++] = (byte) (difference << 1);
        }
        if (structure) {
            int count = told.mode().spatialLayers();
            into[to++] = (byte) (((count - 1) << 5) | (sized ? 0x10 : 0));
            for (int i = 0; sized && i < count; i++) {
                Bytes.put16(into, to, widths[i]);
                Bytes.put16(into, to + 2, heights[i]);
                to += 4;
            }
        }
        return to;
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
