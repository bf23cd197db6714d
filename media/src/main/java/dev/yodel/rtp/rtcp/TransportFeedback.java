package dev.yodel.rtp.rtcp;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Arrival times by transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions 3.1). The packet is
 * kept as bytes and walked by a {@link Cursor}, so that a run of 8,191 packets costs two bytes here too. Immutable.
 */
public final class TransportFeedback implements RtcpPacket {
    static final int FORMAT = 15;
    private static final int CHUNKS = 20;

    private final byte[] bytes;
    private final int deltasAt;

    private TransportFeedback(byte[] bytes, int deltasAt) {
        this.bytes = bytes;
        this.deltasAt = deltasAt;
    }

    /** Stands in {@link #of} for a packet that was not received. */
    public static final long NOT_RECEIVED = -1;

    private static final int TICK_MICROS = 250;
    private static final int REFERENCE_MICROS = 64_000;
    private static final int MAX_SMALL = 0xff;

    /**
     * How many of these packets fit into one report: those whose distance to the one before can be told in 16 bits.
     *
     * @param arrivalMicros times of arrival, or {@link #NOT_RECEIVED}; one at least is a time
     * @return 1 and more
     */
    public static int reportable(long[] arrivalMicros) {
        long last = firstTime(arrivalMicros) / REFERENCE_MICROS * REFERENCE_MICROS / TICK_MICROS;
        for (int i = 0; i < arrivalMicros.length; i++) {
            if (arrivalMicros[i] != NOT_RECEIVED) {
                long tick = arrivalMicros[i] / TICK_MICROS;
                if (tick - last != (short) (tick - last)) {
                    return i;
                }
                last = tick;
            }
        }
        return arrivalMicros.length;
    }

    private static long firstTime(long[] arrivalMicros) {
        for (long micros : arrivalMicros) {
            if (micros != NOT_RECEIVED) {
                return micros;
            }
        }
        throw new IllegalArgumentException("a report tells of one packet that came, or more");
    }

    /**
     * A report.
     *
     * @param senderSsrc who received the packets
     * @param mediaSsrc a source of theirs
     * @param feedbackCount 0 to 255, one more with each report
     * @param baseSequenceNumber 0 to 65535, the number of the first packet
     * @param arrivalMicros times of arrival, or {@link #NOT_RECEIVED}, no more than {@link #reportable} says
     * @return the report
     */
    public static TransportFeedback of(
            long senderSsrc, long mediaSsrc, int feedbackCount, int baseSequenceNumber, long[] arrivalMicros) {
        int count = arrivalMicros.length;
        long reference = firstTime(arrivalMicros) / REFERENCE_MICROS;
        int[] symbols = new int[count];
        int[] deltas = new int[count];
        long last = reference * REFERENCE_MICROS / TICK_MICROS;
        for (int i = 0; i < count; i++) {
            if (arrivalMicros[i] != NOT_RECEIVED) {
                long tick = arrivalMicros[i] / TICK_MICROS;
                deltas[i] = (int) (tick - last);
                symbols[i] = deltas[i] >= 0 && deltas[i] <= MAX_SMALL ? 1 : 2;
                last = tick;
            }
        }
        ByteWriter out = new ByteWriter(CHUNKS + 4 * count + 4);
        out.put32(0).put32((int) senderSsrc).put32((int) mediaSsrc);
        out.put16(baseSequenceNumber).put16(count);
        out.put32((int) (reference << 8) | feedbackCount);
        putChunks(out, symbols);
        int deltasAt = out.length();
        for (int i = 0; i < count; i++) {
            if (symbols[i] == 1) {
                out.put8(deltas[i]);
            } else if (symbols[i] == 2) {
                out.put16(deltas[i] & 0xffff);
            }
        }
        return new TransportFeedback(Arrays.copyOf(out.array(), out.length()), deltasAt);
    }

    /** 3.1.1 to 3.1.4: a run where one is long, else 14 packets of one bit, or 7 of two where a delta is large. */
    private static void putChunks(ByteWriter out, int[] symbols) {
        int at = 0;
        while (at < symbols.length) {
            int run = 1;
            while (at + run < symbols.length && symbols[at + run] == symbols[at] && run < 0x1fff) {
                run++;
            }
            if (run >= 14 || at + run == symbols.length) {
                out.put16(symbols[at] << 13 | run);
                at += run;
                continue;
            }
            boolean large = false;
            for (int i = at; i < Math.min(at + 14, symbols.length); i++) {
                large |= symbols[i] == 2;
            }
            int chunk = large ? 0xc000 : 0x8000;
            int width = large ? 7 : 14;
            for (int i = 0; i < width && at + i < symbols.length; i++) {
                chunk |= large ? symbols[at + i] << (12 - 2 * i) : symbols[at + i] << (13 - i);
            }
            out.put16(chunk);
            at += width;
        }
    }

    static @Nullable TransportFeedback parse(byte[] data, int start, int size) {
        if (size < CHUNKS) {
            return null;
        }
        int end = start + size;
        int left = Bytes.u16(data, start + 14);
        int at = start + CHUNKS;
        long deltaBytes = 0;
        while (left > 0) {
            if (end - at < 2) {
                return null;
            }
            int chunk = Bytes.u16(data, at);
            at += 2;
            int count = Math.min(left, capacity(chunk));
            if (count == 0) {
                return null;
            }
            if ((chunk & 0x8000) == 0) {
                int symbol = chunk >> 13 & 3;
                if (symbol == 3) {
                    return null;
                }
                deltaBytes += (long) count * symbol;
            } else {
                for (int i = 0; i < count; i++) {
                    int symbol = symbol(chunk, i);
                    if (symbol == 3) {
                        return null;
                    }
                    deltaBytes += symbol;
                }
            }
            left -= count;
        }
        if (deltaBytes > end - at) {
            return null;
        }
        return new TransportFeedback(Arrays.copyOfRange(data, start, end), at - start);
    }

    private static int capacity(int chunk) {
        if ((chunk & 0x8000) == 0) {
            return chunk & 0x1fff;
        }
        return (chunk & 0x4000) == 0 ? 14 : 7;
    }

    /** 0 not received, 1 small delta of one byte, 2 large delta of two bytes, 3 reserved. */
    private static int symbol(int chunk, int index) {
        if ((chunk & 0x8000) == 0) {
            return chunk >> 13 & 3;
        }
        if ((chunk & 0x4000) == 0) {
            return (chunk >> (13 - index)) & 1;
        }
        return (chunk >> (12 - 2 * index)) & 3;
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
     * The number of the first packet reported on.
     *
     * @return 0 to 65535
     */
    public int baseSequenceNumber() {
        return Bytes.u16(bytes, 12);
    }

    /**
     * Count of packets reported on, received or not.
     *
     * @return 0 to 65535
     */
    public int packetStatusCount() {
        return Bytes.u16(bytes, 14);
    }

    /**
     * Reference time.
     *
     * @return signed count of 64 ms
     */
    public int referenceTime() {
        return Bytes.u24(bytes, 16) << 8 >> 8;
    }

    /**
     * Number of this feedback packet.
     *
     * @return 0 to 255
     */
    public int feedbackCount() {
        return Bytes.u8(bytes, 19);
    }

    /**
     * Starts a walk over the packets that were received.
     *
     * @return a cursor before the first one
     */
    public Cursor received() {
        return new Cursor();
    }

    /** A walk over the received packets, in order of their numbers. */
    public final class Cursor {
        private int chunkAt = CHUNKS;
        private int deltaAt = deltasAt;
        private int inChunk;
        private int index = -1;
        private long micros = referenceTime() * 64_000L;

        private Cursor() {}

        /**
         * Moves to the next received packet.
         *
         * @return false at the end
         */
        public boolean next() {
            int count = packetStatusCount();
            index++;
            while (index < count) {
                int chunk = Bytes.u16(bytes, chunkAt);
                int capacity = capacity(chunk);
                if (inChunk == capacity) {
                    chunkAt += 2;
                    inChunk = 0;
                    continue;
                }
                int symbol = symbol(chunk, inChunk);
                if (symbol == 0) {
                    int skip = (chunk & 0x8000) == 0 ? capacity - inChunk : 1;
                    inChunk += skip;
                    index += skip;
                    continue;
                }
                inChunk++;
                int delta;
                if (symbol == 1) {
                    delta = Bytes.u8(bytes, deltaAt);
                } else {
                    delta = (short) Bytes.u16(bytes, deltaAt);
                }
                deltaAt += symbol;
                micros += delta * 250L;
                return true;
            }
            return false;
        }

        /**
         * The packet's transport-wide number.
         *
         * @return 0 to 65535
         */
        public int sequenceNumber() {
            return baseSequenceNumber() + index & 0xffff;
        }

        /**
         * When the peer received it, by the peer's clock.
         *
         * @return microseconds from an arbitrary start, wrapping with the reference time
         */
        public long arrivalMicros() {
            return micros;
        }
    }

    @Override
    public int size() {
        return (bytes.length + 3) / 4 * 4;
    }

    @Override
    public void write(ByteWriter out) {
        RtcpPacket.writeHeader(out, FORMAT, RTPFB, size());
        out.put(bytes, 4, bytes.length - 4).zeros(size() - bytes.length);
    }

    @Override
    public String toString() {
        return "TWCC base=" + baseSequenceNumber() + " count=" + packetStatusCount();
    }
}
