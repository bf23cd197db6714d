package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * An application-defined packet, APP (RFC 3550 6.7); its data is skipped. Immutable.
 *
 * @param subtype 0 to 31
 * @param ssrc the sender
 * @param name four ASCII characters as a number
 */
public record ApplicationDefined(int subtype, long ssrc, int name) implements RtcpPacket {
    static @Nullable ApplicationDefined parse(byte[] data, int at, int size) {
        if (size < 12) {
            return null;
        }
        return new ApplicationDefined(data[at] & 0x1f, Bytes.u32(data, at + 4), Bytes.i32(data, at + 8));
    }

    @Override
    public int size() {
        return 12;
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, subtype, APP, size());
        out.put32((int) ssrc).put32(name);
    }
}
