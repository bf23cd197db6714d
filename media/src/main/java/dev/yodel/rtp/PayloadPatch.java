package dev.yodel.rtp;

/**
 * What a relay writes over a payload that it sends on, where codecs number pictures by themselves: the picture
 * identifier and the index of the temporal base layer (RFC 7741 4.2, RFC 9628 4.2). A value that is used again and
 * again; it changes no length.
 */
public final class PayloadPatch {
    private static final int NOTHING = -1;

    private int pictureAt = NOTHING;
    private boolean longPicture;
    private int picture;
    private int baseAt = NOTHING;
    private int base;

    PayloadPatch() {}

    void clear() {
        pictureAt = NOTHING;
        baseAt = NOTHING;
    }

    void set(PayloadPatch other) {
        pictureAt = other.pictureAt;
        longPicture = other.longPicture;
        picture = other.picture;
        baseAt = other.baseAt;
        base = other.base;
    }

    /** Where the identifier stands, from the first byte of the payload; in 7 bits of one byte or in 15 of two. */
    void picture(int at, boolean inTwoBytes, int number) {
        pictureAt = at;
        longPicture = inTwoBytes;
        picture = number;
    }

    /** Where the base layer's index stands, from the first byte of the payload. */
    void base(int at, int index) {
        baseAt = at;
        base = index;
    }

    /**
     * Changes bytes of the payload, none of its length; nothing where nothing is to be changed.
     *
     * @param data the outgoing packet
     * @param payloadOffset where its payload begins
     */
    public void apply(byte[] data, int payloadOffset) {
        if (pictureAt >= 0) {
            int at = payloadOffset + pictureAt;
            if (longPicture) {
                data[at] = (byte) (0x80 | picture >> 8);
                data[at + 1] = (byte) picture;
            } else {
                data[at] = (byte) ((data[at] & 0x80) | picture);
            }
        }
        if (baseAt >= 0) {
            data[payloadOffset + baseAt] = (byte) base;
        }
    }
}
