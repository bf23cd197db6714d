package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lost packets of one source, generic NACK (RFC 4585 6.2.1). Immutable. */
public final class GenericNack implements RtcpPacket {
    static final int FORMAT = 1;

    private final long senderSsrc;
    private final long mediaSsrc;
    private final int[] entries;

    private GenericNack(long senderSsrc, long mediaSsrc, int[] entries) {
        this.senderSsrc = senderSsrc;
        this.mediaSsrc = mediaSsrc;
        this.entries = entries;
    }

    /**
     * Packs sequence numbers.
     *
     * @param senderSsrc who lost them
     * @param mediaSsrc whose packets
     * @param sequenceNumbers 0 to 65535 each, in ascending order modulo 2^16, not empty
     * @param count how many of them
     * @return the packet
     */
    public static GenericNack of(long senderSsrc, long mediaSsrc, int[] sequenceNumbers, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a NACK names at least one packet");
        }
        int[] packed = new int[count];
        int used = 0;
        int pid = 0;
        for (int i = 0; i < count; i++) {
            int distance = used == 0 ? -1 : (sequenceNumbers[i] - pid & 0xffff) - 1;
            if (used > 0 && distance >= 0 && distance < 16) {
                packed[used - 1] |= 1 << distance;
            } else {
                pid = sequenceNumbers[i] & 0xffff;
                packed[used++] = pid << 16;
            }
        }
        return new GenericNack(senderSsrc, mediaSsrc, Arrays.copyOf(packed, used));
    }

    static @Nullable GenericNack parse(byte[] data, int at, int size) {
        if (size < 16) {
            return null;
        }
        int[] entries = new int[(size - 12) / 4];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = Bytes.i32(data, at + 12 + 4 * i);
        }
        return new GenericNack(Bytes.u32(data, at + 4), Bytes.u32(data, at + 8), entries);
    }

    /**
     * Who lost them.
     *
     * @return 0 to 2^32-1
     */
    public long senderSsrc() {
        return senderSsrc;
    }

    /**
     * Whose packets.
     *
     * @return 0 to 2^32-1
     */
    public long mediaSsrc() {
        return mediaSsrc;
    }

    /**
     * Count of entries; each names 1 to 17 packets.
     *
     * @return at least 1
     */
    public int entries() {
        return entries.length;
    }

    /**
     * The first packet of an entry.
     *
     * @param entry index
     * @return 0 to 65535
     */
    public int packetId(int entry) {
        return entries[entry] >>> 16;
    }

    /**
     * Which of the 16 packets behind it are lost too.
     *
     * @param entry index
     * @return bit i stands for {@code packetId + i + 1}
     */
    public int lostBitmask(int entry) {
        return entries[entry] & 0xffff;
    }

    @Override
    public int size() {
        return 12 + 4 * entries.length;
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, FORMAT, RTPFB, size());
        out.put32((int) senderSsrc).put32((int) mediaSsrc);
        for (int entry : entries) {
            out.put32(entry);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GenericNack nack
                && senderSsrc == nack.senderSsrc
                && mediaSsrc == nack.mediaSsrc
                && Arrays.equals(entries, nack.entries);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(entries) * 31 + Long.hashCode(mediaSsrc);
    }

    @Override
    public String toString() {
        return "NACK ssrc=" + mediaSsrc + " entries=" + entries.length;
    }
}
