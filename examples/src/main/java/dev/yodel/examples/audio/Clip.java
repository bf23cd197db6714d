package dev.yodel.examples.audio;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A piece of mono audio in memory: signed 16-bit samples at one rate. Reads and writes WAV files (RIFF, 16-bit PCM; of
 * two channels the mean is taken). It is for recordings of some minutes, not for streams.
 */
public final class Clip {
    /** Ten minutes at 48 kHz; a longer file is refused. */
    static final int MAX_SAMPLES = 600 * 48_000;

    private static final int RIFF = 0x46464952;
    private static final int WAVE = 0x45564157;
    private static final int FORMAT = 0x20746d66;
    private static final int DATA = 0x61746164;

    private final int sampleRateHz;
    private final short[] samples;

    /**
     * A clip.
     *
     * @param sampleRateHz samples per second
     * @param samples owned by the clip from now on
     */
    public Clip(int sampleRateHz, short[] samples) {
        this.sampleRateHz = sampleRateHz;
        this.samples = samples;
    }

    /**
     * The rate.
     *
     * @return samples per second
     */
    public int sampleRateHz() {
        return sampleRateHz;
    }

    /**
     * The samples.
     *
     * @return the clip's own array
     */
    public short[] samples() {
        return samples;
    }

    /**
     * How long it plays.
     *
     * @return seconds
     */
    public double seconds() {
        return (double) samples.length / sampleRateHz;
    }

    /**
     * Reads a clip that comes with the examples.
     *
     * @param name {@code caller.wav} or {@code callee.wav}
     * @return the clip
     */
    public static Clip bundled(String name) {
        try (InputStream in = Clip.class.getResourceAsStream("/dev/yodel/examples/clips/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no bundled clip named " + name);
            }
            return readWav(in);
        } catch (IOException e) {
            throw new IllegalStateException("the bundled clip " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a WAV file.
     *
     * @param file 16-bit PCM, one or two channels, at most ten minutes
     * @return the clip
     * @throws IOException if it cannot be read, or is not such a file; the message says which
     */
    public static Clip readWav(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return readWav(in);
        } catch (EOFException e) {
            throw new IOException(file + " ends in the middle", e);
        }
    }

    static Clip readWav(InputStream source) throws IOException {
        final DataInputStream in = new DataInputStream(source);
        final ByteBuffer head = read(in, 12);
        if (head.getInt(0) != RIFF || head.getInt(8) != WAVE) {
            throw new IOException("not a WAV file");
        }
        int rate = 0;
        int channels = 0;
        while (true) {
            final ByteBuffer chunk = read(in, 8);
            final int id = chunk.getInt(0);
            final long size = Integer.toUnsignedLong(chunk.getInt(4));
            if (id == DATA) {
                if (channels == 0) {
                    throw new IOException("the WAV file has no format before its data");
                }
                return new Clip(rate, mono(in, size, channels));
            }
            if (id == FORMAT && size >= 16 && size <= 64) {
                final ByteBuffer format = read(in, (int) size);
                channels = format.getShort(2);
                rate = format.getInt(4);
                // 0xFFFE is the extensible form, whose sub-format begins with the same number.
                final int kind =
                        format.getShort(0) == (short) 0xFFFE && size >= 26 ? format.getShort(24) : format.getShort(0);
                if (kind != 1 || format.getShort(14) != 16 || channels < 1 || channels > 2) {
                    throw new IOException("only 16-bit PCM of one or two channels can be read");
                }
                if (rate < 8_000 || rate > 192_000) {
                    throw new IOException("a sample rate of " + rate + " Hz cannot be read");
                }
                in.skipNBytes(size & 1);
            } else {
                in.skipNBytes(size + (size & 1));
            }
        }
    }

    private static short[] mono(DataInputStream in, long size, int channels) throws IOException {
        final long count = size / (2L * channels);
        if (count > MAX_SAMPLES) {
            throw new IOException("the WAV file is longer than ten minutes");
        }
        // Read what is there before trusting the length that the header claims.
        final byte[] bytes = in.readNBytes((int) (count * 2 * channels));
        final ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final short[] samples = new short[bytes.length / (2 * channels)];
        for (int i = 0; i < samples.length; i++) {
            int sum = 0;
            for (int channel = 0; channel < channels; channel++) {
                sum += data.getShort();
            }
            samples[i] = (short) (sum / channels);
        }
        return samples;
    }

    private static ByteBuffer read(DataInputStream in, int count) throws IOException {
        final byte[] bytes = new byte[count];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes a WAV file.
     *
     * @param file created or replaced
     * @throws IOException if it cannot be written
     */
    public void writeWav(Path file) throws IOException {
        final int dataBytes = samples.length * 2;
        final ByteBuffer buffer = ByteBuffer.allocate(44 + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(RIFF).putInt(36 + dataBytes).putInt(WAVE);
        buffer.putInt(FORMAT).putInt(16).putShort((short) 1).putShort((short) 1);
        buffer.putInt(sampleRateHz).putInt(sampleRateHz * 2).putShort((short) 2).putShort((short) 16);
        buffer.putInt(DATA).putInt(dataBytes);
        for (final short sample : samples) {
            buffer.putShort(sample);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(buffer.array());
        }
    }

    /**
     * The same sound at another rate, by a windowed sinc of 16 zero crossings a side.
     *
     * @param rateHz samples per second
     * @return a new clip, or this one if the rate is the same
     */
    public Clip resampled(int rateHz) {
        if (rateHz == sampleRateHz) {
            return this;
        }
        final double step = (double) sampleRateHz / rateHz;
        final double cutoff = Math.min(1, 1 / step);
        final double reach = 16 / cutoff;
        final short[] out = new short[(int) ((long) samples.length * rateHz / sampleRateHz)];
        for (int i = 0; i < out.length; i++) {
            final double centre = i * step;
            final int from = Math.max(0, (int) Math.ceil(centre - reach));
            final int to = Math.min(samples.length - 1, (int) Math.floor(centre + reach));
            double sum = 0;
            for (int j = from; j <= to; j++) {
                final double x = j - centre;
                sum += samples[j] * cutoff * sinc(x * cutoff) * (0.5 + 0.5 * Math.cos(Math.PI * x / reach));
            }
            out[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sum)));
        }
        return new Clip(rateHz, out);
    }

    private static double sinc(double x) {
        return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    @Override
    public String toString() {
        return "Clip of " + samples.length + " samples at " + sampleRateHz + " Hz";
    }
}
