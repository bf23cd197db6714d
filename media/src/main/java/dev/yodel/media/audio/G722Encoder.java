package dev.yodel.media.audio;

import java.util.Objects;

/**
 * G.722 at 64 kbit/s in frames of 20 ms, mono, 16 kHz (ITU-T G.722). Its RTP clock runs at 8 kHz (RFC 3551 4.5.2):
 * one byte, two samples, one tick.
 */
public final class G722Encoder implements AudioEncoder {
    private static final int FRAME = G722.SAMPLE_RATE_HZ / 50;

    private static final int[] Q6 = {
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219,
        1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919
    };

    /** Where the higher band's two steps meet. */
    private static final int Q2 = 564;

    private final G722.Mirror mirror = new G722.Mirror();
    private final G722Band lower = G722Band.lower();
    private final G722Band higher = G722Band.higher();
    private boolean closed;

    /** An encoder. */
    public G722Encoder() {}

    @Override
    public int sampleRateHz() {
        return G722.SAMPLE_RATE_HZ;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int frameSamples() {
        return FRAME;
    }

    @Override
    public int rtpClockRateHz() {
        return G722.RTP_CLOCK_HZ;
    }

    @Override
    public int maxFrameBytes() {
        return FRAME / 2;
    }

    @Override
    public int encode(short[] pcm, int pcmOffset, byte[] into, int intoOffset) {
        if (closed) {
            throw new IllegalStateException("the encoder is closed; make a new one");
        }
        Objects.checkFromIndexSize(pcmOffset, FRAME, pcm.length);
        Objects.checkFromIndexSize(intoOffset, FRAME / 2, into.length);
        for (int i = 0; i < FRAME / 2; i++) {
            mirror.push(pcm[pcmOffset + 2 * i], pcm[pcmOffset + 2 * i + 1]);
            int low = lowerBand((mirror.odd + mirror.even) >> 14);
            int high = higherBand((mirror.odd - mirror.even) >> 14);
            into[intoOffset + i] = (byte) (high << 6 | low);
        }
        return FRAME / 2;
    }

    /** Blocks QUANTL, INVQAL and what follows from them; 6 bits. */
    private int lowerBand(int sample) {
        int difference = G722Band.saturate(sample - lower.s);
        int size = difference >= 0 ? difference : -(difference + 1);
        int step = 1;
        while (step < Q6.length && size >= (Q6[step] * lower.det) >> 12) {
            step++;
        }
        // Codes count downwards; the two smallest steps below zero have the codes that are left over.
        int code = difference >= 0 ? 62 - step : step <= 2 ? 64 - step : 34 - step;
        int coarse = code >> 2;
        int quantized = (lower.det * G722.QM4[coarse]) >> 15;
        lower.scale(G722.LOWER_STEPS[coarse]);
        lower.adapt(quantized);
        return code;
    }

    /** Blocks QUANTH, INVQAH and what follows from them; 2 bits. */
    private int higherBand(int sample) {
        int difference = G722Band.saturate(sample - higher.s);
        int size = difference >= 0 ? difference : -(difference + 1);
        boolean large = size >= (Q2 * higher.det) >> 12;
        int code = difference < 0 ? (large ? 0 : 1) : large ? 2 : 3;
        int quantized = (higher.det * G722.QM2[code]) >> 15;
        higher.scale(G722.HIGHER_STEPS[code]);
        higher.adapt(quantized);
        return code;
    }

    @Override
    public void close() {
        closed = true;
    }
}
