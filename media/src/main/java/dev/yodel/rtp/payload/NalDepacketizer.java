package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * Reads H.264 and H.265 payloads (RFC 6184 5.6 to 5.8, RFC 7798 4.4): single units, aggregates without decoding order
 * numbers (STAP-A, AP) and fragments (FU-A, FU). Interleaved forms (STAP-B, MTAP, FU-B) are refused: WebRTC does not
 * negotiate them (RFC 7742 6.2). Frames come out as Annex B. Not for sharing between threads.
 */
public final class NalDepacketizer implements Depacketizer {
    private static final int LENGTH_BYTES = 2;

    private final NalFormat format;
    private boolean startsFrame;
    private boolean keyFrame;
    private boolean inFragment;
    private int fragmentType;

    NalDepacketizer(NalFormat format) {
        this.format = format;
    }

    @Override
    public boolean read(byte[] payload, int offset, int length) {
        startsFrame = false;
        keyFrame = false;
        int bytes = format.headerBytes;
        if (length <= bytes) {
            return false;
        }
        int header = format.header(payload, offset);
        int type = format.type(header);
        if (type == format.aggregationType) {
            return readAggregate(payload, offset + bytes, offset + length);
        }
        if (type == format.fragmentType) {
            if (length < bytes + 2) {
                return false;
            }
            int fragment = Bytes.u8(payload, offset + bytes);
            int divided = fragment & typeMask();
            boolean first = (fragment & 0x80) != 0;
            // RFC 6184 5.8: start and end in one fragment is no fragment.
            if (!format.isSingle(divided) || (fragment & 0xc0) == 0xc0) {
                return false;
            }
            startsFrame = first && format.opensAccessUnit(divided);
            keyFrame = isKey(divided);
            return true;
        }
        if (!format.isSingle(type)) {
            return false;
        }
        startsFrame = format.opensAccessUnit(type);
        keyFrame = isKey(type);
        return true;
    }

    private boolean readAggregate(byte[] payload, int from, int end) {
        boolean first = true;
        int at = from;
        while (at < end) {
            if (end - at < LENGTH_BYTES) {
                return false;
            }
            int length = Bytes.u16(payload, at);
            at += LENGTH_BYTES;
            if (length < format.headerBytes || length > end - at) {
                return false;
            }
            int type = format.type(format.header(payload, at));
            if (!format.isSingle(type)) {
                return false;
            }
            startsFrame |= first && format.opensAccessUnit(type);
            keyFrame |= isKey(type);
            first = false;
            at += length;
        }
        return !first;
    }

    /** The FU header has five bits of type in H.264 and six in H.265. */
    private int typeMask() {
        return format == NalFormat.H264 ? 0x1f : 0x3f;
    }

    /** Parameter sets announce a picture that can be decoded alone. */
    private boolean isKey(int type) {
        return format.isRandomAccess(type) || (format.parameterSet(type) >= 0 && format.opensAccessUnit(type));
    }

    @Override
    public boolean startsFrame() {
        return startsFrame;
    }

    @Override
    public boolean keyFrame() {
        return keyFrame;
    }

    @Override
    public void begin() {
        inFragment = false;
    }

    @Override
    public boolean append(byte[] payload, int offset, int length, FrameBytes out) {
        int bytes = format.headerBytes;
        int header = format.header(payload, offset);
        int type = format.type(header);
        if (type == format.fragmentType) {
            return appendFragment(payload, offset, length, header, out);
        }
        if (inFragment) {
            return false;
        }
        if (type == format.aggregationType) {
            int at = offset + bytes;
            int end = offset + length;
            while (at < end) {
                int unit = Bytes.u16(payload, at);
                putUnit(payload, at + LENGTH_BYTES, unit, out);
                at += LENGTH_BYTES + unit;
            }
            return true;
        }
        putUnit(payload, offset, length, out);
        return true;
    }

    private boolean appendFragment(byte[] payload, int offset, int length, int header, FrameBytes out) {
        int bytes = format.headerBytes;
        int fragment = Bytes.u8(payload, offset + bytes);
        int divided = fragment & typeMask();
        boolean first = (fragment & 0x80) != 0;
        if (first == inFragment || (inFragment && divided != fragmentType)) {
            return false;
        }
        if (first) {
            fragmentType = divided;
            startCode(out);
            int original = format.withType(header, divided);
            if (bytes == 2) {
                out.put(original >> 8);
            }
            out.put(original);
        }
        out.put(payload, offset + bytes + 1, length - bytes - 1);
        inFragment = (fragment & 0x40) == 0;
        return true;
    }

    private static void putUnit(byte[] payload, int offset, int length, FrameBytes out) {
        startCode(out);
        out.put(payload, offset, length);
    }

    private static void startCode(FrameBytes out) {
        out.put(0);
        out.put(0);
        out.put(0);
        out.put(1);
    }

    @Override
    public boolean end(FrameBytes out) {
        return !inFragment;
    }
}
