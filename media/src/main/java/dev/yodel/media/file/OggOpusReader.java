package dev.yodel.media.file;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.opus.OpusPacket;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the packets of an Ogg/Opus file (RFC 7845), mono or stereo, without decoding them. It trusts nothing: lengths are
 * bounded, pages have to be intact, and packets that no decoder would take are passed over and counted. Of chained files
 * it reads the first link. It holds some tens of kilobytes, however long the file. For one thread at a time.
 */
public final class OggOpusReader implements Closeable {
    /** RFC 7845 6: a reader must take 61,440 bytes; a datagram holds fewer. */
    private static final int MAX_PACKET = 61_440;

    private static final int HEAD = 19;

    private final InputStream in;
    private final OggPageReader pages;
    private final int channels;
    private final int preSkip;
    private final int outputGain;
    private long skipped;

    /**
     * Opens a file and reads its headers.
     *
     * @param file to read
     * @return a reader
     * @throws IOException if it cannot be read or is no Ogg/Opus file that is supported
     */
    public static OggOpusReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return new OggOpusReader(in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads the headers.
     *
     * @param in the file, closed by {@link #close()}
     * @throws IOException if it cannot be read or is no Ogg/Opus file that is supported
     */
    public OggOpusReader(InputStream in) throws IOException {
        this.in = in;
        pages = new OggPageReader(in);
        int length = pages.next(HEAD);
        byte[] head = pages.packet();
        if (length < HEAD || !startsWith(head, "OpusHead")) {
            throw new MediaFileException("an Ogg file, but its first stream is not Opus");
        }
        if ((head[8] & 0xf0) != 0) {
            throw new MediaFileException("OpusHead version " + (head[8] & 0xff) + " is not supported");
        }
        channels = head[9] & 0xff;
        int family = head[18] & 0xff;
        if (family != 0 || channels < 1 || channels > 2) {
            throw new MediaFileException(
                    channels + " channels in mapping family " + family + " are not supported: use 1 or 2 in family 0");
        }
        preSkip = (head[10] & 0xff) | ((head[11] & 0xff) << 8);
        outputGain = (short) ((head[16] & 0xff) | ((head[17] & 0xff) << 8));
        // RFC 7845 5.2: the comments may be longer than memory; their content does not matter here.
        if (pages.next(8) < 8 || !startsWith(pages.packet(), "OpusTags")) {
            throw new MediaFileException("an Ogg/Opus file without OpusTags");
        }
    }

    private static boolean startsWith(byte[] data, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.US_ASCII);
        return Arrays.equals(data, 0, bytes.length, bytes, 0, bytes.length);
    }

    /**
     * The next packet.
     *
     * @return a frame with its duration and a fresh array, or null after the last one
     * @throws IOException if the file cannot be read or is damaged; what came before was intact
     */
    public @Nullable EncodedFrame next() throws IOException {
        int length;
        while ((length = pages.next(MAX_PACKET)) >= 0) {
            byte[] data = pages.packet();
            int samples = length == 0 || length > MAX_PACKET ? -1 : OpusPacket.samples(data, 0, length);
            if (samples > 0) {
                long nanos = samples * 1_000_000_000L / OpusPacket.CLOCK_RATE_HZ;
                return EncodedFrame.ofDuration(Arrays.copyOf(data, length), nanos);
            }
            skipped++;
        }
        return null;
    }

    /**
     * The channels the file was made from; every decoder can output either count.
     *
     * @return 1 or 2
     */
    public int channels() {
        return channels;
    }

    /**
     * How much of the decoder's first output a player should discard (RFC 7845 4.2).
     *
     * @return samples at 48 kHz, 0 to 65535
     */
    public int preSkip() {
        return preSkip;
    }

    /**
     * The gain to be applied to the decoder's output (RFC 7845 5.1).
     *
     * @return decibels times 256, signed
     */
    public int outputGain() {
        return outputGain;
    }

    /**
     * Packets passed over because no decoder would take them.
     *
     * @return a count so far
     */
    public long skippedPackets() {
        return skipped;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
