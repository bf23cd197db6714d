package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The receiver's estimate of what it can receive in total, REMB (draft-alvestrand-rmcat-remb 2.2). Immutable.
 *
 * @param senderSsrc who estimates
 * @param bitrateBps bits per second, clamped to 2^62
 * @param ssrcs the streams it is about
 */
public record ReceiverEstimatedBitrate(long senderSsrc, long bitrateBps, List<Long> ssrcs) implements RtcpPacket {
    static final int FORMAT = 15;
    private static final int REMB = 0x52454d42;
    private static final long MAX_BITRATE = 1L << 62;

    /** Clamps the rate. */
    public ReceiverEstimatedBitrate {
        bitrateBps = Math.max(0, Math.min(bitrateBps, MAX_BITRATE));
    }

    static @Nullable RtcpPacket parse(byte[] data, int at, int size) {
        if (size < 16 || Bytes.i32(data, at + 12) != REMB) {
            return new UnknownRtcp(PSFB, FORMAT);
        }
        if (size < 20) {
            return null;
        }
        int count = Bytes.u8(data, at + 16);
        if (size < 20 + 4 * count) {
            return null;
        }
        int exponent = Bytes.u8(data, at + 17) >> 2;
        long mantissa = Bytes.u24(data, at + 17) & 0x3ffff;
        boolean overflow = mantissa != 0 && exponent > Long.numberOfLeadingZeros(mantissa) - 2;
        List<Long> ssrcs = new ArrayList<>(Math.min(count, 8));
        for (int i = 0; i < count; i++) {
            ssrcs.add(Bytes.u32(data, at + 20 + 4 * i));
        }
        return new ReceiverEstimatedBitrate(
                Bytes.u32(data, at + 4), overflow ? MAX_BITRATE : mantissa << exponent, ssrcs);
    }

    @Override
    public int size() {
        return 20 + 4 * ssrcs.size();
    }

    @Override
    public void write(ByteWriter out) {
        int exponent = Math.max(0, 64 - Long.numberOfLeadingZeros(bitrateBps) - 18);
        RtcpPacket.writeHeader(out, FORMAT, PSFB, size());
        out.put32((int) senderSsrc).put32(0).put32(REMB).put8(ssrcs.size());
        out.put24(exponent << 18 | (int) (bitrateBps >> exponent));
        for (long ssrc : ssrcs) {
            out.put32((int) ssrc);
        }
    }
}
