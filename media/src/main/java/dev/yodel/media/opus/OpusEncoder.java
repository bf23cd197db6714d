package dev.yodel.media.opus;

import com.sun.jna.Pointer;
import dev.yodel.media.audio.AudioEncoder;
import java.util.Objects;

/**
 * An Opus encoder for 48 kHz audio over libopus. It does not resample or packetize. Any thread may call it, one at a time
 * gets in. Its native memory is freed by {@link #close()}; who forgets that leaves it to the garbage collector.
 */
public final class OpusEncoder implements AudioEncoder {
    /** RFC 7587 leaves room in a datagram; libopus never makes more from one 20 ms frame. */
    private static final int MIN_BITRATE_BPS = 6_000;

    private static final int MAX_FRAME_BYTES = 1275;

    private final OpusEncoderOptions options;
    private final LibOpus.Controls controls;
    private final NativeCodec codec;
    private int wantedBps;
    private long carriedBps = Long.MAX_VALUE;

    /**
     * Makes an encoder; the first one of a JVM loads libopus.
     *
     * @param options how to encode
     * @throws OpusUnavailableException if there is no libopus; the message says what was tried
     */
    public OpusEncoder(OpusEncoderOptions options) {
        this.options = options;
        wantedBps = options.bitrateBps();
        controls = OpusLibrary.controls();
        Pointer state = LibOpus.opus_encoder_create(
                OpusPacket.CLOCK_RATE_HZ, options.channels(), options.application().code, Pointer.NULL);
        if (state == null) {
            throw new OpusUnavailableException("libopus could not make an encoder for " + options);
        }
        codec = new NativeCodec(
                this, state, LibOpus::opus_encoder_destroy, MAX_FRAME_BYTES, frameSamples() * options.channels());
        control(LibOpus.SET_BITRATE, options.bitrateBps());
        control(LibOpus.SET_COMPLEXITY, options.complexity());
        control(LibOpus.SET_INBAND_FEC, options.inbandFec() ? 1 : 0);
        control(LibOpus.SET_PACKET_LOSS_PERC, options.expectedLossPercent());
        control(LibOpus.SET_DTX, options.dtx() ? 1 : 0);
    }

    @Override
    public int sampleRateHz() {
        return OpusPacket.CLOCK_RATE_HZ;
    }

    @Override
    public int channels() {
        return options.channels();
    }

    @Override
    public int frameSamples() {
        return OpusPacket.CLOCK_RATE_HZ / 1000 * options.frameMillis();
    }

    @Override
    public int rtpClockRateHz() {
        return OpusPacket.CLOCK_RATE_HZ;
    }

    @Override
    public int maxFrameBytes() {
        return MAX_FRAME_BYTES;
    }

    /** Never above the bitrate that the options or {@link #setBitrateBps} ask for. */
    @Override
    public synchronized void targetBps(long bps) {
        carriedBps = bps;
        applyBitrate();
    }

    private void applyBitrate() {
        control(LibOpus.SET_BITRATE, (int) Math.max(MIN_BITRATE_BPS, Math.min(wantedBps, carriedBps)));
    }

    /**
     * Changes the bitrate from the next frame on.
     *
     * @param bitrateBps 6,000 to 510,000
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if the encoder is closed
     */
    public synchronized void setBitrateBps(int bitrateBps) {
        OpusEncoderOptions.checkBitrate(bitrateBps);
        wantedBps = bitrateBps;
        applyBitrate();
    }

    /**
     * Changes how much loss the encoder prepares for, from the next frame on.
     *
     * @param percent 0 to 100
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if the encoder is closed
     */
    public synchronized void setExpectedLossPercent(int percent) {
        OpusEncoderOptions.checkLoss(percent);
        control(LibOpus.SET_PACKET_LOSS_PERC, percent);
    }

    @Override
    public synchronized int encode(short[] pcm, int pcmOffset, byte[] into, int intoOffset) {
        int samples = frameSamples();
        Objects.checkFromIndexSize(intoOffset, MAX_FRAME_BYTES, into.length);
        Pointer state = codec.state();
        codec.pcm().write(0, pcm, pcmOffset, samples * options.channels());
        int length = LibOpus.opus_encode(state, codec.pcm(), samples, codec.packet(), MAX_FRAME_BYTES);
        if (length < 0) {
            throw new IllegalStateException("libopus refused a frame with code " + length);
        }
        // libopus: a packet of at most two bytes need not be sent.
        if (options.dtx() && length <= 2) {
            return 0;
        }
        codec.packet().read(0, into, intoOffset, length);
        return length;
    }

    @Override
    public synchronized void close() {
        codec.close();
    }

    private void control(int request, int value) {
        int result = controls.opus_encoder_ctl(codec.state(), request, value);
        if (result < 0) {
            throw new IllegalStateException("libopus refused setting " + request + " = " + value + ": " + result);
        }
    }
}
