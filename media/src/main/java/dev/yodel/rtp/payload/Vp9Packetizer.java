package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * Cuts VP9 frames of one layer into RTP payloads of nearly equal size (RFC 9628 4.2), in flexible mode: each frame that is
 * not a key frame names the picture before it as its reference. Of the frame it reads the bits that say key frame. Not for
 * sharing between threads.
 */
public final class Vp9Packetizer implements Packetizer {
    /** A flags byte, a picture identifier of two bytes and a reference. */
    private static final int MAX_DESCRIPTOR = 4;

    private byte[] frame = Bytes.EMPTY;
    private int position;
    private int end;
    private int packetsLeft;
    private boolean first;
    private boolean keyFrame;
    private int pictureId;

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
        int room = maxPayloadBytes - MAX_DESCRIPTOR;
        packetsLeft = 0;
        // VP9 bitstream 6.2: every frame begins with the marker 2.
        if (length <= 0 || room <= 0 || (data[offset] & 0xc0) != 0x80) {
            return 0;
        }
        frame = data;
        position = offset;
        end = offset + length;
        packetsLeft = (length + room - 1) / room;
        first = true;
        keyFrame = isKeyFrame(data, offset);
        pictureId = (pictureId + 1) & 0x7fff;
        return packetsLeft;
    }

    /** VP9 bitstream 6.2: marker (2), profile (2, and a zero for profile 3), show_existing_frame, then 0 for a key frame. */
    private static boolean isKeyFrame(byte[] data, int offset) {
        int header = Bytes.u8(data, offset);
        boolean profile3 = (header & 0x30) == 0x30;
        int shift = profile3 ? 2 : 3;
        boolean showExisting = (header >> shift & 1) != 0;
        return !showExisting && (header >> (shift - 1) & 1) == 0;
    }

    @Override
    public int next(byte[] into, int at) {
        if (packetsLeft == 0) {
            return 0;
        }
        int part = (end - position + packetsLeft - 1) / packetsLeft;
        into[at] = (byte) (0x80 | (keyFrame ? 0 : 0x40) | 0x10 | (first ? 0x08 : 0) | (packetsLeft == 1 ? 0x04 : 0));
        Bytes.put16(into, at + 1, 0x8000 | pictureId);
        int to = at + 3;
        if (!keyFrame) {
            // P_DIFF 1, and no further reference.
            into[to++] = 1 << 1;
        }
        System.arraycopy(frame, position, into, to, part);
        position += part;
        packetsLeft--;
        first = false;
        return to - at + part;
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
