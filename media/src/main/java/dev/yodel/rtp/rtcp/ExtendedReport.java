package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An extended report, XR (RFC 3611), reduced to receiver reference time (4.4) and its answer, DLRR (4.5); other blocks
 * are skipped. Immutable.
 *
 * @param ssrc the sender
 * @param referenceTime NTP time of the receiver reference time block, all 64 bits; 0 if there is none
 * @param delays sub-blocks of DLRR
 */
public record ExtendedReport(long ssrc, long referenceTime, List<Delay> delays) implements RtcpPacket {
    private static final int RECEIVER_REFERENCE_TIME = 4;
    private static final int DELAY_SINCE_LAST = 5;

    /**
     * The answer to one receiver's reference time.
     *
     * @param ssrc the receiver
     * @param lastReceiverReport middle 32 bits of its NTP time
     * @param delay 16.16 seconds since it came
     */
    public record Delay(long ssrc, long lastReceiverReport, long delay) {}

    static @Nullable ExtendedReport parse(byte[] data, int start, int size) {
        if (size < 8) {
            return null;
        }
        int end = start + size;
        int at = start + 8;
        long referenceTime = 0;
        List<Delay> delays = new ArrayList<>(1);
        while (end - at >= 4) {
            int type = Bytes.u8(data, at);
            int body = 4 * Bytes.u16(data, at + 2);
            at += 4;
            if (body > end - at) {
                return null;
            }
            if (type == RECEIVER_REFERENCE_TIME && body == 8) {
                referenceTime = Bytes.i64(data, at);
            } else if (type == DELAY_SINCE_LAST) {
                for (int i = 0; i + 12 <= body; i += 12) {
                    delays.add(new Delay(
                            Bytes.u32(data, at + i), Bytes.u32(data, at + i + 4), Bytes.u32(data, at + i + 8)));
                }
            }
            at += body;
        }
        return new ExtendedReport(Bytes.u32(data, start + 4), referenceTime, delays);
    }

    @Override
    public int size() {
        return 8 + (referenceTime == 0 ? 0 : 12) + (delays.isEmpty() ? 0 : 4 + 12 * delays.size());
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, 0, XR, size());
        out.put32((int) ssrc);
        if (referenceTime != 0) {
            out.put8(RECEIVER_REFERENCE_TIME).put8(0).put16(2).put64(referenceTime);
        }
        if (!delays.isEmpty()) {
            out.put8(DELAY_SINCE_LAST).put8(0).put16(3 * delays.size());
            for (Delay delay : delays) {
                out.put32((int) delay.ssrc)
                        .put32((int) delay.lastReceiverReport)
                        .put32((int) delay.delay);
            }
        }
    }
}
