package dev.yodel.media.audio;

/**
 * What encoder and decoder of G.722 share: its tables and the two filters that part and join the bands (ITU-T G.722, tables
 * 4 to 21). Only the mode of 64 kbit/s, which is that of RTP.
 */
final class G722 {
    static final int SAMPLE_RATE_HZ = 16_000;

    /** RFC 3551 4.5.2: the clock is that of RFC 1890's mistake, half the sampling rate. */
    static final int RTP_CLOCK_HZ = 8_000;

    /** Of the lower band, in 6 bits: what the listener hears. */
    static final int[] QM6 = {
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
        -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
        -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136
    };

    /** In 4 bits: what predictors follow. */
    static final int[] QM4 = {
        0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0
    };

    static final int[] QM2 = {-7408, -1616, 7408, 1616};

    /** Steps of the scale factors, by what was quantized. */
    static final int[] LOWER_STEPS = {-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60};

    static final int[] HIGHER_STEPS = {798, -214, 798, -214};

    private static final int[] QMF = {3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};

    private G722() {}

    /** One of the quadrature mirror filters: a delay line of 24 samples, two of which come at a time. Not thread-safe. */
    static final class Mirror {
        private final int[] line = new int[24];

        /** The sum over the older samples of each pair. */
        int even;

        /** The sum over the newer ones. */
        int odd;

        void push(int older, int newer) {
            System.arraycopy(line, 2, line, 0, 22);
            line[22] = older;
            line[23] = newer;
            even = 0;
            odd = 0;
            for (int i = 0; i < 12; i++) {
                even += line[2 * i] * QMF[i];
                odd += line[2 * i + 1] * QMF[11 - i];
            }
        }
    }
}
