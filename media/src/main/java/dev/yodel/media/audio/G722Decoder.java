package dev.yodel.media.audio;

import java.util.Objects;

/**
 * G.722 at 64 kbit/s, mono, 16 kHz (ITU-T G.722), with concealment by repeating the last pitch period ever more
 * softly (after G.722 appendix IV).
 */
public final class G722Decoder implements AudioDecoder {
    private static final int MAX_BYTES = G722.SAMPLE_RATE_HZ / 2 / 1000 * MAX_FRAME_MILLIS;
    private static final int LIMIT = 1 << 14;

    private final G722.Mirror mirror = new G722.Mirror();
    private final G722Band lower = G722Band.lower();
    private final G722Band higher = G722Band.higher();
    private final PitchConcealer concealer = new PitchConcealer(G722.SAMPLE_RATE_HZ);
    private boolean closed;

    /** A decoder. */
    public G722Decoder() {}

    @Override
    public int sampleRateHz() {
        return G722.SAMPLE_RATE_HZ;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int duration(byte[] data, int offset, int length) {
        return length > 0 && length <= MAX_BYTES ? 2 * length : DAMAGED;
    }

    @Override
    public int decode(byte[] data, int offset, int length, short[] into) {
        checkOpen();
        Objects.checkFromIndexSize(offset, length, data.length);
        if (duration(data, offset, length) == DAMAGED) {
            return DAMAGED;
        }
        for (int i = 0; i < length; i++) {
            int code = data[offset + i];
            int low = lowerBand(code & 0x3f);
            int high = higherBand(code >> 6 & 3);
            mirror.push(low + high, low - high);
            into[2 * i] = (short) G722Band.saturate(mirror.odd >> 11);
            into[2 * i + 1] = (short) G722Band.saturate(mirror.even >> 11);
        }
        concealer.heard(into, 2 * length);
        return 2 * length;
    }

    private static int limit(int value) {
        return Math.max(-LIMIT, Math.min(LIMIT - 1, value));
    }

    private int lowerBand(int code) {
        int heard = limit(lower.s + ((lower.det * G722.QM6[code]) >> 15));
        int coarse = code >> 2;
        int quantized = (lower.det * G722.QM4[coarse]) >> 15;
        lower.scale(G722.LOWER_STEPS[coarse]);
        lower.adapt(quantized);
        return heard;
    }

    private int higherBand(int code) {
        int quantized = (higher.det * G722.QM2[code]) >> 15;
        int heard = limit(higher.s + quantized);
        higher.scale(G722.HIGHER_STEPS[code]);
        higher.adapt(quantized);
        return heard;
    }

    @Override
    public int recover(byte[] data, int offset, int length, int samples, short[] into) {
        return conceal(samples, into);
    }

    @Override
    public int conceal(int samples, short[] into) {
        checkOpen();
        Objects.checkFromIndexSize(0, samples, Math.min(maxSamples(), into.length));
        concealer.invent(into, samples);
        return samples;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the decoder is closed; make a new one");
        }
    }
}
