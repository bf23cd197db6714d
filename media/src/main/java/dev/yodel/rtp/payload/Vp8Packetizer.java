package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * Cuts VP8 frames into RTP payloads of nearly equal size (RFC 7741 4.2, 4.4) with a 15-bit picture identifier. It sends
 * nothing and looks at nothing but the bit that says key frame. Not for sharing between threads.
 */
public final class Vp8Packetizer implements Packetizer {
    /** Bytes of the descriptor in front of each part. */
    public static final int DESCRIPTOR = 4;

    private byte[] frame = Bytes.EMPTY;
    private int position;
    private int end;
    private int packetsLeft;
    private boolean first;
    private int pictureId;
    private boolean nonReference;
    private boolean keyFrame;

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
        int room = maxPayloadBytes - DESCRIPTOR;
        if (length <= 0 || room <= 0) {
            packetsLeft = 0;
            return 0;
        }
        // RFC 7741 4.3: P is the first bit of the frame's header.
        keyFrame = (data[offset] & 1) == 0;
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
        into[at + 1] = (byte) 0x80;
        Bytes.put16(into, at + 2, 0x8000 | pictureId);
        System.arraycopy(frame, position, into, at + DESCRIPTOR, part);
        position += part;
        packetsLeft--;
        first = false;
        return DESCRIPTOR + part;
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
