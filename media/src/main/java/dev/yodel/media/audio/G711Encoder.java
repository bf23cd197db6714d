package dev.yodel.media.audio;

import java.util.Objects;

/** G.711 in frames of 20 ms, mono. */
public final class G711Encoder implements AudioEncoder {
    private static final int FRAME = G711.SAMPLE_RATE_HZ / 50;

    private final G711 law;
    private boolean closed;

    /**
     * An encoder.
     *
     * @param law which of the two
     */
    public G711Encoder(G711 law) {
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
    public int frameSamples() {
        return FRAME;
    }

    @Override
    public int rtpClockRateHz() {
        return G711.SAMPLE_RATE_HZ;
    }

    @Override
    public int maxFrameBytes() {
        return FRAME;
    }

    @Override
    public int encode(short[] pcm, int pcmOffset, byte[] into, int intoOffset) {
        if (closed) {
            throw new IllegalStateException("the encoder is closed; make a new one");
        }
        Objects.checkFromIndexSize(pcmOffset, FRAME, pcm.length);
        Objects.checkFromIndexSize(intoOffset, FRAME, into.length);
        for (int i = 0; i < FRAME; i++) {
            into[intoOffset + i] = law.encode(pcm[pcmOffset + i]);
        }
        return FRAME;
    }

    @Override
    public void close() {
        closed = true;
    }
}
