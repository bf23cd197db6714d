package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * What a receiver says about one source (RFC 3550 6.4.1). Immutable.
 *
 * @param ssrc the source reported on
 * @param fractionLost 0 to 255, in 1/256 since the last report
 * @param cumulativeLost -2^23 to 2^23-1 packets
 * @param extendedHighestSequence 0 to 2^32-1
 * @param jitter 0 to 2^32-1 in units of the RTP clock
 * @param lastSenderReport middle 32 bits of the NTP time of the last sender report, 0 if none came
 * @param delaySinceLastSenderReport 16.16 seconds
 */
public record ReportBlock(
        long ssrc,
        int fractionLost,
        int cumulativeLost,
        long extendedHighestSequence,
        long jitter,
        long lastSenderReport,
        long delaySinceLastSenderReport) {
    /** Bytes on the wire. */
    public static final int SIZE = 24;

    /** Most blocks of one packet. */
    public static final int MAX_COUNT = 31;

    static ReportBlock parse(byte[] data, int at) {
        int lost = Bytes.u24(data, at + 5) << 8 >> 8;
        return new ReportBlock(
                Bytes.u32(data, at),
                Bytes.u8(data, at + 4),
                lost,
                Bytes.u32(data, at + 8),
                Bytes.u32(data, at + 12),
                Bytes.u32(data, at + 16),
                Bytes.u32(data, at + 20));
    }

    static List<ReportBlock> parseAll(byte[] data, int at, int count) {
        if (count == 0) {
            return List.of();
        }
        List<ReportBlock> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blocks.add(parse(data, at + SIZE * i));
        }
        return blocks;
    }

    void write(ByteWriter out) {
        out.put32((int) ssrc)
                .put8(fractionLost)
                .put24(cumulativeLost)
                .put32((int) extendedHighestSequence)
                .put32((int) jitter)
                .put32((int) lastSenderReport)
                .put32((int) delaySinceLastSenderReport);
    }
}
