package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * INIT, or INIT ACK when it carries a cookie. RFC 9260 3.3.2 and 3.3.3, RFC 3758 3.1, RFC 5061 4.2.7, RFC 9653 4.
 *
 * <pre>
 * | initiate tag                          |
 * | advertised receiver window            |
 * | outbound streams | inbound streams    |
 * | initial TSN                           |
 * | parameters ...                        |
 * </pre>
 *
 * @param unrecognized parameters that are not known and whose sender wants to hear that: of a parsed chunk what it
 *     holds, of one to be written what it reports
 */
@SuppressWarnings("ArrayRecordComponent")
public record InitChunk(
        int initiateTag,
        int windowBytes,
        int outboundStreams,
        int inboundStreams,
        int initialTsn,
        Capabilities capabilities,
        List<byte[]> unrecognized,
        byte @Nullable [] cookie)
        implements Chunk {
    private static final int FIXED_BYTES = 20;
    private static final int STATE_COOKIE = 7;
    private static final int UNRECOGNIZED_PARAMETER = 8;
    /** The highest parameter of RFC 9260; what of them is not used here is passed over. */
    private static final int LAST_BASIC_PARAMETER = 12;

    private static final int ZERO_CHECKSUM_ACCEPTABLE = 0x8001;
    private static final int SUPPORTED_EXTENSIONS = 0x8008;
    private static final int FORWARD_TSN_SUPPORTED = 0xc000;
    /** The error detection method of RFC 9653 5.1: DTLS. */
    private static final int BY_DTLS = 1;

    private static final int MAX_PARAMETERS = 64;
    /** C15: the longest list of unknown parameters that is sent back. */
    private static final int MAX_REPORT_BYTES = 256;

    /** An INIT, or an INIT ACK if there is a cookie, that reports nothing. */
    public InitChunk(
            int initiateTag,
            int windowBytes,
            int outboundStreams,
            int inboundStreams,
            int initialTsn,
            Capabilities capabilities,
            byte @Nullable [] cookie) {
        this(initiateTag, windowBytes, outboundStreams, inboundStreams, initialTsn, capabilities, List.of(), cookie);
    }

    /**
     * Parses an INIT that did not come in a packet. draft-hancke-tsvwg-snap
     *
     * @return null if it is none
     */
    public static @Nullable InitChunk parse(byte[] chunk) {
        if (chunk.length < FIXED_BYTES || Bytes.u8(chunk, 0) != ChunkType.INIT) {
            return null;
        }
        int length = Bytes.u16(chunk, 2);
        if (length > chunk.length || chunk.length - length > 3) {
            return null;
        }
        return parse(chunk, 0, length, false);
    }

    static @Nullable InitChunk parse(byte[] in, int at, int length, boolean ack) {
        if (length < FIXED_BYTES) {
            return null;
        }
        Found found = new Found();
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
            if (!found.take(in, parameter, size)) {
                break;
            }
            parameter = Math.min(end, parameter + ((size + 3) & ~3));
        }
        if (ack == (found.cookie == null)) {
            return null;
        }
        return new InitChunk(
                Bytes.i32(in, at + 4),
                Bytes.i32(in, at + 8),
                Bytes.u16(in, at + 12),
                Bytes.u16(in, at + 14),
                Bytes.i32(in, at + 16),
                new Capabilities(
                        found.forwardTsn,
                        found.reConfig,
                        found.interleavedData && found.interleavedForward,
                        found.zeroChecksum,
                        found.padding),
                List.copyOf(found.unrecognized),
                found.cookie);
    }

    /** What the parameters say. */
    private static final class Found {
        boolean forwardTsn;
        boolean reConfig;
        boolean interleavedData;
        boolean interleavedForward;
        boolean zeroChecksum;
        boolean padding;
        byte @Nullable [] cookie;
        final List<byte[]> unrecognized = new ArrayList<>();
        int unrecognizedBytes;

        /** Whether the parameters behind it are to be read. */
        boolean take(byte[] in, int at, int size) {
            int type = Bytes.u16(in, at);
            switch (type) {
                case STATE_COOKIE -> cookie = Arrays.copyOfRange(in, at + 4, at + size);
                case FORWARD_TSN_SUPPORTED -> forwardTsn = true;
                case ZERO_CHECKSUM_ACCEPTABLE -> zeroChecksum |= size == 8 && Bytes.i32(in, at + 4) == BY_DTLS;
                case SUPPORTED_EXTENSIONS -> {
                    for (int i = at + 4; i < at + size; i++) {
                        extension(Bytes.u8(in, i));
                    }
                }
                default -> {
                    return type <= LAST_BASIC_PARAMETER || takeUnknown(in, at, size, type);
                }
            }
            return true;
        }

        private void extension(int chunkType) {
            switch (chunkType) {
                case ChunkType.RE_CONFIG -> reConfig = true;
                case ChunkType.PAD -> padding = true;
                case ChunkType.FORWARD_TSN -> forwardTsn = true;
                case ChunkType.I_DATA -> interleavedData = true;
                case ChunkType.I_FORWARD_TSN -> interleavedForward = true;
                default -> {
                    // What else the peer can do is of no use to us.
                }
            }
        }

        /** RFC 9260 3.2.1: the highest bit says whether to go on, the next whether to report. */
        private boolean takeUnknown(byte[] in, int at, int size, int type) {
            if ((type & 0x4000) != 0 && unrecognizedBytes + size <= MAX_REPORT_BYTES) {
                unrecognized.add(Arrays.copyOfRange(in, at, at + size));
                unrecognizedBytes += size;
            }
            return (type & 0x8000) != 0;
        }
    }

    @Override
    public int type() {
        return cookie == null ? ChunkType.INIT : ChunkType.INIT_ACK;
    }

    private int extensions() {
        return (capabilities.forwardTsn() ? 1 : 0)
                + (capabilities.reConfig() ? 1 : 0)
                + (capabilities.interleaving() ? 2 : 0)
                + (capabilities.padding() ? 1 : 0);
    }

    private static int padded(int size) {
        return (size + 3) & ~3;
    }

    @Override
    public int sizeBytes() {
        int size = FIXED_BYTES;
        if (capabilities.forwardTsn()) {
            size += 4;
        }
        if (capabilities.zeroChecksum()) {
            size += 8;
        }
        if (extensions() > 0) {
            size += padded(4 + extensions());
        }
        if (cookie != null) {
            size += padded(4 + cookie.length);
        }
        for (byte[] parameter : unrecognized) {
            size += padded(4 + parameter.length);
        }
        return size;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.put32(initiateTag)
                .put32(windowBytes)
                .put16(outboundStreams)
                .put16(inboundStreams)
                .put32(initialTsn);
        if (extensions() > 0) {
            writeExtensions(out);
        }
        if (capabilities.forwardTsn()) {
            out.put16(FORWARD_TSN_SUPPORTED).put16(4);
        }
        if (capabilities.zeroChecksum()) {
            out.put16(ZERO_CHECKSUM_ACCEPTABLE).put16(8).put32(BY_DTLS);
        }
        if (cookie != null) {
            writePadded(out, STATE_COOKIE, cookie);
        }
        for (byte[] parameter : unrecognized) {
            writePadded(out, UNRECOGNIZED_PARAMETER, parameter);
        }
    }

    private void writeExtensions(ByteWriter out) {
        out.put16(SUPPORTED_EXTENSIONS).put16(4 + extensions());
        if (capabilities.reConfig()) {
            out.put8(ChunkType.RE_CONFIG);
        }
        if (capabilities.forwardTsn()) {
            out.put8(ChunkType.FORWARD_TSN);
        }
        if (capabilities.interleaving()) {
            out.put8(ChunkType.I_DATA).put8(ChunkType.I_FORWARD_TSN);
        }
        if (capabilities.padding()) {
            out.put8(ChunkType.PAD);
        }
        out.zeros(padded(extensions()) - extensions());
    }

    private static void writePadded(ByteWriter out, int type, byte[] value) {
        out.put16(type).put16(4 + value.length).put(value);
        out.zeros(padded(value.length) - value.length);
    }
}
