package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * INIT, or INIT ACK when it carries a cookie. RFC 9260 3.3.2 and 3.3.3, RFC 3758 3.1, RFC 5061 4.2.7. Parameters that it
 * does not know are passed over.
 *
 * <pre>
 * | initiate tag                          |
 * | advertised receiver window            |
 * | outbound streams | inbound streams    |
 * | initial TSN                           |
 * | parameters ...                        |
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent")
public record InitChunk(
        int initiateTag,
        int windowBytes,
        int outboundStreams,
        int inboundStreams,
        int initialTsn,
        boolean forwardTsn,
        boolean reConfig,
        byte @Nullable [] cookie)
        implements Chunk {
    private static final int FIXED_BYTES = 20;
    private static final int STATE_COOKIE = 7;
    private static final int SUPPORTED_EXTENSIONS = 0x8008;
    private static final int FORWARD_TSN_SUPPORTED = 0xc000;
    private static final int MAX_PARAMETERS = 64;

    static @Nullable InitChunk parse(byte[] in, int at, int length, boolean ack) {
        if (length < FIXED_BYTES) {
            return null;
        }
        boolean forwardTsn = false;
        boolean reConfig = false;
        byte[] cookie = null;
        int end = at + length;
        int parameter = at + FIXED_BYTES;
        for (int count = 0; parameter < end; count++) {
            if (end - parameter < 4 || count == MAX_PARAMETERS) {
                return null;
            }
            int size = Bytes.u16(in, parameter + 2);
            if (size < 4 || size > end - parameter) {
                return null;
            }
            switch (Bytes.u16(in, parameter)) {
                case STATE_COOKIE -> cookie = Arrays.copyOfRange(in, parameter + 4, parameter + size);
                case FORWARD_TSN_SUPPORTED -> forwardTsn = true;
                case SUPPORTED_EXTENSIONS -> {
                    for (int i = parameter + 4; i < parameter + size; i++) {
                        reConfig |= Bytes.u8(in, i) == ChunkType.RE_CONFIG;
                        forwardTsn |= Bytes.u8(in, i) == ChunkType.FORWARD_TSN;
                    }
                }
                default -> {
                    // RFC 9260 3.2.1: the two highest bits say whether to go on.
                    if ((Bytes.u8(in, parameter) & 0x80) == 0 && Bytes.u16(in, parameter) > 12) {
                        parameter = end;
                    }
                }
            }
            parameter = Math.min(end, parameter + ((size + 3) & ~3));
        }
        if (ack == (cookie == null)) {
            return null;
        }
        return new InitChunk(
                Bytes.i32(in, at + 4),
                Bytes.i32(in, at + 8),
                Bytes.u16(in, at + 12),
                Bytes.u16(in, at + 14),
                Bytes.i32(in, at + 16),
                forwardTsn,
                reConfig,
                cookie);
    }

    @Override
    public int type() {
        return cookie == null ? ChunkType.INIT : ChunkType.INIT_ACK;
    }

    private int extensions() {
        return (forwardTsn ? 1 : 0) + (reConfig ? 1 : 0);
    }

    @Override
    public int sizeBytes() {
        int size = FIXED_BYTES + (forwardTsn ? 4 : 0) + (extensions() > 0 ? 8 : 0);
        return cookie == null ? size : size + 4 + cookie.length;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.put32(initiateTag)
                .put32(windowBytes)
                .put16(outboundStreams)
                .put16(inboundStreams)
                .put32(initialTsn);
        if (forwardTsn) {
            out.put16(FORWARD_TSN_SUPPORTED).put16(4);
        }
        if (extensions() > 0) {
            out.put16(SUPPORTED_EXTENSIONS).put16(4 + extensions());
            if (reConfig) {
                out.put8(ChunkType.RE_CONFIG);
            }
            if (forwardTsn) {
                out.put8(ChunkType.FORWARD_TSN);
            }
            out.zeros(4 - extensions());
        }
        if (cookie != null) {
            out.put16(STATE_COOKIE).put16(4 + cookie.length).put(cookie);
        }
    }
}
