package dev.yodel.media.file;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads WAV files as 16-bit samples: linear PCM of 8, 16, 24 or 32 bits and 32-bit floats, any rate, one or two channels.
 * It does not resample. It holds a few kilobytes, however long the file. For one thread at a time.
 */
public final class WavReader implements Closeable {
    private static final int FORMAT_PCM = 1;
    private static final int FORMAT_FLOAT = 3;
    private static final int FORMAT_EXTENSIBLE = 0xfffe;
    private static final int MAX_CHUNKS = 1000;

    private final InputStream in;
    private final int sampleRateHz;
    private final int channels;
    private final int bits;
    private final boolean isFloat;
    private final byte[] buffer;
    private long remainingFrames;

    /**
     * Opens a file and reads its header.
     *
     * @param file to read
     * @return a reader
     * @throws IOException if it cannot be read or is no WAV file that is supported
     */
    public static WavReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        try {
            return new WavReader(in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads the header.
     *
     * @param in the file, closed by {@link #close()}
     * @throws IOException if it cannot be read or is no WAV file that is supported
     */
    public WavReader(InputStream in) throws IOException {
        this.in = in;
        if (u32() != fourCc("RIFF")) {
            throw new MediaFileException("no WAV file: it does not begin with RIFF");
        }
        u32();
        if (u32() != fourCc("WAVE")) {
            throw new MediaFileException("a RIFF file, but no WAV file");
        }
        Format format = null;
        for (int chunk = 0; chunk < MAX_CHUNKS; chunk++) {
            long id = u32();
            long size = u32();
            if (id == fourCc("fmt ")) {
                format = format(size);
            } else if (id == fourCc("data")) {
                if (format == null) {
                    throw new MediaFileException("a WAV file whose data comes before its format");
                }
                sampleRateHz = format.rate;
                channels = format.channels;
                bits = format.bits;
                isFloat = format.isFloat;
                buffer = new byte[512 * frameBytes()];
                // Writers that could not seek back leave 0 or the largest number: then it goes to the end of the file.
                remainingFrames = size == 0 || size == 0xffff_ffffL ? Long.MAX_VALUE : size / frameBytes();
                return;
            } else {
                in.skipNBytes(size + (size & 1));
            }
        }
        throw new MediaFileException("a WAV file without data in its first " + MAX_CHUNKS + " chunks");
    }

    private record Format(int rate, int channels, int bits, boolean isFloat) {}

    private Format format(long size) throws IOException {
        if (size < 16 || size > 4096) {
            throw new MediaFileException("a WAV format chunk of " + size + " bytes");
        }
        byte[] chunk = in.readNBytes((int) (size + (size & 1)));
        if (chunk.length < size) {
            throw new EOFException("the WAV file ends in its format chunk");
        }
        int tag = u16(chunk, 0);
        int count = u16(chunk, 2);
        long rate = u16(chunk, 4) | (long) u16(chunk, 6) << 16;
        int width = u16(chunk, 14);
        if (tag == FORMAT_EXTENSIBLE && size >= 40) {
            tag = u16(chunk, 24);
        }
        boolean floats = tag == FORMAT_FLOAT && width == 32;
        boolean linear = tag == FORMAT_PCM && (width == 8 || width == 16 || width == 24 || width == 32);
        if (!floats && !linear) {
            throw new MediaFileException(
                    "WAV format " + tag + " of " + width + " bits is not supported: use linear PCM");
        }
        if (count < 1 || count > 2) {
            throw new MediaFileException(count + " channels are not supported: use 1 or 2");
        }
        if (rate < 1000 || rate > 768_000) {
            throw new MediaFileException("a sample rate of " + rate + " Hz is not supported");
        }
        return new Format((int) rate, count, width, floats);
    }

    /**
     * The file's rate.
     *
     * @return samples per second and channel, 1,000 to 768,000
     */
    public int sampleRateHz() {
        return sampleRateHz;
    }

    /**
     * The file's channels.
     *
     * @return 1 or 2
     */
    public int channels() {
        return channels;
    }

    /**
     * Reads samples.
     *
     * @param into gets them, interleaved
     * @param offset first sample
     * @param frames samples of each channel wanted
     * @return samples of each channel read; fewer than wanted only at the end, 0 after it
     * @throws IOException if the file cannot be read
     */
    public int read(short[] into, int offset, int frames) throws IOException {
        Objects.checkFromIndexSize(offset, frames * channels, into.length);
        int done = 0;
        while (done < frames && remainingFrames > 0) {
            int wanted = (int) Math.min(Math.min(frames - done, buffer.length / frameBytes()), remainingFrames);
            int bytes = in.readNBytes(buffer, 0, wanted * frameBytes());
            int got = bytes / frameBytes();
            for (int i = 0; i < got * channels; i++) {
                into[offset + done * channels + i] = sample(i * (bits / 8));
            }
            done += got;
            remainingFrames = got < wanted ? 0 : remainingFrames - got;
        }
        return done;
    }

    /**
     * Reads the rest.
     *
     * @param maxFrames samples of each channel at most
     * @return interleaved samples
     * @throws IOException if the file cannot be read
     */
    public short[] readAll(int maxFrames) throws IOException {
        short[] all = new short[Math.min(maxFrames, sampleRateHz) * channels];
        int frames = 0;
        while (frames < maxFrames) {
            if (frames * channels == all.length) {
                all = Arrays.copyOf(all, Math.min(all.length * 2, maxFrames * channels));
            }
            int got = read(all, frames * channels, all.length / channels - frames);
            if (got == 0) {
                break;
            }
            frames += got;
        }
        return Arrays.copyOf(all, frames * channels);
    }

    private short sample(int at) {
        return switch (bits) {
            case 8 -> (short) (((buffer[at] & 0xff) - 128) << 8);
            case 16 -> (short) u16(buffer, at);
            case 24 -> (short) u16(buffer, at + 1);
            default -> {
                if (!isFloat) {
                    yield (short) u16(buffer, at + 2);
                }
                float value = Float.intBitsToFloat(u16(buffer, at) | u16(buffer, at + 2) << 16);
                yield (short) Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768)));
            }
        };
    }

    private int frameBytes() {
        return bits / 8 * channels;
    }

    private long u32() throws IOException {
        byte[] bytes = in.readNBytes(4);
        if (bytes.length < 4) {
            throw new EOFException("the WAV file ends in its header");
        }
        return u16(bytes, 0) | (long) u16(bytes, 2) << 16;
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    private static long fourCc(String text) {
        return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | (long) text.charAt(3) << 24;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
