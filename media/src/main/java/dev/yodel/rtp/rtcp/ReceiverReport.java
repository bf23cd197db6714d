package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A receiver report, RR (RFC 3550 6.4.2). Immutable.
 *
 * <pre>
 * |V=2|P|   RC    |  PT=RR=201    |            length             |
 * |                     SSRC of packet sender                     |
 * |                      report blocks of 24 bytes                |
 * </pre>
 *
 * @param ssrc the reporter
 * @param blocks at most 31
 */
public record ReceiverReport(long ssrc, List<ReportBlock> blocks) implements RtcpPacket {
    private static final int FIXED = 8;

    static @Nullable ReceiverReport parse(byte[] data, int at, int size) {
        int count = data[at] & 0x1f;
        if (size < FIXED + ReportBlock.SIZE * count) {
            return null;
        }
        return new ReceiverReport(Bytes.u32(data, at + 4), ReportBlock.parseAll(data, at + FIXED, count));
    }

    @Override
    public int size() {
        return FIXED + ReportBlock.SIZE * blocks.size();
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, blocks.size(), RR, size());
        out.put32((int) ssrc);
        for (ReportBlock block : blocks) {
            block.write(out);
        }
    }
}
