package dev.yodel.rtp.payload;

/**
 * Reads VP9 payloads (RFC 9628 4). The frames of all spatial layers of a picture come out one behind the other, as a
 * decoder takes them. Not for sharing between threads.
 */
public final class Vp9Depacketizer implements Depacketizer {
    private final Vp9Descriptor descriptor = new Vp9Descriptor();

    /** A depacketizer. */
    public Vp9Depacketizer() {}

    @Override
    public boolean read(byte[] payload, int offset, int length) {
        return descriptor.parse(payload, offset, length);
    }

    @Override
    public boolean startsFrame() {
        return descriptor.pictureStart();
    }

    @Override
    public boolean keyFrame() {
        return descriptor.pictureStart() && descriptor.keyPicture();
    }

    @Override
    public int pictureNumber() {
        return descriptor.pictureId() < 0 ? -1 : descriptor.pictureId() & 0x7f;
    }

    @Override
    public void begin() {}

    @Override
    public boolean append(byte[] payload, int offset, int length, FrameBytes out) {
        if (!descriptor.parse(payload, offset, length)) {
            return false;
        }
        out.put(payload, offset + descriptor.length(), length - descriptor.length());
        return true;
    }

    @Override
    public boolean end(FrameBytes out) {
        return true;
    }
}
