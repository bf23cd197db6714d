package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to send a decoder refresh point, FIR (RFC 5104 4.3.1). Immutable.
 *
 * @param senderSsrc who asks
 * @param entries one per stream asked for
 */
public record FullIntraRequest(long senderSsrc, List<Entry> entries) implements RtcpPacket {
    static final int FORMAT = 4;

    /**
     * One stream.
     *
     * @param ssrc the stream
     * @param sequenceNumber 0 to 255; a repetition of the same command has the same number
     */
    public record Entry(long ssrc, int sequenceNumber) {}

    static @Nullable FullIntraRequest parse(byte[] data, int at, int size) {
        if (size < 20) {
            return null;
        }
        int count = (size - 12) / 8;
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int entry = at + 12 + 8 * i;
            entries.add(new Entry(Bytes.u32(data, entry), Bytes.u8(data, entry + 4)));
        }
        return new FullIntraRequest(Bytes.u32(data, at + 4), entries);
    }

    @Override
    public int size() {
        return 12 + 8 * entries.size();
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, FORMAT, PSFB, size());
        out.put32((int) senderSsrc).put32(0);
        for (Entry entry : entries) {
            out.put32((int) entry.ssrc).put8(entry.sequenceNumber).put24(0);
        }
    }
}
