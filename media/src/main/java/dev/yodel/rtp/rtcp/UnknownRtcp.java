package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;

/**
 * A packet whose type or format is not read; its body is skipped. Immutable.
 *
 * @param packetType 0 to 255
 * @param format the five bits of count or format
 */
public record UnknownRtcp(int packetType, int format) implements RtcpPacket {
    @Override
    public int size() {
        return 4;
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, format, packetType, 4);
    }
}
