package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sender report, SR (RFC 3550 6.4.1). Immutable.
 *
 * <pre>
 * |V=2|P|   RC    |  PT=SR=200    |            length             |
 * |                         SSRC of sender                        |
 * |              NTP timestamp, 64 bits                           |
 * |                         RTP timestamp                         |
 * |                     sender's packet count                     |
 * |                      sender's octet count                     |
 * |                      report blocks of 24 bytes                |
 * </pre>
 *
 * @param ssrc the sender
 * @param ntpTime 32.32 seconds since 1900, all 64 bits
 * @param rtpTimestamp 0 to 2^32-1, the same moment
 * @param packetCount 0 to 2^32-1
 * @param octetCount 0 to 2^32-1, payload only
 * @param blocks at most 31
 */
public record SenderReport(
        long ssrc, long ntpTime, long rtpTimestamp, long packetCount, long octetCount, List<ReportBlock> blocks)
        implements RtcpPacket {
    private static final int FIXED = 28;

    static @Nullable SenderReport parse(byte[] data, int at, int size) {
        int count = data[at] & 0x1f;
        if (size < FIXED + ReportBlock.SIZE * count) {
            return null;
        }
        return new SenderReport(
                Bytes.u32(data, at + 4),
                Bytes.i64(data, at + 8),
                Bytes.u32(data, at + 16),
                Bytes.u32(data, at + 20),
                Bytes.u32(data, at + 24),
                ReportBlock.parseAll(data, at + FIXED, count));
    }

    @Override
    public int size() {
        return FIXED + ReportBlock.SIZE * blocks.size();
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, blocks.size(), SR, size());
        out.put32((int) ssrc)
                .put64(ntpTime)
                .put32((int) rtpTimestamp)
                .put32((int) packetCount)
                .put32((int) octetCount);
        for (ReportBlock block : blocks) {
            block.write(out);
        }
    }
}
