package dev.yodel.media.audio;

/**
 * The adaptive predictor and the scale factor of one of G.722's two bands (ITU-T G.722, 3.5, 3.6 and their blocks of
 * 6.2). It quantizes nothing. Names are the recommendation's. Not thread-safe.
 */
final class G722Band {
    private static final int[] ILB = {
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960,
        3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008
    };

    private final int maxLog;
    private final int logShift;

    /** The predicted signal. */
    int s;

    /** The scale factor of the quantizer. */
    int det;

    private int nb;
    private int sz;
    private int a1;
    private int a2;
    private int r1;
    private int r2;
    private int p1;
    private int p2;
    private final int[] b = new int[7];
    private final int[] d = new int[7];

    private G722Band(int det, int maxLog, int logShift) {
        this.det = det;
        this.maxLog = maxLog;
        this.logShift = logShift;
    }

    static G722Band lower() {
        return new G722Band(32, 18_432, 8);
    }

    static G722Band higher() {
        return new G722Band(8, 22_528, 10);
    }

    static int saturate(int value) {
        return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
    }

    /** Blocks LOGSCL and SCALEL, LOGSCH and SCALEH: the scale factor follows what was quantized. */
    void scale(int step) {
        nb = Math.max(0, Math.min(maxLog, ((nb * 127) >> 7) + step));
        int shift = logShift - (nb >> 11);
        int value = ILB[nb >> 6 & 31];
        det = (shift < 0 ? value << -shift : value >> shift) << 2;
    }

    /** Block 4: the predictor follows the quantized difference. */
    void adapt(int difference) {
        int r0 = saturate(s + difference);
        int p0 = saturate(sz + difference);
        boolean same1 = p0 >> 15 == p1 >> 15;
        boolean same2 = p0 >> 15 == p2 >> 15;
        // UPPOL2
        int step = saturate(a1 << 2);
        step = Math.min(Short.MAX_VALUE, same1 ? -step : step);
        int next2 = (same2 ? 128 : -128) + (step >> 7) + ((a2 * 32_512) >> 15);
        next2 = Math.max(-12_288, Math.min(12_288, next2));
        // UPPOL1
        int bound = saturate(15_360 - next2);
        int next1 = saturate((same1 ? 192 : -192) + ((a1 * 32_640) >> 15));
        next1 = Math.max(-bound, Math.min(bound, next1));
        // UPZERO and DELAYA
        int gain = difference == 0 ? 0 : 128;
        for (int i = 6; i >= 1; i--) {
            boolean same = d[i] >> 15 == difference >> 15;
            b[i] = saturate((same ? gain : -gain) + ((b[i] * 32_640) >> 15));
        }
        for (int i = 6; i >= 2; i--) {
            d[i] = d[i - 1];
        }
        d[1] = difference;
        r2 = r1;
        r1 = r0;
        p2 = p1;
        p1 = p0;
        a1 = next1;
        a2 = next2;
        // FILTEP, FILTEZ, PREDIC
        int sp = saturate(((a1 * saturate(r1 + r1)) >> 15) + ((a2 * saturate(r2 + r2)) >> 15));
        int sum = 0;
        for (int i = 6; i >= 1; i--) {
            sum += (b[i] * saturate(d[i] + d[i])) >> 15;
        }
        sz = saturate(sum);
        s = saturate(sp + sz);
    }
}
