package dev.yodel.rtp.feedback;

import dev.yodel.io.Bytes;

/**
 * What one parity packet protects, and where its parity begins: ULPFEC's headers of level 0 (RFC 5109 7.3, 7.4) and
 * FlexFEC's of draft-ietf-payload-flexible-fec-scheme-03 4.2 with one protected source. A re-usable view; it copies and
 * recovers nothing. Not for sharing between threads.
 *
 * <pre>
 * ULPFEC   |E|L|P|X|  CC   |M| PT recovery |            SN base            |
 *          |                          TS recovery                          |
 *          |        length recovery        |       protection length       |
 *          |         mask, 16 bits, or 48 if L           |
 * FlexFEC  |R|F|P|X|  CC   |M| PT recovery |        length recovery        |
 *          |                          TS recovery                          |
 *          |   SSRCCount   |                    reserved                   |
 *          |                             SSRC_i                            |
 *          |           SN base_i           |k|          Mask [0-14]        |
 *          |k|                   Mask [15-45] (optional)                   |
 *          |k|                   Mask [46-108] (optional), 64 bits         |
 * </pre>
 */
final class FecHeader {
    /** Most packets that one parity packet can protect: the width of FlexFEC's longest mask. */
    static final int MOST_PROTECTED = 109;

    /** Most packets that this writes masks for: what ULPFEC's long mask has. */
    static final int MOST_WRITTEN = 48;

    private static final int ULP_MASK_AT = 12;
    private static final int ULP_SHORT_MASK = 16;
    private static final int ULP_LONG_MASK = 48;
    private static final int FLEX_MASK_AT = 18;
    private static final int FLEX_FIRST_MASK = 15;
    private static final int FLEX_SECOND_MASK = 46;

    /** The protected source; ULPFEC's is that of the packet itself. */
    int ssrc;

    /** The number of the packet that the mask's first bit means. */
    int base;

    /** Which packets from the base on, the first one in the highest bit. */
    long maskHigh;

    long maskLow;

    /** P, X and CC of the recovered packet's first byte, in exclusive or. */
    int flags;

    /** Its marker and payload type. */
    int markerAndType;

    /** What follows its fixed header of 12 bytes. */
    int lengthRecovery;

    int timestampRecovery;

    /** Where the parity begins, from the first byte of the header. */
    int parityAt;

    /** Bytes of parity. */
    int parityLength;

    /** Reads ULPFEC's header; false if it is cut short or protects nothing. */
    boolean readUlpfec(byte[] data, int offset, int length) {
        if (length < ULP_MASK_AT + 2) {
            return false;
        }
        int first = Bytes.u8(data, offset);
        boolean longMask = (first & 0x40) != 0;
        parityAt = ULP_MASK_AT + (longMask ? 6 : 2);
        parityLength = Bytes.u16(data, offset + 10);
        // E says that a header of another kind follows, which nobody has defined.
        if ((first & 0x80) != 0 || length < parityAt || parityLength > length - parityAt) {
            return false;
        }
        flags = first & 0x3f;
        markerAndType = Bytes.u8(data, offset + 1);
        base = Bytes.u16(data, offset + 2);
        timestampRecovery = Bytes.i32(data, offset + 4);
        lengthRecovery = Bytes.u16(data, offset + 8);
        maskHigh = (long) Bytes.u16(data, offset + ULP_MASK_AT) << 48;
        if (longMask) {
            maskHigh |= Bytes.u32(data, offset + ULP_MASK_AT + 2) << 16;
        }
        maskLow = 0;
        return maskHigh != 0;
    }

    /** Reads FlexFEC's header; false if it is cut short, protects nothing, or more than one source. */
    boolean readFlexfec(byte[] data, int offset, int length) {
        if (length < FLEX_MASK_AT + 2) {
            return false;
        }
        int first = Bytes.u8(data, offset);
        // R is a retransmission, F a mask that is given otherwise: neither is sent by anybody.
        if ((first & 0xc0) != 0 || Bytes.u8(data, offset + 8) != 1) {
            return false;
        }
        flags = first & 0x3f;
        markerAndType = Bytes.u8(data, offset + 1);
        lengthRecovery = Bytes.u16(data, offset + 2);
        timestampRecovery = Bytes.i32(data, offset + 4);
        ssrc = Bytes.i32(data, offset + 12);
        base = Bytes.u16(data, offset + 16);
        int at = FLEX_MASK_AT;
        int part = Bytes.u16(data, offset + at);
        at += 2;
        maskHigh = (long) (part & 0x7fff) << 49;
        maskLow = 0;
        boolean last = (part & 0x8000) != 0;
        if (!last) {
            if (length < at + 4) {
                return false;
            }
            long second = Bytes.u32(data, offset + at);
            at += 4;
            maskHigh |= (second & 0x7fff_ffffL) << 18;
            last = (second & 0x8000_0000L) != 0;
        }
        if (!last) {
            if (length < at + 8) {
                return false;
            }
            long third = Bytes.u32(data, offset + at) << 32 | Bytes.u32(data, offset + at + 4);
            at += 8;
            if (third >= 0) {
                // A fourth part does not exist.
                return false;
            }
            // Bits 46 to 63 of the mask, then 64 to 108.
            long bits = third & Long.MAX_VALUE;
            maskHigh |= bits >>> 45;
            maskLow = bits << 19;
        }
        parityAt = at;
        parityLength = length - at;
        return (maskHigh | maskLow) != 0;
    }

    /** Whether the packet {@code index} behind the base is protected. */
    boolean protects(int index) {
        return protects(maskHigh, maskLow, index);
    }

    static boolean protects(long high, long low, int index) {
        return index < 64 ? (high << index) < 0 : (low << (index - 64)) < 0;
    }

    /** Bytes of ULPFEC's header for a mask of up to 48 bits. */
    static int ulpfecLength(long mask) {
        return ULP_MASK_AT + ((mask << ULP_SHORT_MASK) == 0 ? 2 : 6);
    }

    /** Bytes of FlexFEC's header for a mask of up to 48 bits. */
    static int flexfecLength(long mask) {
        return FLEX_MASK_AT + ((mask << FLEX_FIRST_MASK) == 0 ? 2 : (mask << FLEX_SECOND_MASK) == 0 ? 6 : 14);
    }

    /** Writes ULPFEC's header from the fields, for a mask of up to 48 bits. */
    void writeUlpfec(byte[] out, int offset) {
        boolean longMask = (maskHigh << ULP_SHORT_MASK) != 0;
        out[offset] = (byte) ((flags & 0x3f) | (longMask ? 0x40 : 0));
        out[offset + 1] = (byte) markerAndType;
        Bytes.put16(out, offset + 2, base);
        Bytes.put32(out, offset + 4, timestampRecovery);
        Bytes.put16(out, offset + 8, lengthRecovery);
        Bytes.put16(out, offset + 10, parityLength);
        Bytes.put16(out, offset + ULP_MASK_AT, (int) (maskHigh >>> ULP_LONG_MASK));
        if (longMask) {
            Bytes.put32(out, offset + ULP_MASK_AT + 2, (int) (maskHigh >>> ULP_SHORT_MASK));
        }
    }

    /** Writes FlexFEC's header from the fields, for a mask of up to 48 bits. */
    void writeFlexfec(byte[] out, int offset) {
        out[offset] = (byte) (flags & 0x3f);
        out[offset + 1] = (byte) markerAndType;
        Bytes.put16(out, offset + 2, lengthRecovery);
        Bytes.put32(out, offset + 4, timestampRecovery);
        Bytes.put32(out, offset + 8, 1 << 24);
        Bytes.put32(out, offset + 12, ssrc);
        Bytes.put16(out, offset + 16, base);
        int length = flexfecLength(maskHigh);
        int at = offset + FLEX_MASK_AT;
        int first = (int) (maskHigh >>> 49);
        Bytes.put16(out, at, length == FLEX_MASK_AT + 2 ? first | 0x8000 : first);
        if (length > FLEX_MASK_AT + 2) {
            int second = (int) (maskHigh >>> 18) & 0x7fff_ffff;
            Bytes.put32(out, at + 2, length == FLEX_MASK_AT + 6 ? second | 0x8000_0000 : second);
        }
        if (length > FLEX_MASK_AT + 6) {
            long third = ((maskHigh << 45) & Long.MAX_VALUE) | Long.MIN_VALUE;
            Bytes.put32(out, at + 6, (int) (third >>> 32));
            Bytes.put32(out, at + 10, (int) third);
        }
    }
}
