package dev.yodel.media.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Writes 16-bit linear WAV files. The header's lengths are right after {@link #close()}; a file that was not closed still
 * plays in readers that take a length of 0 for "to the end". For one thread at a time.
 */
public final class WavWriter implements Closeable {
    private static final int HEADER = 44;
    private static final long MAX_DATA = 0xffff_ffffL - HEADER;

    private final SeekableByteChannel channel;
    private final int sampleRateHz;
    private final int channels;
    private final ByteBuffer buffer = ByteBuffer.allocate(16_384).order(ByteOrder.LITTLE_ENDIAN);
    private long dataBytes;
    private boolean closed;

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @param sampleRateHz samples per second and channel, positive
     * @param channels interleaved, 1 or 2
     * @throws IOException if the file cannot be written
     */
    public WavWriter(Path file, int sampleRateHz, int channels) throws IOException {
        if (sampleRateHz < 1 || channels < 1 || channels > 2) {
            throw new IllegalArgumentException(
                    "give a rate and 1 or 2 channels, not " + sampleRateHz + ", " + channels);
        }
        this.sampleRateHz = sampleRateHz;
        this.channels = channels;
        channel = Files.newByteChannel(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        writeHeader();
    }

    /**
     * Appends samples.
     *
     * @param samples interleaved; copied
     * @param offset first sample
     * @param count samples of all channels together, a multiple of the channels
     * @throws IOException if the file cannot be written, or would become longer than 4 GiB
     */
    public void write(short[] samples, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, samples.length);
        if (closed) {
            throw new IOException("the WAV file is closed");
        }
        if (count % channels != 0) {
            throw new IllegalArgumentException(count + " samples are no whole number of " + channels + " channels");
        }
        if (dataBytes + 2L * count > MAX_DATA) {
            throw new IOException("a WAV file cannot be longer than 4 GiB; begin another");
        }
        for (int i = 0; i < count; i++) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.putShort(samples[offset + i]);
        }
        dataBytes += 2L * count;
    }

    /**
     * How long it plays.
     *
     * @return samples of each channel written so far
     */
    public long frames() {
        return dataBytes / 2 / channels;
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    private void writeHeader() throws IOException {
        int frameBytes = 2 * channels;
        buffer.put("RIFF".getBytes(StandardCharsets.US_ASCII));
        buffer.putInt((int) (dataBytes == 0 ? 0 : HEADER - 8 + dataBytes));
        buffer.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII));
        buffer.putInt(16).putShort((short) 1).putShort((short) channels);
        buffer.putInt(sampleRateHz).putInt(sampleRateHz * frameBytes);
        buffer.putShort((short) frameBytes).putShort((short) 16);
        buffer.put("data".getBytes(StandardCharsets.US_ASCII));
        buffer.putInt((int) dataBytes);
        flush();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (channel) {
            flush();
            channel.position(0);
            writeHeader();
        }
    }
}
