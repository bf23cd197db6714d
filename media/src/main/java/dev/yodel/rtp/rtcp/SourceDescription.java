package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source description, SDES (RFC 3550 6.5), reduced to the canonical names; other items are checked and skipped.
 * Immutable.
 *
 * @param chunks at most 31
 */
public record SourceDescription(List<Chunk> chunks) implements RtcpPacket {
    private static final int CNAME = 1;

    /**
     * One source.
     *
     * @param ssrc 0 to 2^32-1
     * @param cname canonical name of at most 255 bytes, or null if it has none
     */
    public record Chunk(long ssrc, @Nullable String cname) {
        int size() {
            // SSRC, the item, at least one zero byte, up to the next multiple of four.
            int items = cname == null ? 0 : 2 + cname.getBytes(StandardCharsets.UTF_8).length;
            return 4 + (items + 4) / 4 * 4;
        }
    }

    static @Nullable SourceDescription parse(byte[] data, int start, int size) {
        int count = data[start] & 0x1f;
        int end = start + size;
        int at = start + 4;
        List<Chunk> chunks = new ArrayList<>(Math.min(count, size / 8));
        for (int i = 0; i < count; i++) {
            if (end - at < 8) {
                return null;
            }
            long ssrc = Bytes.u32(data, at);
            at += 4;
            String cname = null;
            while (true) {
                if (at >= end) {
                    return null;
                }
                int type = Bytes.u8(data, at++);
                if (type == 0) {
                    break;
                }
                if (at >= end) {
                    return null;
                }
                int length = Bytes.u8(data, at++);
                if (length > end - at) {
                    return null;
                }
                if (type == CNAME && cname == null) {
                    cname = new String(data, at, length, StandardCharsets.UTF_8);
                }
                at += length;
            }
            at = start + (at - start + 3) / 4 * 4;
            chunks.add(new Chunk(ssrc, cname));
        }
        return new SourceDescription(chunks);
    }

    @Override
    public int size() {
        int size = 4;
        for (Chunk chunk : chunks) {
            size += chunk.size();
        }
        return size;
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, chunks.size(), SDES, size());
        for (Chunk chunk : chunks) {
            int end = out.position() + chunk.size();
            out.put32((int) chunk.ssrc);
            if (chunk.cname != null) {
                byte[] text = chunk.cname.getBytes(StandardCharsets.UTF_8);
                out.put8(CNAME).put8(text.length).put(text);
            }
            out.zeros(end - out.position());
        }
    }
}
