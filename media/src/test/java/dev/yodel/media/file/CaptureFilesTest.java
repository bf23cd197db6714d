package dev.yodel.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dumps of RTP packets and capture files: what is written can be read by us and by others. */
final class CaptureFilesTest {
    private static final long START = 1_700_000_000_123_456_000L;

    @TempDir
    Path folder;

    private static byte[] packet(int number) {
        byte[] packet = new byte[12 + number];
        packet[0] = (byte) 0x80;
        packet[1] = 96;
        packet[3] = (byte) number;
        return packet;
    }

    @Test
    void aDumpIsReadAgain() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RtpDumpWriter writer = new RtpDumpWriter(out, START)) {
            for (int i = 0; i < 200; i++) {
                writer.write(i % 10 == 9, packet(i), 0, 12 + i, START + i * 20_000_000L);
            }
        }
        try (RtpDumpReader reader = new RtpDumpReader(new ByteArrayInputStream(out.toByteArray()))) {
            assertThat(reader.startNanos()).isEqualTo(START);
            for (int i = 0; i < 200; i++) {
                RtpDumpReader.Packet packet = reader.next();
                assertThat(packet).isNotNull();
                assertThat(packet.data()).isEqualTo(packet(i));
                assertThat(packet.rtcp()).isEqualTo(i % 10 == 9);
                assertThat(packet.offsetNanos()).isEqualTo(i * 20_000_000L);
                assertThat(packet.originalLength()).isEqualTo(12 + i);
            }
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void R09_damagedDumpsThrowNothingButTheirOwnException() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RtpDumpWriter writer = new RtpDumpWriter(out, START)) {
            for (int i = 0; i < 20; i++) {
                writer.write(false, packet(i), 0, 12 + i, START);
            }
        }
        byte[] whole = out.toByteArray();
        Random random = new Random(3);
        for (int round = 0; round < 3_000; round++) {
            byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
            for (int i = 0; i < 4 && damaged.length > 0; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try (RtpDumpReader reader = new RtpDumpReader(new ByteArrayInputStream(damaged))) {
                RtpDumpReader.Packet packet = reader.next();
                while (packet != null) {
                    assertThat(packet.data().length).isLessThanOrEqualTo(damaged.length);
                    packet = reader.next();
                }
            } catch (MediaFileException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
        assertThatThrownBy(() -> new RtpDumpReader(new ByteArrayInputStream(new byte[100])))
                .isInstanceOf(MediaFileException.class);
    }

    /** Every field as the format and RFC 791 and 768 say, read without our writer's help. */
    @Test
    void aCaptureHasTheFieldsOfItsFormat() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PcapWriter writer = new PcapWriter(out)) {
            writer.write(true, 1, 5004, packet(3), 0, 15, START);
            writer.write(false, 300, 9899, packet(0), 2, 10, START + 1_000_000_000);
            assertThat(writer.packets()).isEqualTo(2);
        }
        ByteBuffer file = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(file.getInt()).isEqualTo(0xa1b2c3d4);
        assertThat(file.getInt()).isEqualTo(0x0004_0002);
        file.position(16);
        assertThat(file.getInt()).isEqualTo(65_535);
        assertThat(file.getInt()).isEqualTo(101);
        assertThat(file.getInt()).isEqualTo(1_700_000_000);
        assertThat(file.getInt()).isEqualTo(123_456);
        assertThat(file.getInt()).isEqualTo(43);
        assertThat(file.getInt()).isEqualTo(43);
        int ip = file.position();
        file.order(ByteOrder.BIG_ENDIAN);
        assertThat(sum(file, ip)).isEqualTo(0xffff);
        assertThat(file.getShort(ip + 2)).isEqualTo((short) 43);
        assertThat(file.get(ip + 9)).isEqualTo((byte) 17);
        assertThat(file.getInt(ip + 12)).isEqualTo(0xc000_0201);
        assertThat(file.getInt(ip + 16)).isEqualTo(0xc612_0001);
        assertThat(file.getShort(ip + 20)).isEqualTo((short) 5004);
        assertThat(file.getShort(ip + 24)).isEqualTo((short) 23);
        byte[] payload = new byte[15];
        file.get(ip + 28, payload);
        assertThat(payload).isEqualTo(packet(3));
        int second = ip + 43 + 16;
        assertThat(sum(file, second)).isEqualTo(0xffff);
        assertThat(file.getInt(second + 12)).isEqualTo(0xc612_012c);
        assertThat(file.getInt(second + 16)).isEqualTo(0xc000_0201);
        assertThat(file.capacity()).isEqualTo(second + 38);
    }

    private static int sum(ByteBuffer file, int at) {
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += file.getShort(at + i) & 0xffff;
        }
        return (sum & 0xffff) + (sum >>> 16);
    }

    /** tcpdump understands it, where there is one. */
    @Test
    void tcpdumpReadsACapture() throws Exception {
        Path file = folder.resolve("test.pcap");
        try (PcapWriter writer = PcapWriter.create(file)) {
            for (int i = 0; i < 100; i++) {
                writer.write(i % 2 == 0, 1, 5004, packet(i), 0, 12 + i, START + i * 1_000_000L);
            }
        }
        Path lines = folder.resolve("lines");
        Process process;
        try {
            process = new ProcessBuilder("tcpdump", "-nn", "-vv", "-r", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(lines.toFile())
                    .start();
        } catch (IOException absent) {
            Assumptions.abort("no tcpdump here");
            return;
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(lines);
        assertThat(text).doesNotContain("bad cksum").doesNotContain("truncated");
        assertThat(text.split("192.0.2.1.5004 > 198.18.0.1.5004", -1)).hasSize(51);
    }
}
