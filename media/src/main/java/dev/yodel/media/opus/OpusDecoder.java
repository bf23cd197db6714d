package dev.yodel.media.opus;

import com.sun.jna.Pointer;
import dev.yodel.media.audio.AudioDecoder;
import java.util.Objects;

/**
 * An Opus decoder with concealment and in-band FEC over libopus; its output is 48 kHz. It does not reorder or wait. Any
 * thread may call it, one at a time gets in. Its native memory is freed by {@link #close()}; who forgets that leaves it
 * to the garbage collector.
 */
public final class OpusDecoder implements AudioDecoder {
    /** Longer ones are no packets: 48 frames of 1275 bytes would exceed any datagram. */
    private static final int MAX_PACKET_BYTES = 8192;

    /** libopus conceals in steps of 2.5 ms. */
    private static final int STEP = 120;

    private final int channels;
    private final NativeCodec codec;

    /**
     * Makes a decoder; the first one of a JVM loads libopus.
     *
     * @param channels of the output, 1 or 2; packets of either kind can be decoded to both
     * @throws IllegalArgumentException if channels is out of range
     * @throws OpusUnavailableException if there is no libopus; the message says what was tried
     */
    public OpusDecoder(int channels) {
        if (channels < 1 || channels > 2) {
            throw new IllegalArgumentException("channels must be 1 or 2, was " + channels);
        }
        this.channels = channels;
        OpusLibrary.controls();
        Pointer state = LibOpus.opus_decoder_create(OpusPacket.CLOCK_RATE_HZ, channels, Pointer.NULL);
        if (state == null) {
            throw new OpusUnavailableException("libopus could not make a decoder for " + channels + " channels");
        }
        codec = new NativeCodec(
                this, state, LibOpus::opus_decoder_destroy, MAX_PACKET_BYTES, OpusPacket.MAX_SAMPLES * channels);
    }

    @Override
    public int sampleRateHz() {
        return OpusPacket.CLOCK_RATE_HZ;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public boolean canRecover() {
        return true;
    }

    @Override
    public int duration(byte[] data, int offset, int length) {
        return OpusPacket.samples(data, offset, length);
    }

    @Override
    public boolean describesPrevious(byte[] data, int offset, int length) {
        return OpusPacket.describesPrevious(data, offset, length);
    }

    @Override
    public synchronized int decode(byte[] data, int offset, int length, short[] into) {
        Pointer state = codec.state();
        int samples = OpusPacket.samples(data, offset, length);
        if (samples == OpusPacket.MALFORMED || length > MAX_PACKET_BYTES) {
            return DAMAGED;
        }
        Objects.checkFromIndexSize(0, samples * channels, into.length);
        codec.packet().write(0, data, offset, length);
        int decoded = LibOpus.opus_decode(state, codec.packet(), length, codec.pcm(), samples, 0);
        return take(decoded, samples, into);
    }

    @Override
    public synchronized int recover(byte[] data, int offset, int length, int samples, short[] into) {
        Pointer state = codec.state();
        checkSamples(samples, into);
        if (OpusPacket.samples(data, offset, length) == OpusPacket.MALFORMED || length > MAX_PACKET_BYTES) {
            return DAMAGED;
        }
        codec.packet().write(0, data, offset, length);
        int decoded = LibOpus.opus_decode(state, codec.packet(), length, codec.pcm(), roundUp(samples), 1);
        return take(decoded, samples, into);
    }

    @Override
    public synchronized int conceal(int samples, short[] into) {
        Pointer state = codec.state();
        checkSamples(samples, into);
        int decoded = LibOpus.opus_decode(state, Pointer.NULL, 0, codec.pcm(), roundUp(samples), 0);
        return take(decoded, samples, into);
    }

    @Override
    public synchronized void close() {
        codec.close();
    }

    private int take(int decoded, int wanted, short[] into) {
        if (decoded < 0) {
            return DAMAGED;
        }
        int samples = Math.min(decoded, wanted);
        codec.pcm().read(0, into, 0, samples * channels);
        return samples;
    }

    private static int roundUp(int samples) {
        return (samples + STEP - 1) / STEP * STEP;
    }

    private void checkSamples(int samples, short[] into) {
        if (samples < 1 || samples > OpusPacket.MAX_SAMPLES) {
            throw new IllegalArgumentException("samples must be 1 to " + OpusPacket.MAX_SAMPLES + ", was " + samples);
        }
        Objects.checkFromIndexSize(0, samples * channels, into.length);
    }
}
