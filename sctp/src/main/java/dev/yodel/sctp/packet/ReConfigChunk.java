package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** RE-CONFIG: one or two requests or responses about streams. RFC 6525 3.1. */
public record ReConfigChunk(List<ReConfigParameter> parameters) implements Chunk {
    static @Nullable ReConfigChunk parse(byte[] in, int at, int length) {
        int end = at + length;
        int parameter = at + HEADER_BYTES;
        ReConfigParameter[] found = new ReConfigParameter[2];
        int count = 0;
        while (parameter < end) {
            if (end - parameter < 4 || count == found.length) {
                return null;
            }
            int size = Bytes.u16(in, parameter + 2);
            if (size < 4 || size > end - parameter) {
                return null;
            }
            ReConfigParameter parsed = ReConfigParameter.parse(in, parameter, size);
            if (parsed == null) {
                return null;
            }
            found[count++] = parsed;
            parameter = Math.min(end, parameter + ((size + 3) & ~3));
        }
        if (count == 0) {
            return null;
        }
        return new ReConfigChunk(count == 1 ? List.of(found[0]) : List.of(found[0], found[1]));
    }

    @Override
    public int type() {
        return ChunkType.RE_CONFIG;
    }

    @Override
    public int sizeBytes() {
        int size = HEADER_BYTES;
        for (ReConfigParameter parameter : parameters) {
            size = ((size + 3) & ~3) + parameter.sizeBytes();
        }
        return size;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        for (ReConfigParameter parameter : parameters) {
            out.padTo(4);
            parameter.write(out);
        }
    }
}
