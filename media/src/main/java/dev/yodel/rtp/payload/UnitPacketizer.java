package dev.yodel.rtp.payload;

import dev.yodel.rtp.extension.ScalableFrames;

/**
 * What the packetizers of bit streams that consist of units (NAL units, OBUs) have in common: which payload of the
 * picture is next. It does not know the units.
 */
abstract class UnitPacketizer implements Packetizer {
    private int payloads;
    private int taken;
    private boolean keyPicture;

    /**
     * Finds the units of a picture and plans its payloads.
     *
     * @return how many; 0 if it cannot be sent
     */
    abstract int cut(byte[] data, int offset, int length, int maxPayloadBytes, int keyBytes);

    /** Whether what was cut last can be decoded without others. */
    abstract boolean cutKeyPicture();

    /** Writes the payload that is next and moves on. */
    abstract int write(byte[] into, int at);

    @Override
    public final int begin(byte[] data, int offset, int length, int maxPayloadBytes, boolean droppable) {
        return start(cut(data, offset, length, maxPayloadBytes, 0));
    }

    @Override
    public final int begin(
            byte[] data,
            int offset,
            int length,
            int maxPayloadBytes,
            int keyBytes,
            ScalableFrames frames,
            int temporalLayer) {
        int count = start(cut(data, offset, length, maxPayloadBytes, keyBytes));
        if (count > 0) {
            frames.beginPicture(keyPicture, temporalLayer);
        }
        return count;
    }

    private int start(int count) {
        payloads = count;
        taken = 0;
        keyPicture = cutKeyPicture();
        return count;
    }

    @Override
    public final int next(byte[] into, int at) {
        if (finished()) {
            return 0;
        }
        int length = write(into, at);
        taken++;
        return length;
    }

    /** Whether the next payload is the picture's first. */
    final boolean startsPicture() {
        return taken == 0;
    }

    @Override
    public final boolean finished() {
        return taken == payloads;
    }

    @Override
    public final boolean keyFrame() {
        return keyPicture;
    }
}
