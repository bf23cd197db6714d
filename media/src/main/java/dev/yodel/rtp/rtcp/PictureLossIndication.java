package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The receiver lost picture data and needs a key frame, PLI (RFC 4585 6.3.1). Immutable.
 *
 * @param senderSsrc who asks
 * @param mediaSsrc whose picture
 */
public record PictureLossIndication(long senderSsrc, long mediaSsrc) implements RtcpPacket {
    static final int FORMAT = 1;

    static @Nullable PictureLossIndication parse(byte[] data, int at, int size) {
        return size < 12 ? null : new PictureLossIndication(Bytes.u32(data, at + 4), Bytes.u32(data, at + 8));
    }

    @Override
    public int size() {
        return 12;
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, FORMAT, PSFB, size());
        out.put32((int) senderSsrc).put32((int) mediaSsrc);
    }
}
