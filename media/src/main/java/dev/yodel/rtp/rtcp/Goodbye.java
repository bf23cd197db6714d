package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sources that leave, BYE (RFC 3550 6.6). Immutable.
 *
 * @param ssrcs at most 31
 * @param reason text of at most 255 bytes, or null
 */
public record Goodbye(List<Long> ssrcs, @Nullable String reason) implements RtcpPacket {
    static @Nullable Goodbye parse(byte[] data, int at, int size) {
        int count = data[at] & 0x1f;
        int reasonAt = 4 + 4 * count;
        if (size < reasonAt) {
            return null;
        }
        String reason = null;
        if (size > reasonAt) {
            int length = Bytes.u8(data, at + reasonAt);
            if (reasonAt + 1 + length > size) {
                return null;
            }
            reason = new String(data, at + reasonAt + 1, length, StandardCharsets.UTF_8);
        }
        List<Long> ssrcs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ssrcs.add(Bytes.u32(data, at + 4 + 4 * i));
        }
        return new Goodbye(ssrcs, reason);
    }

    @Override
    public int size() {
        int text = reason == null ? 0 : 1 + reason.getBytes(StandardCharsets.UTF_8).length;
        return 4 + 4 * ssrcs.size() + (text + 3) / 4 * 4;
    }

    @Override
    public void write(ByteWriter out) {
        int end = out.position() + size();
        RtcpPacket.writeHeader(out, ssrcs.size(), BYE, size());
        for (long ssrc : ssrcs) {
            out.put32((int) ssrc);
        }
        if (reason != null) {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            out.put8(text.length).put(text);
        }
        out.zeros(end - out.position());
    }
}
