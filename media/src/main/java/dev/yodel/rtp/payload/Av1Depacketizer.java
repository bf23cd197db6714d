package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * Reads AV1 payloads (RTP Payload Format For AV1, v1.0, 4). Temporal units come out in the low-overhead format: every OBU
 * with its size, without temporal delimiters. Not for sharing between threads.
 */
public final class Av1Depacketizer implements Depacketizer {
    private static final int TEMPORAL_DELIMITER = 2;
    private static final int MAX_HEADER_BYTES = 2;

    private boolean startsFrame;
    private boolean keyFrame;

    /** The OBU that goes on in the next payload. */
    private byte[] open = new byte[2048];

    private int openLength;
    private boolean continues;

    /** A depacketizer. */
    public Av1Depacketizer() {}

    @Override
    public boolean read(byte[] payload, int offset, int length) {
        startsFrame = false;
        keyFrame = false;
        if (length < 2) {
            return false;
        }
        int aggregation = Bytes.u8(payload, offset);
        boolean continued = (aggregation & 0x80) != 0;
        boolean sequence = (aggregation & 0x08) != 0;
        // 4.4: a new coded video sequence does not begin in the middle of an OBU.
        if (continued && sequence) {
            return false;
        }
        int elements = aggregation >> 4 & 3;
        int at = offset + 1;
        int end = offset + length;
        int count = 0;
        while (at < end) {
            count++;
            int size = end - at;
            if (elements == 0 || count < elements) {
                long read = Leb128.read(payload, at, end);
                if (read < 0) {
                    return false;
                }
                at += Leb128.bytes(read);
                size = Leb128.value(read);
                if (size > end - at) {
                    return false;
                }
            } else if (count > elements) {
                return false;
            }
            at += size;
        }
        if (count == 0 || (elements != 0 && count != elements)) {
            return false;
        }
        startsFrame = sequence;
        keyFrame = sequence;
        return true;
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
        openLength = 0;
        continues = false;
    }

    @Override
    public boolean append(byte[] payload, int offset, int length, FrameBytes out) {
        int aggregation = Bytes.u8(payload, offset);
        boolean continued = (aggregation & 0x80) != 0;
        boolean goesOn = (aggregation & 0x40) != 0;
        if (continued != continues) {
            return false;
        }
        int elements = aggregation >> 4 & 3;
        int at = offset + 1;
        int end = offset + length;
        int count = 0;
        while (at < end) {
            count++;
            int size = end - at;
            if (elements == 0 || count < elements) {
                long read = Leb128.read(payload, at, end);
                if (read < 0) {
                    return false;
                }
                at += Leb128.bytes(read);
                size = Leb128.value(read);
            }
            if (!hold(payload, at, size, out)) {
                return false;
            }
            at += size;
            boolean last = at >= end;
            if (!(last && goesOn)) {
                if (!write(out)) {
                    return false;
                }
            }
        }
        continues = goesOn;
        return true;
    }

    private boolean hold(byte[] payload, int at, int size, FrameBytes out) {
        if (size < 0 || out.overflowed()) {
            return false;
        }
        if (openLength + size > open.length) {
            if (openLength + (long) size > out.limit()) {
                return false;
            }
            open = Arrays.copyOf(open, Math.max(2 * open.length, openLength + size));
        }
        System.arraycopy(payload, at, open, openLength, size);
        openLength += size;
        return true;
    }

    /** The OBU is whole: its header, its size if it has none, its payload. */
    private boolean write(FrameBytes out) {
        int length = openLength;
        openLength = 0;
        if (length == 0) {
            return true;
        }
        int header = Bytes.u8(open, 0);
        int headerBytes = (header & 0x04) != 0 ? MAX_HEADER_BYTES : 1;
        if ((header & 0x80) != 0 || length < headerBytes) {
            return false;
        }
        if ((header >> 3 & 15) == TEMPORAL_DELIMITER) {
            return true;
        }
        int from = headerBytes;
        if ((header & 0x02) != 0) {
            // 4.4 advises against sizes here, but allows them.
            long read = Leb128.read(open, from, length);
            if (read < 0) {
                return false;
            }
            from += Leb128.bytes(read);
            if (Leb128.value(read) != length - from) {
                return false;
            }
        }
        out.put(header | 0x02);
        if (headerBytes == MAX_HEADER_BYTES) {
            out.put(open[1]);
        }
        int rest = length - from;
        for (int left = rest; ; left >>>= 7) {
            out.put(left > 0x7f ? (left & 0x7f) | 0x80 : left);
            if (left <= 0x7f) {
                break;
            }
        }
        out.put(open, from, rest);
        return true;
    }

    @Override
    public boolean end(FrameBytes out) {
        if (open.length > 1 << 16) {
            open = new byte[2048];
        }
        return !continues;
    }
}
