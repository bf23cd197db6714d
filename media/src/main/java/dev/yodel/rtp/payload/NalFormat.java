package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * What H.264 (RFC 6184) and H.265 (RFC 7798) differ in, as far as their NAL units are concerned: the size of the unit's
 * header, and which types mean what.
 */
enum NalFormat {
    /** One byte: F, NRI (2 bits), type (5 bits). */
    H264(1, 24, 28) {
        @Override
        int type(int header) {
            return header & 0x1f;
        }

        @Override
        int withType(int header, int type) {
            return (header & ~0x1f) | type;
        }

        @Override
        boolean isSingle(int type) {
            return type >= 1 && type <= 23;
        }

        @Override
        boolean isRandomAccess(int type) {
            return type == 5;
        }

        @Override
        boolean opensAccessUnit(int type) {
            return type == 7 || type == 9;
        }

        @Override
        int parameterSet(int type) {
            return type == 7 ? 0 : type == 8 ? 1 : -1;
        }

        @Override
        int aggregate(int first, int second) {
            // RFC 6184 5.7: F of any, the largest NRI.
            return ((first | second) & 0x80) | Math.max(first & 0x60, second & 0x60) | aggregationType;
        }
    },

    /** Two bytes: F, type (6 bits), layer (6 bits), temporal identifier plus 1 (3 bits). */
    H265(2, 48, 49) {
        @Override
        int type(int header) {
            return header >> 9 & 0x3f;
        }

        @Override
        int withType(int header, int type) {
            return (header & ~0x7e00) | type << 9;
        }

        @Override
        boolean isSingle(int type) {
            return type < 48;
        }

        @Override
        boolean isRandomAccess(int type) {
            return type >= 16 && type <= 21;
        }

        @Override
        boolean opensAccessUnit(int type) {
            return type == 32 || type == 35;
        }

        @Override
        int parameterSet(int type) {
            return type >= 32 && type <= 34 ? type - 32 : -1;
        }

        @Override
        int aggregate(int first, int second) {
            // RFC 7798 4.4.2: F of any, the lowest layer and the lowest temporal identifier.
            int layer = Math.min(first & 0x1f8, second & 0x1f8);
            int temporal = Math.min(first & 7, second & 7);
            return ((first | second) & 0x8000) | aggregationType << 9 | layer | temporal;
        }
    };

    /** VPS, SPS and PPS. */
    static final int PARAMETER_SETS = 3;

    final int headerBytes;
    final int aggregationType;
    final int fragmentType;

    NalFormat(int headerBytes, int aggregationType, int fragmentType) {
        this.headerBytes = headerBytes;
        this.aggregationType = aggregationType;
        this.fragmentType = fragmentType;
    }

    /** The header at a place; the caller has checked that it is there. */
    int header(byte[] data, int at) {
        return headerBytes == 1 ? Bytes.u8(data, at) : Bytes.u16(data, at);
    }

    void putHeader(byte[] into, int at, int header) {
        if (headerBytes == 1) {
            into[at] = (byte) header;
        } else {
            Bytes.put16(into, at, header);
        }
    }

    abstract int type(int header);

    abstract int withType(int header, int type);

    /** A type that stands for itself, not for a payload structure. */
    abstract boolean isSingle(int type);

    /** A slice of a picture that needs no other. */
    abstract boolean isRandomAccess(int type);

    /** A type that only stands at the beginning of an access unit, as encoders write them. */
    abstract boolean opensAccessUnit(int type);

    /** The number of a parameter set's kind, below {@link #PARAMETER_SETS}, or -1 for anything else. */
    abstract int parameterSet(int type);

    /** The header of an aggregate of units with these two headers; the first may be an aggregate's already. */
    abstract int aggregate(int first, int second);
}
