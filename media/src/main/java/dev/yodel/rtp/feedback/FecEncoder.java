package dev.yodel.rtp.feedback;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * Makes parity of the packets of one stream (RFC 5109 8, draft-ietf-payload-flexible-fec-scheme-03 6). Of a batch each
 * parity packet protects every n-th one, so that a burst as long as there are parity packets is repaired. It sends
 * nothing and decides only about the shape of a batch: when it ends and how much parity it gets is its owner's. Not for
 * sharing between threads.
 */
public final class FecEncoder {
    /** Most packets of a batch, and most numbers that it spans. */
    public static final int BATCH = FecHeader.MOST_WRITTEN;

    private static final int FIXED_HEADER = 12;

    private final FecHeader header = new FecHeader();
    private final byte[][] packets = new byte[BATCH][];
    private final int[] lengths = new int[BATCH];
    private final int[] numbers = new int[BATCH];
    private int count;
    private int parities;
    private int next;

    /** An empty batch. */
    public FecEncoder() {
        Arrays.fill(packets, Bytes.EMPTY);
    }

    /**
     * Adds a packet to the batch.
     *
     * @param packet copied: as the receiver will have it, but for {@code markerAndType}, {@code skip} and what is zeroed
     * @param offset first byte of the RTP header
     * @param headerLength bytes of the header with its extension
     * @param skip bytes to leave out behind the header: the one of RED, or 0
     * @param length bytes of the whole packet
     * @param markerAndType second byte of the header
     * @return false if the batch cannot take it: it is full, or the numbers are too far apart
     */
    public boolean add(byte[] packet, int offset, int headerLength, int skip, int length, int markerAndType) {
        int number = Bytes.u16(packet, offset + 2);
        if (count == BATCH
                || length - skip > FecDecoder.MAX_PACKET
                || (count > 0 && (number - numbers[0] & 0xffff) >= BATCH)
                || (count > 0 && (short) (number - numbers[count - 1]) <= 0)) {
            return false;
        }
        if (packets[count].length == 0) {
            packets[count] = new byte[FecDecoder.MAX_PACKET];
        }
        byte[] copy = packets[count];
        System.arraycopy(packet, offset, copy, 0, headerLength);
        System.arraycopy(packet, offset + headerLength + skip, copy, headerLength, length - headerLength - skip);
        copy[1] = (byte) markerAndType;
        lengths[count] = length - skip;
        numbers[count] = number;
        count++;
        return true;
    }

    /**
     * Zeroes bytes of the packet that was added last: what is written when it leaves.
     *
     * @param at first byte, counted from the RTP header
     * @param bytes how many
     */
    public void zero(int at, int bytes) {
        Arrays.fill(packets[count - 1], at, at + bytes, (byte) 0);
    }

    /**
     * Packets of the batch.
     *
     * @return 0 to {@link #BATCH}
     */
    public int count() {
        return count;
    }

    /**
     * Ends the batch; its parity is then written one by one.
     *
     * @param parityPackets 0 to {@link #count()}; 0 begins anew
     */
    public void finish(int parityPackets) {
        parities = Math.min(parityPackets, count);
        next = 0;
        if (parities == 0) {
            count = 0;
        }
    }

    /**
     * Writes the next parity packet of a finished batch; after the last one the next batch begins.
     *
     * @param flexfec whether in FlexFEC's form, else in ULPFEC's
     * @param ssrc the protected source
     * @param out has room for {@link FecDecoder#MAX_PACKET} bytes and 32 more
     * @param offset where
     * @return bytes written, or 0 if there is no more
     */
    public int write(boolean flexfec, int ssrc, byte[] out, int offset) {
        if (next == parities) {
            return 0;
        }
        header.ssrc = ssrc;
        header.base = numbers[0];
        header.maskHigh = 0;
        header.maskLow = 0;
        header.flags = 0;
        header.markerAndType = 0;
        header.lengthRecovery = 0;
        header.timestampRecovery = 0;
        int longest = 0;
        for (int i = next; i < count; i += parities) {
            header.maskHigh |= Long.MIN_VALUE >>> (numbers[i] - numbers[0] & 0xffff);
            longest = Math.max(longest, lengths[i] - FIXED_HEADER);
        }
        header.parityLength = longest;
        int at =
                offset + (flexfec ? FecHeader.flexfecLength(header.maskHigh) : FecHeader.ulpfecLength(header.maskHigh));
        Arrays.fill(out, at, at + longest, (byte) 0);
        for (int i = next; i < count; i += parities) {
            byte[] packet = packets[i];
            header.flags ^= packet[0] & 0x3f;
            header.markerAndType ^= packet[1] & 0xff;
            header.lengthRecovery ^= lengths[i] - FIXED_HEADER;
            header.timestampRecovery ^= Bytes.i32(packet, 4);
            for (int from = FIXED_HEADER; from < lengths[i]; from++) {
                out[at + from - FIXED_HEADER] ^= packet[from];
            }
        }
        if (flexfec) {
            header.writeFlexfec(out, offset);
        } else {
            header.writeUlpfec(out, offset);
        }
        next++;
        if (next == parities) {
            count = 0;
        }
        return at + longest - offset;
    }
}
