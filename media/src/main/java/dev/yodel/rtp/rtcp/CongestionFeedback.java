package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Arrival times by source and sequence number (RFC 8888 3.1). The packet is kept as bytes and walked by a {@link Cursor}.
 * Congestion marks (ECN) are read and written as "not known". Immutable.
 *
 * <pre>
 * |V=2|P| FMT=11  |   PT = 205    |          length               |
 * |                 SSRC of RTCP packet sender                    |
 * |                 SSRC of a stream                              |  repeated
 * |          begin_seq            |          num_reports          |
 * |R|ECN|  Arrival time offset    | ...    filled up to 32 bits   |
 * |                 Report Timestamp (32 bits)                    |
 * </pre>
 */
public final class CongestionFeedback implements RtcpPacket {
    static final int FORMAT = 11;

    /** Most packets of one stream in one report (RFC 8888 3.1). */
    public static final int MAX_REPORTS = 16_384;

    /** Stands in {@link Builder#stream} for a packet that was not received. */
    public static final long NOT_RECEIVED = Long.MIN_VALUE;

    private static final int HEADER = 8;
    private static final int STREAM = 8;
    private static final int TIMESTAMP = 4;
    private static final int RECEIVED = 0x8000;

    /** Offsets are 1/1024 s; what is older than they can tell, and what is later than the report. */
    private static final int MAX_OFFSET = 0x1ffd;

    private static final int TOO_OLD = 0x1ffe;
    private static final int UNKNOWN_OFFSET = 0x1fff;

    private final byte[] bytes;

    private CongestionFeedback(byte[] bytes) {
        this.bytes = bytes;
    }

    static @Nullable CongestionFeedback parse(byte[] data, int start, int size) {
        if (size < HEADER + TIMESTAMP) {
            return null;
        }
        int end = start + size - TIMESTAMP;
        int at = start + HEADER;
        while (at < end) {
            if (end - at < STREAM) {
                return null;
            }
            int count = Bytes.u16(data, at + 6);
            if (count > MAX_REPORTS) {
                return null;
            }
            at += STREAM + (count * 2 + 3) / 4 * 4;
        }
        return at == end ? new CongestionFeedback(Arrays.copyOfRange(data, start, start + size)) : null;
    }

    /** Makes a report, stream by stream. Not for sharing between threads. */
    public static final class Builder {
        private final ByteWriter out;
        private final long nowMicros;

        /**
         * An empty report.
         *
         * @param senderSsrc who received the packets
         * @param nowMicros the time of the report, by the clock of the arrivals
         * @param capacity most bytes of the report
         */
        public Builder(long senderSsrc, long nowMicros, int capacity) {
            this.out = new ByteWriter(capacity);
            this.nowMicros = nowMicros;
            out.put32(0).put32((int) senderSsrc);
        }

        /**
         * How many packets of one stream more there is room for.
         *
         * @return 0 and more
         */
        public int room() {
            int left = out.array().length - out.length() - TIMESTAMP - STREAM;
            return Math.max(0, Math.min(MAX_REPORTS, left / 4 * 2));
        }

        /**
         * Adds a stream.
         *
         * @param ssrc the source
         * @param beginSequence 0 to 65535, the number of the first packet
         * @param arrivalMicros times of arrival, or {@link #NOT_RECEIVED}
         * @param count how many of them count, at most {@link #room}
         */
        public void stream(long ssrc, int beginSequence, long[] arrivalMicros, int count) {
            out.put32((int) ssrc).put16(beginSequence).put16(count);
            for (int i = 0; i < count; i++) {
                out.put16(arrivalMicros[i] == NOT_RECEIVED ? 0 : RECEIVED | offset(nowMicros - arrivalMicros[i]));
            }
            if ((count & 1) != 0) {
                out.put16(0);
            }
        }

        private static int offset(long micros) {
            long offset = (micros * 1024 + 500_000) / 1_000_000;
            return offset < 0 ? UNKNOWN_OFFSET : offset > MAX_OFFSET ? TOO_OLD : (int) offset;
        }

        /**
         * Ends the report.
         *
         * @return the report
         */
        public CongestionFeedback build() {
            // 16.16 seconds, as in the middle of NTP time; whose origin is free (RFC 8888 3.1).
            out.put32((int) (((nowMicros / 1_000_000) << 16) + ((nowMicros % 1_000_000) << 16) / 1_000_000));
            return new CongestionFeedback(Arrays.copyOf(out.array(), out.length()));
        }
    }

    /**
     * Who received the packets.
     *
     * @return 0 to 2^32-1
     */
    public long senderSsrc() {
        return Bytes.u32(bytes, 4);
    }

    /**
     * When the report was made, by the reporter's clock.
     *
     * @return 16.16 seconds, wrapping
     */
    public int timestamp() {
        return Bytes.i32(bytes, bytes.length - TIMESTAMP);
    }

    /**
     * Starts a walk over all packets that are reported on.
     *
     * @return a cursor before the first one
     */
    public Cursor packets() {
        return new Cursor();
    }

    /** A walk over the packets of all streams, received or not. */
    public final class Cursor {
        private int streamAt = HEADER;
        private int index = -1;

        private Cursor() {}

        /**
         * Moves to the next packet.
         *
         * @return false at the end
         */
        public boolean next() {
            index++;
            int end = bytes.length - TIMESTAMP;
            while (streamAt < end && index >= Bytes.u16(bytes, streamAt + 6)) {
                streamAt += STREAM + (Bytes.u16(bytes, streamAt + 6) * 2 + 3) / 4 * 4;
                index = 0;
            }
            return streamAt < end;
        }

        private int report() {
            return Bytes.u16(bytes, streamAt + STREAM + 2 * index);
        }

        /**
         * The packet's source.
         *
         * @return 0 to 2^32-1
         */
        public long ssrc() {
            return Bytes.u32(bytes, streamAt);
        }

        /**
         * The packet's number.
         *
         * @return 0 to 65535
         */
        public int sequenceNumber() {
            return Bytes.u16(bytes, streamAt + 4) + index & 0xffff;
        }

        /**
         * Whether it arrived.
         *
         * @return the R bit
         */
        public boolean received() {
            return (report() & RECEIVED) != 0;
        }

        /**
         * Whether the time of its arrival is told.
         *
         * @return false if it came too long before the report, or at an unknown time
         */
        public boolean timed() {
            return (report() & 0x1fff) <= MAX_OFFSET;
        }

        /**
         * How long before the report it arrived.
         *
         * @return microseconds, 0 to 8 s
         */
        public long ageMicros() {
            return (report() & 0x1fff) * 1_000_000L / 1024;
        }
    }

    @Override
    public int size() {
        return bytes.length;
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, FORMAT, RTPFB, size());
        out.put(bytes, 4, bytes.length - 4);
    }

    @Override
    public String toString() {
        return "CCFB " + bytes.length + " bytes";
    }
}
