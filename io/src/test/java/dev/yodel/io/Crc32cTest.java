package dev.yodel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc32cTest {
    private record Vector(String name, String hex, int crc, String wireOrder) {}

    /** The file is a list of flat objects of strings: enough to split it at its quotation marks. */
    private static List<Vector> vectors() throws IOException {
        String text;
        try (InputStream in = Crc32cTest.class.getResourceAsStream("/crc32c.json")) {
            text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Vector> result = new ArrayList<>();
        for (int at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
            String object = text.substring(at, text.indexOf('}', at));
            result.add(new Vector(
                    field(object, "name"),
                    field(object, "data"),
                    Integer.parseUnsignedInt(field(object, "crc32c"), 16),
                    field(object, "wire_order_in_sctp_header")));
        }
        return result;
    }

    private static String field(String object, String name) {
        int key = object.indexOf('"' + name + '"');
        if (key < 0) {
            return "";
        }
        int start = object.indexOf('"', key + name.length() + 2) + 1;
        return object.substring(start, object.indexOf('"', start));
    }

    @Test
    void vectorsOfTheStandards() throws IOException {
        List<Vector> vectors = vectors();
        assertThat(vectors).hasSizeGreaterThan(5);
        int packets = 0;
        for (Vector vector : vectors) {
            byte[] data = Bytes.fromHex(vector.hex);
            if (!vector.wireOrder.isEmpty()) {
                assertThat(Crc32c.of(data, 0, data.length)).as(vector.name).isEqualTo(vector.crc);
                assertThat(Integer.reverseBytes(vector.crc))
                        .as(vector.name)
                        .isEqualTo(Integer.parseUnsignedInt(vector.wireOrder, 16));
            } else {
                packets++;
                int checksum = Crc32c.ofSctpPacket(data, 0, data.length);
                assertThat(checksum).as(vector.name).isEqualTo(Bytes.i32(data, 8));
                assertThat(Integer.reverseBytes(checksum)).as(vector.name).isEqualTo(vector.crc);
            }
        }
        assertThat(packets).isGreaterThan(5);
    }

    @Test
    void packetChecksumTakesItsFieldAsZeroAndStandsInReverse() {
        Random random = new Random(1);
        for (int length = 12; length < 200; length++) {
            byte[] packet = new byte[length + 8];
            random.nextBytes(packet);
            byte[] zeroed = packet.clone();
            Bytes.put32(zeroed, 4 + 8, 0);
            int expected = Integer.reverseBytes(Crc32c.of(zeroed, 4, length));
            assertThat(Crc32c.ofSctpPacket(packet, 4, length)).isEqualTo(expected);
        }
        assertThatThrownBy(() -> Crc32c.ofSctpPacket(new byte[11], 0, 11)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyFlipOfOneOrTwoBitsChangesIt() {
        byte[] data = new byte[32];
        new Random(2).nextBytes(data);
        int good = Crc32c.of(data, 0, data.length);
        for (int i = 0; i < data.length * 8; i++) {
            for (int j = i; j < data.length * 8; j++) {
                byte[] bad = data.clone();
                bad[i >> 3] ^= (byte) (1 << (i & 7));
                if (j != i) {
                    bad[j >> 3] ^= (byte) (1 << (j & 7));
                }
                assertThat(Crc32c.of(bad, 0, bad.length)).isNotEqualTo(good);
            }
        }
    }
}
