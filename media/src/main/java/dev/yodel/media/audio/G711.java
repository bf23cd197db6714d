package dev.yodel.media.audio;

/** The two companding laws of ITU-T G.711, sample by sample (RFC 3551 4.5.14: PCMU and PCMA). Stateless. */
public enum G711 {
    /** Mu-law: North America and Japan; static payload type 0. */
    PCMU,
    /** A-law: elsewhere; static payload type 8. */
    PCMA;

    /** Samples per second; also the RTP clock rate. */
    public static final int SAMPLE_RATE_HZ = 8000;

    private static final int ULAW_BIAS = 0x84;
    private static final int ULAW_CLIP = 32635;
    private static final short[] ULAW = new short[256];
    private static final short[] ALAW = new short[256];

    static {
        for (int code = 0; code < 256; code++) {
            ULAW[code] = (short) expandUlaw(code);
            ALAW[code] = (short) expandAlaw(code);
        }
    }

    /**
     * Expands one byte.
     *
     * @param code the byte, its low 8 bits count
     * @return the sample
     */
    public short decode(int code) {
        return this == PCMU ? ULAW[code & 0xff] : ALAW[code & 0xff];
    }

    /**
     * Compresses one sample.
     *
     * @param sample 16-bit linear
     * @return the byte
     */
    public byte encode(short sample) {
        return (byte) (this == PCMU ? compressUlaw(sample) : compressAlaw(sample));
    }

    private static int expandUlaw(int code) {
        int value = ~code;
        int magnitude = (((value & 0x0f) << 3) + ULAW_BIAS) << ((value & 0x70) >> 4);
        return (value & 0x80) != 0 ? ULAW_BIAS - magnitude : magnitude - ULAW_BIAS;
    }

    private static int compressUlaw(int sample) {
        int sign = sample < 0 ? 0x80 : 0;
        int magnitude = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS;
        int segment = 31 - Integer.numberOfLeadingZeros(magnitude) - 7;
        int mantissa = (magnitude >> (segment + 3)) & 0x0f;
        return ~(sign | (segment << 4) | mantissa);
    }

    private static int expandAlaw(int code) {
        int value = code ^ 0x55;
        int segment = (value & 0x70) >> 4;
        int magnitude = ((value & 0x0f) << 4) | 8;
        if (segment > 0) {
            magnitude = (magnitude + 0x100) << (segment - 1);
        }
        return (value & 0x80) != 0 ? magnitude : -magnitude;
    }

    private static int compressAlaw(int sample) {
        int sign = sample < 0 ? 0 : 0x80;
        // One's complement: the law is symmetric around -0.5.
        int magnitude = (sample < 0 ? ~sample : sample) >> 4;
        int segment = magnitude < 16 ? 0 : 31 - Integer.numberOfLeadingZeros(magnitude) - 3;
        int mantissa = segment < 2 ? magnitude & 0x0f : (magnitude >> (segment - 1)) & 0x0f;
        return (sign | (segment << 4) | mantissa) ^ 0x55;
    }
}
