package dev.yodel.rtp.payload;

/** Reads VP8 payloads (RFC 7741 4): the descriptor is taken off, the rest is the frame. Not for sharing between threads. */
public final class Vp8Depacketizer implements Depacketizer {
    private final Vp8Descriptor descriptor = new Vp8Descriptor();

    /** A depacketizer. */
    public Vp8Depacketizer() {}

    @Override
    public boolean read(byte[] payload, int offset, int length) {
        return descriptor.parse(payload, offset, length);
    }

    @Override
    public boolean startsFrame() {
        return descriptor.frameStart();
    }

    @Override
    public boolean keyFrame() {
        return descriptor.keyFrame();
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
