package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * Cuts AV1 temporal units into RTP payloads (RTP Payload Format For AV1, v1.0, 4). The unit comes in the low-overhead
 * format, with sizes in its OBUs; they are taken off, temporal delimiters, tile lists and padding are left out. Each
 * spatial layer begins with a new payload. Not for sharing between threads.
 */
public final class Av1Packetizer extends UnitPacketizer {
    private static final int MAX_UNITS = 1024;
    private static final int SEQUENCE_HEADER = 1;
    private static final int TEMPORAL_DELIMITER = 2;
    private static final int TILE_LIST = 8;
    private static final int PADDING = 15;

    /** Header, extension byte and payload of one OBU. */
    private int[] headers = new int[16];

    private int[] headerBytes = new int[16];
    private int[] offsets = new int[16];
    private int[] lengths = new int[16];
    private int[] layers = new int[16];
    private int count;
    private byte[] frame = Bytes.EMPTY;
    private int target;
    private int unit;
    private int done;
    private boolean sequenceHeader;

    /** A packetizer. */
    public Av1Packetizer() {}

    @Override
    int cut(byte[] data, int offset, int length, int most, int keyBytes) {
        count = 0;
        unit = 0;
        done = 0;
        sequenceHeader = false;
        frame = data;
        if (!find(data, offset, offset + length) || count == 0) {
            return 0;
        }
        nameLayers();
        int total = 0;
        for (int i = 0; i < count; i++) {
            int size = headerBytes[i] + lengths[i];
            total += size + Leb128.size(size);
        }
        int maxPayloadBytes = most - (sequenceHeader ? keyBytes : 0);
        int room = maxPayloadBytes - 1;
        int packets = (total + room - 1) / room;
        // Every packet may spend a few bytes on the length of a part.
        target = Math.min(maxPayloadBytes, (total + packets - 1) / packets + 4);
        return walk(null, 0);
    }

    private boolean find(byte[] data, int from, int end) {
        int at = from;
        while (at < end) {
            int header = Bytes.u8(data, at);
            boolean extended = (header & 0x04) != 0;
            boolean sized = (header & 0x02) != 0;
            int type = header >> 3 & 15;
            int bytes = extended ? 2 : 1;
            if ((header & 0x80) != 0 || end - at < bytes) {
                return false;
            }
            int extension = extended ? Bytes.u8(data, at + 1) : 0;
            at += bytes;
            int length = end - at;
            if (sized) {
                long size = Leb128.read(data, at, end);
                if (size < 0) {
                    return false;
                }
                at += Leb128.bytes(size);
                length = Leb128.value(size);
                if (length > end - at) {
                    return false;
                }
            }
            if (type != TEMPORAL_DELIMITER && type != TILE_LIST && type != PADDING) {
                if (count == MAX_UNITS) {
                    return false;
                }
                add(((header & ~0x02) << 8) | extension, bytes, at, length);
                sequenceHeader |= type == SEQUENCE_HEADER;
            }
            at += length;
        }
        return true;
    }

    /**
     * Units without a layer of their own belong to the frame that follows them, or to the last one (5.3.3 of the bit
     * stream).
     */
    private void nameLayers() {
        int following = -1;
        for (int i = count - 1; i >= 0; i--) {
            boolean named = headerBytes[i] == 2;
            following = named ? headers[i] >> 3 & 3 : following;
            layers[i] = headers[i] >> 11 == SEQUENCE_HEADER ? 0 : following;
        }
        for (int i = 0; i < count; i++) {
            layers[i] = Math.max(layers[i], i == 0 ? 0 : layers[i - 1]);
        }
    }

    private void add(int header, int bytes, int offset, int length) {
        if (count == headers.length) {
            layers = Arrays.copyOf(layers, 2 * count);
            headers = Arrays.copyOf(headers, 2 * count);
            headerBytes = Arrays.copyOf(headerBytes, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        headers[count] = header;
        headerBytes[count] = bytes;
        offsets[count] = offset;
        lengths[count] = length;
        count++;
    }

    /** Counts the payloads from the beginning. */
    private int walk(byte @org.jspecify.annotations.Nullable [] into, int at) {
        int packets = 0;
        while (unit < count) {
            one(into, at);
            packets++;
        }
        unit = 0;
        done = 0;
        return packets;
    }

    /** Writes or only counts one payload, and moves on. */
    private int one(byte @org.jspecify.annotations.Nullable [] into, int at) {
        boolean continues = done > 0;
        int used = 1;
        boolean more = true;
        int layer = layers[unit];
        while (more && unit < count && layers[unit] == layer) {
            int left = headerBytes[unit] + lengths[unit] - done;
            int room = target - used - Leb128.size(target);
            if (room <= 0) {
                break;
            }
            int part = Math.min(left, room);
            if (into != null) {
                int to = Leb128.write(part, into, at + used);
                copy(into, to, part);
            }
            used += Leb128.size(part) + part;
            done += part;
            if (part == left) {
                unit++;
                done = 0;
            } else {
                more = false;
            }
        }
        if (into != null) {
            // |Z|Y|W W|N|0 0 0|; W is 0: every element has a length.
            into[at] = (byte)
                    ((continues ? 0x80 : 0) | (done > 0 ? 0x40 : 0) | (startsPicture() && sequenceHeader ? 8 : 0));
        }
        return used;
    }

    private void copy(byte[] into, int at, int part) {
        int to = at;
        int from = done;
        int left = part;
        while (left > 0 && from < headerBytes[unit]) {
            into[to++] = (byte) (from == 0 ? headers[unit] >> 8 : headers[unit]);
            from++;
            left--;
        }
        System.arraycopy(frame, offsets[unit] + from - headerBytes[unit], into, to, left);
    }

    @Override
    int write(byte[] into, int at) {
        return one(into, at);
    }

    @Override
    public boolean startsFrame() {
        return !finished() && done == 0 && (unit == 0 || layers[unit] != layers[unit - 1]);
    }

    @Override
    public int spatialLayer() {
        return unit < count ? layers[unit] : 0;
    }

    @Override
    boolean cutKeyPicture() {
        return sequenceHeader;
    }
}
