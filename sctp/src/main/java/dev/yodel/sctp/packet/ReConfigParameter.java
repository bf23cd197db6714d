package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/** A request or response of a RE-CONFIG chunk. RFC 6525 4. */
public sealed interface ReConfigParameter {
    /** The parameter's length field. */
    int sizeBytes();

    /** Writes the parameter without padding. */
    void write(ByteWriter out);

    static @Nullable ReConfigParameter parse(byte[] in, int at, int length) {
        int type = Bytes.u16(in, at);
        return switch (type) {
            case OutgoingReset.TYPE ->
                length < 16 || (length & 1) != 0
                        ? null
                        : new OutgoingReset(
                                Bytes.i32(in, at + 4),
                                Bytes.i32(in, at + 8),
                                Bytes.i32(in, at + 12),
                                streams(in, at + 16, at + length));
            case IncomingReset.TYPE ->
                length < 8 || (length & 1) != 0
                        ? null
                        : new IncomingReset(Bytes.i32(in, at + 4), streams(in, at + 8, at + length));
            case AddStreams.OUTGOING, AddStreams.INCOMING ->
                length != 12
                        ? null
                        : new AddStreams(type == AddStreams.OUTGOING, Bytes.i32(in, at + 4), Bytes.u16(in, at + 8));
            case Response.TYPE ->
                length != 12 && length != 20 ? null : new Response(Bytes.i32(in, at + 4), Bytes.i32(in, at + 8));
            default -> length < 8 ? null : new OtherRequest(type, Bytes.i32(in, at + 4));
        };
    }

    private static int[] streams(byte[] in, int from, int end) {
        int[] streams = new int[(end - from) / 2];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = Bytes.u16(in, from + 2 * i);
        }
        return streams;
    }

    /** The sender resets its outgoing streams; no streams listed means all. RFC 6525 4.1. */
    @SuppressWarnings("ArrayRecordComponent")
    record OutgoingReset(int requestNumber, int responseNumber, int lastTsn, int[] streams)
            implements ReConfigParameter {
        static final int TYPE = 13;

        @Override
        public int sizeBytes() {
            return 16 + 2 * streams.length;
        }

        @Override
        public void write(ByteWriter out) {
            out.put16(TYPE)
                    .put16(sizeBytes())
                    .put32(requestNumber)
                    .put32(responseNumber)
                    .put32(lastTsn);
            for (int stream : streams) {
                out.put16(stream);
            }
        }
    }

    /** The sender asks the receiver to reset its outgoing streams. RFC 6525 4.2. */
    @SuppressWarnings("ArrayRecordComponent")
    record IncomingReset(int requestNumber, int[] streams) implements ReConfigParameter {
        static final int TYPE = 14;

        @Override
        public int sizeBytes() {
            return 8 + 2 * streams.length;
        }

        @Override
        public void write(ByteWriter out) {
            out.put16(TYPE).put16(sizeBytes()).put32(requestNumber);
            for (int stream : streams) {
                out.put16(stream);
            }
        }
    }

    /** The answer to a request. RFC 6525 4.4. */
    record Response(int responseNumber, int result) implements ReConfigParameter {
        static final int TYPE = 16;
        public static final int NOTHING_TO_DO = 0;
        public static final int PERFORMED = 1;
        public static final int DENIED = 2;
        public static final int WRONG_STREAM = 3;
        public static final int BAD_SEQUENCE_NUMBER = 5;
        public static final int IN_PROGRESS = 6;

        @Override
        public int sizeBytes() {
            return 12;
        }

        @Override
        public void write(ByteWriter out) {
            out.put16(TYPE).put16(12).put32(responseNumber).put32(result);
        }
    }

    /** The sender wants to have more outgoing streams, or wants the receiver to. RFC 6525 4.5, 4.6. */
    record AddStreams(boolean outgoing, int requestNumber, int count) implements ReConfigParameter {
        static final int OUTGOING = 17;
        static final int INCOMING = 18;

        @Override
        public int sizeBytes() {
            return 12;
        }

        @Override
        public void write(ByteWriter out) {
            out.put16(outgoing ? OUTGOING : INCOMING).put16(12);
            out.put32(requestNumber).put16(count).put16(0);
        }
    }

    /** A request that is always denied: a reset of all TSNs, or an unknown one. RFC 6525 4.3. */
    record OtherRequest(int type, int requestNumber) implements ReConfigParameter {
        @Override
        public int sizeBytes() {
            return 8;
        }

        @Override
        public void write(ByteWriter out) {
            out.put16(type).put16(8).put32(requestNumber);
        }
    }
}
