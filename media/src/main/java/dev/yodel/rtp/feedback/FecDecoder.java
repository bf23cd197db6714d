package dev.yodel.rtp.feedback;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * Which lost packets of one stream can be rebuilt from parity (RFC 5109 9, draft-ietf-payload-flexible-fec-scheme-03 6)?
 * It keeps copies of the latest {@link #MEDIA} packets and of {@link #PARITY} parity packets that miss more than one, in
 * arrays that are used again; it routes and delivers nothing. What was rebuilt helps to rebuild more. Not for sharing
 * between threads.
 */
public final class FecDecoder {
    /** Packets kept. */
    public static final int MEDIA = 256;

    /** Parity packets kept. */
    public static final int PARITY = 48;

    /** Larger packets are neither kept nor rebuilt. */
    public static final int MAX_PACKET = 1500;

    private static final int FIXED_HEADER = 12;
    private static final long NONE = Long.MIN_VALUE;

    private static final class Parity {
        long base = NONE;
        long maskHigh;
        long maskLow;
        int flags;
        int markerAndType;
        int lengthRecovery;
        int timestampRecovery;
        byte[] parity = Bytes.EMPTY;
        int parityLength;
    }

    private final int ssrc;
    private final FecHeader header = new FecHeader();
    private final long[] numbers = new long[MEDIA];
    private final byte[][] packets = new byte[MEDIA][];
    private final int[] lengths = new int[MEDIA];
    private final Parity[] parities = new Parity[PARITY];
    private final long[] rebuilt = new long[PARITY + 1];
    private int rebuiltCount;
    private int rebuiltTaken;
    private int nextParity;
    private long highest = NONE;
    private long discarded;

    /**
     * Nothing is known.
     *
     * @param ssrc the source that is protected
     */
    public FecDecoder(long ssrc) {
        this.ssrc = (int) ssrc;
        Arrays.fill(numbers, NONE);
        Arrays.fill(packets, Bytes.EMPTY);
        for (int i = 0; i < PARITY; i++) {
            parities[i] = new Parity();
        }
    }

    /** Forgets everything, for a sender that started anew. */
    public void reset() {
        Arrays.fill(numbers, NONE);
        for (Parity parity : parities) {
            parity.base = NONE;
        }
        highest = NONE;
        rebuiltCount = 0;
        rebuiltTaken = 0;
    }

    /**
     * Takes a packet of the stream as it was protected: what is written on the way out, such as a transport-wide
     * number, must be zeroed in the copy by {@link #zero}.
     *
     * @param number extended sequence number
     * @param data copied
     * @param offset first byte of the RTP header
     * @param headerLength bytes of the header with its extension
     * @param skip bytes to leave out behind the header: the one of RED, or 0
     * @param length bytes of the whole packet
     * @param markerAndType second byte of the header as it was protected
     */
    public void add(long number, byte[] data, int offset, int headerLength, int skip, int length, int markerAndType) {
        if (length > MAX_PACKET || (highest != NONE && number <= highest - MEDIA)) {
            return;
        }
        int slot = slot(number);
        byte[] copy = room(slot);
        System.arraycopy(data, offset, copy, 0, headerLength);
        System.arraycopy(data, offset + headerLength + skip, copy, headerLength, length - headerLength - skip);
        copy[1] = (byte) markerAndType;
        numbers[slot] = number;
        lengths[slot] = length - skip;
        highest = Math.max(highest, number);
    }

    /**
     * Zeroes bytes of the packet that was added last.
     *
     * @param number its extended number
     * @param at first byte, counted from the RTP header
     * @param count how many
     */
    public void zero(long number, int at, int count) {
        int slot = slot(number);
        if (numbers[slot] == number && at >= FIXED_HEADER && at + count <= lengths[slot]) {
            Arrays.fill(packets[slot], at, at + count, (byte) 0);
        }
    }

    /**
     * Rebuilds what the packet that was added last, and zeroed, makes possible.
     *
     * @param number its extended number
     */
    public void settle(long number) {
        if (numbers[slot(number)] == number) {
            known(number);
        }
    }

    private byte[] room(int slot) {
        if (packets[slot].length == 0) {
            packets[slot] = new byte[MAX_PACKET];
        }
        return packets[slot];
    }

    private static int slot(long number) {
        return (int) number & (MEDIA - 1);
    }

    private boolean has(long number) {
        return numbers[slot(number)] == number;
    }

    /**
     * Takes a parity packet of ULPFEC.
     *
     * @param data copied
     * @param offset first byte of its header, behind that of RED
     * @param length count of bytes
     * @param near an extended number of the stream that the base is near to
     * @return false if it is malformed
     */
    public boolean addUlpfec(byte[] data, int offset, int length, long near) {
        return header.readUlpfec(data, offset, length) && add(data, offset, near);
    }

    /**
     * Takes a parity packet of FlexFEC.
     *
     * @param data copied
     * @param offset first byte of its payload
     * @param length count of bytes
     * @param near an extended number of the stream that the base is near to
     * @return false if it is malformed, or protects another source
     */
    public boolean addFlexfec(byte[] data, int offset, int length, long near) {
        return header.readFlexfec(data, offset, length) && header.ssrc == ssrc && add(data, offset, near);
    }

    /**
     * The source that a parity packet of FlexFEC says it protects.
     *
     * @param data borrowed
     * @param offset first byte of its payload
     * @param length count of bytes
     * @return 0 to 2^32-1, or -1 if it is cut short
     */
    public static long protectedSsrc(byte[] data, int offset, int length) {
        return length < 20 ? -1 : Bytes.u32(data, offset + 12);
    }

    private boolean add(byte[] data, int offset, long near) {
        if (header.parityLength > MAX_PACKET - FIXED_HEADER) {
            return false;
        }
        Parity parity = parities[nextParity];
        nextParity = (nextParity + 1) % PARITY;
        if (parity.base != NONE) {
            discarded++;
        }
        parity.base = near + (short) (header.base - (int) near);
        parity.maskHigh = header.maskHigh;
        parity.maskLow = header.maskLow;
        parity.flags = header.flags;
        parity.markerAndType = header.markerAndType;
        parity.lengthRecovery = header.lengthRecovery;
        parity.timestampRecovery = header.timestampRecovery;
        if (parity.parity.length < header.parityLength) {
            parity.parity = new byte[MAX_PACKET];
        }
        System.arraycopy(data, offset + header.parityAt, parity.parity, 0, header.parityLength);
        parity.parityLength = header.parityLength;
        judge(parity);
        return true;
    }

    /** A packet is there now, or rebuilt: what misses one packet less may rebuild another. */
    private void known(long number) {
        for (Parity parity : parities) {
            long index = number - parity.base;
            if (parity.base != NONE
                    && index >= 0
                    && index < FecHeader.MOST_PROTECTED
                    && FecHeader.protects(parity.maskHigh, parity.maskLow, (int) index)) {
                judge(parity);
            }
        }
    }

    private void judge(Parity parity) {
        long number = NONE;
        for (int i = 0; i < FecHeader.MOST_PROTECTED; i++) {
            if (FecHeader.protects(parity.maskHigh, parity.maskLow, i) && !has(parity.base + i)) {
                if (number != NONE) {
                    // Two are missing: it waits for one of them.
                    return;
                }
                number = parity.base + i;
            }
        }
        boolean done = number != NONE
                && (highest == NONE || number > highest - MEDIA)
                && rebuiltCount < rebuilt.length
                && rebuild(parity, number);
        parity.base = NONE;
        if (!done) {
            discarded++;
            return;
        }
        highest = Math.max(highest, number);
        rebuilt[rebuiltCount++] = number;
        known(number);
    }

    /** RFC 5109 9.2: exclusive or of the parity with all packets that are there. */
    private boolean rebuild(Parity parity, long number) {
        int flags = parity.flags;
        int markerAndType = parity.markerAndType;
        int length = parity.lengthRecovery;
        int timestamp = parity.timestampRecovery;
        int slot = slot(number);
        byte[] out = room(slot);
        numbers[slot] = NONE;
        System.arraycopy(parity.parity, 0, out, FIXED_HEADER, parity.parityLength);
        for (int i = 0; i < FecHeader.MOST_PROTECTED; i++) {
            long other = parity.base + i;
            if (other == number || !FecHeader.protects(parity.maskHigh, parity.maskLow, i)) {
                continue;
            }
            int from = slot(other);
            if (numbers[from] != other) {
                return false;
            }
            byte[] packet = packets[from];
            int behind = lengths[from] - FIXED_HEADER;
            flags ^= packet[0] & 0x3f;
            markerAndType ^= packet[1] & 0xff;
            length ^= behind;
            timestamp ^= Bytes.i32(packet, 4);
            int common = Math.min(behind, parity.parityLength);
            for (int at = FIXED_HEADER; at < FIXED_HEADER + common; at++) {
                out[at] ^= packet[at];
            }
        }
        if (length > parity.parityLength) {
            // Only a part of it was protected, or something does not belong together.
            return false;
        }
        out[0] = (byte) (0x80 | flags);
        out[1] = (byte) markerAndType;
        Bytes.put16(out, 2, (int) number & 0xffff);
        Bytes.put32(out, 4, timestamp);
        Bytes.put32(out, 8, ssrc);
        numbers[slot] = number;
        lengths[slot] = FIXED_HEADER + length;
        return true;
    }

    /**
     * Takes the next packet that was rebuilt.
     *
     * @return its extended number, or {@link Long#MIN_VALUE} if there is none
     */
    public long pollRebuilt() {
        if (rebuiltTaken == rebuiltCount) {
            rebuiltCount = 0;
            rebuiltTaken = 0;
            return NONE;
        }
        return rebuilt[rebuiltTaken++];
    }

    /**
     * The bytes of a packet.
     *
     * @param number what {@link #pollRebuilt} gave
     * @return an array that stays as it is for the next {@link #MEDIA} packets; the packet begins at index 0
     */
    public byte[] data(long number) {
        return packets[slot(number)];
    }

    /**
     * The size of a packet.
     *
     * @param number what {@link #pollRebuilt} gave
     * @return bytes
     */
    public int length(long number) {
        return lengths[slot(number)];
    }

    /**
     * Parity packets that were of no use: nothing was missing, too much was, or they came too late.
     *
     * @return a count since the beginning
     */
    public long discarded() {
        return discarded;
    }

    /**
     * Bytes held, for tests of the bound.
     *
     * @return at most 304 arrays of 1,500
     */
    public long bytesHeld() {
        long sum = 0;
        for (byte[] packet : packets) {
            sum += packet.length;
        }
        for (Parity parity : parities) {
            sum += parity.parity.length;
        }
        return sum;
    }
}
