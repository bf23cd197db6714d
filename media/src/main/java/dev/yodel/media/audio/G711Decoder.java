package dev.yodel.media.audio;

import java.util.Objects;

/** G.711, mono, with concealment by repeating the last pitch period ever more softly (after ITU-T G.711 appendix I). */
public final class G711Decoder implements AudioDecoder {
    private static final int MAX = G711.SAMPLE_RATE_HZ / 1000 * MAX_FRAME_MILLIS;

    private final G711 law;
    private final PitchConcealer concealer = new PitchConcealer(G711.SAMPLE_RATE_HZ);
    private boolean closed;

    /**
     * A decoder.
     *
     * @param law which of the two
     */
    public G711Decoder(G711 law) {
        this.law = law;
    }

    @Override
    public int sampleRateHz() {
        return G711.SAMPLE_RATE_HZ;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public int duration(byte[] data, int offset, int length) {
        return length > 0 && length <= MAX ? length : DAMAGED;
    }

    @Override
    public int decode(byte[] data, int offset, int length, short[] into) {
        checkOpen();
        Objects.checkFromIndexSize(offset, length, data.length);
        if (duration(data, offset, length) == DAMAGED) {
            return DAMAGED;
        }
        for (int i = 0; i < length; i++) {
            into[i] = law.decode(data[offset + i]);
        }
        concealer.heard(into, length);
        return length;
    }

    @Override
    public int recover(byte[] data, int offset, int length, int samples, short[] into) {
        return conceal(samples, into);
    }

    @Override
    public int conceal(int samples, short[] into) {
        checkOpen();
        Objects.checkFromIndexSize(0, samples, Math.min(MAX, into.length));
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
