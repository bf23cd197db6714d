package dev.yodel.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 7845 there and back, and what a hostile file can do: nothing. No native code. */
final class OggOpusTest {
    @TempDir
    Path folder;

    /** Packets of 20 ms, of any length up to one that needs several pages' lacing. */
    private static List<byte[]> packets(int count, long seed) {
        Random random = new Random(seed);
        List<byte[]> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] packet = new byte[1 + random.nextInt(i % 50 == 7 ? 20_000 : 300)];
            random.nextBytes(packet);
            packet[0] = 1 << 3;
            result.add(packet);
        }
        result.set(3, Arrays.copyOf(result.get(3), 255));
        result.set(4, Arrays.copyOf(result.get(4), 510));
        result.get(4)[0] = 1 << 3;
        return result;
    }

    private static byte[] file(List<byte[]> packets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OggOpusWriter writer = new OggOpusWriter(out, 2, 7)) {
            for (byte[] packet : packets) {
                writer.write(packet, 0, packet.length);
            }
        }
        return out.toByteArray();
    }

    private static List<byte[]> read(byte[] file) throws IOException {
        List<byte[]> result = new ArrayList<>();
        try (OggOpusReader reader = new OggOpusReader(new ByteArrayInputStream(file))) {
            EncodedFrame frame;
            while ((frame = reader.next()) != null) {
                result.add(frame.data());
            }
        }
        return result;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        List<byte[]> packets = packets(500, 1);
        byte[] file = file(packets);
        assertThat(read(file)).containsExactlyElementsOf(packets);
        try (OggOpusReader reader = new OggOpusReader(new ByteArrayInputStream(file))) {
            assertThat(reader.channels()).isEqualTo(2);
            assertThat(reader.preSkip()).isEqualTo(312);
            assertThat(reader.outputGain()).isZero();
            EncodedFrame frame = reader.next();
            assertThat(frame).isNotNull();
            assertThat(frame.durationNanos()).isEqualTo(20_000_000);
        }
    }

    @Test
    void filesOnDiskWorkAsWell() throws IOException {
        Path path = folder.resolve("a.opus");
        try (OggOpusWriter writer = OggOpusWriter.create(path, 1)) {
            writer.write(new byte[] {8, 1, 2}, 0, 3);
            assertThatThrownBy(() -> writer.write(new byte[] {3, 0}, 0, 2))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (OggOpusReader reader = OggOpusReader.open(path)) {
            assertThat(reader.channels()).isEqualTo(1);
            assertThat(reader.next()).isNotNull();
            assertThat(reader.next()).isNull();
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void pagesOfOtherStreamsArePassedOver() throws IOException {
        List<byte[]> packets = packets(100, 2);
        byte[] ours = file(packets);
        ByteArrayOutputStream foreignFile = new ByteArrayOutputStream();
        try (OggOpusWriter writer = new OggOpusWriter(foreignFile, 1, 99)) {
            writer.write(new byte[] {8, 9}, 0, 2);
        }
        byte[] foreign = foreignFile.toByteArray();
        // After our first page, which is 47 bytes long.
        ByteArrayOutputStream mixed = new ByteArrayOutputStream();
        mixed.write(ours, 0, 47);
        mixed.write(foreign);
        mixed.write(ours, 47, ours.length - 47);
        mixed.write(foreign);
        assertThat(read(mixed.toByteArray())).containsExactlyElementsOf(packets);
    }

    @Test
    void otherFilesAreRefusedInWords() {
        assertThatThrownBy(() -> read("RIFF0123WAVEfmt 012345678901".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(MediaFileException.class)
                .hasMessageContaining("no Ogg file");
        assertThatThrownBy(() -> read(new byte[0])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> {
                    byte[] file = file(packets(10, 3));
                    file[80] ^= 1;
                    read(file);
                })
                .isInstanceOf(MediaFileException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void everyTruncationGivesWhatWasIntact() throws IOException {
        List<byte[]> packets = packets(20, 4);
        byte[] file = file(packets);
        for (int length = 0; length < file.length; length += 7) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void hostileFilesGiveAnIoExceptionOrPackets() throws IOException {
        mutate(2_000);
    }

    @Tag("long")
    @Test
    void manyHostileFilesGiveAnIoExceptionOrPackets() throws IOException {
        mutate(200_000);
    }

    /** Mutations with checksums made right again, or nothing behind the checksum would be tested. */
    private static void mutate(int count) throws IOException {
        byte[] good = file(packets(120, 5));
        int read = 0;
        for (long seed = 1; seed <= count; seed++) {
            Random random = new Random(seed);
            byte[] bad = good.clone();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                int at = random.nextInt(3) == 0 ? random.nextInt(bad.length) : random.nextInt(140);
                bad[at] = (byte) random.nextInt();
            }
            repairChecksums(bad);
            try {
                read += read(bad).size();
            } catch (IOException expected) {
                assertThat(expected.getMessage()).as("seed %d", seed).isNotEmpty();
            }
        }
        assertThat(read).isGreaterThan(count);
    }

    private static void repairChecksums(byte[] file) {
        int at = 0;
        while (at + 27 <= file.length && file[at] == 'O') {
            int segments = file[at + 26] & 0xff;
            int end = at + 27 + segments;
            for (int i = 0; i < segments && at + 27 + i < file.length; i++) {
                end += file[at + 27 + i] & 0xff;
            }
            if (end > file.length) {
                return;
            }
            Arrays.fill(file, at + 22, at + 26, (byte) 0);
            int crc = OggCrc.update(0, file, at, end - at);
            for (int i = 0; i < 4; i++) {
                file[at + 22 + i] = (byte) (crc >>> (8 * i));
            }
            at = end;
        }
    }
}
