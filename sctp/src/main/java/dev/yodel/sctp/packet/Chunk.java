package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;

/** One chunk. Its length on the wire is {@link #sizeBytes}, padded to a multiple of four. RFC 9260 3.2. */
public sealed interface Chunk
        permits DataChunk,
                InitChunk,
                SackChunk,
                OpaqueChunk,
                ForwardTsnChunk,
                InterleavedForwardChunk,
                ReConfigChunk,
                PadChunk,
                SignalChunk,
                ShutdownChunk,
                UnknownChunk {
    /** The bytes of a chunk's header. */
    int HEADER_BYTES = 4;

    /** The chunk type. */
    int type();

    /** The length field: header and value without padding. */
    int sizeBytes();

    /** Writes header and value; the packet pads. */
    void write(ByteWriter out);

    /** The room the chunk takes in a packet. */
    default int paddedBytes() {
        return (sizeBytes() + 3) & ~3;
    }

    /** Writes the four bytes every chunk begins with. */
    default void writeHeader(ByteWriter out, int flags) {
        out.put8(type()).put8(flags).put16(sizeBytes());
    }
}
