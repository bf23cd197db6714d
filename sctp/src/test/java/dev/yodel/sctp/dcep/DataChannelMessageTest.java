package dev.yodel.sctp.dcep;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The two messages of RFC 8832 5, and what is none. */
final class DataChannelMessageTest {
    /**
     * As a browser sends it: partially reliable with 65535 retransmits, unordered, priority 256, label "x", protocol
     * "p".
     */
    private static final byte[] OPEN = Bytes.fromHex("03810100" + "0000ffff" + "00010001" + "78" + "70");

    static List<byte[]> malformed() {
        List<byte[]> bad = new ArrayList<>();
        for (int length = 0; length < OPEN.length; length++) {
            if (length > 0) {
                bad.add(Arrays.copyOf(OPEN, length));
            }
        }
        // One byte more than label and protocol say.
        bad.add(Arrays.copyOf(OPEN, OPEN.length + 1));
        for (int type : new int[] {3, 4, 0x7f, 0x83, 0xff}) {
            byte[] wrong = OPEN.clone();
            wrong[1] = (byte) type;
            bad.add(wrong);
        }
        for (int type : new int[] {0, 1, 4, 0xff}) {
            byte[] wrong = OPEN.clone();
            wrong[0] = (byte) type;
            bad.add(wrong);
        }
        // A label of 65535 bytes that are not there, and texts that are no UTF-8.
        byte[] longLabel = OPEN.clone();
        Bytes.put16(longLabel, 8, 0xffff);
        bad.add(longLabel);
        byte[] badLabel = OPEN.clone();
        badLabel[12] = (byte) 0xc0;
        bad.add(badLabel);
        byte[] badProtocol = OPEN.clone();
        badProtocol[13] = (byte) 0xff;
        bad.add(badProtocol);
        bad.add(new byte[] {DataChannelMessage.TYPE_ACK, 0, 0, 0, 0});
        return bad;
    }

    @Test
    void readsAndWritesAnOpen() {
        DataChannelMessage message = DataChannelMessage.parse(OPEN);
        ChannelParameters parameters = new ChannelParameters("x", "p", false, 65_535, -1, 256);
        assertThat(message).isEqualTo(new DataChannelMessage.Open(parameters));
        assertThat(new DataChannelMessage.Open(parameters).write()).isEqualTo(OPEN);
        assertThat(DataChannelMessage.parse(new byte[] {2})).isEqualTo(new DataChannelMessage.Ack());
        assertThat(DataChannelMessage.parse(new byte[] {2, 0, 0, 0}))
                .as("as Pion writes it")
                .isEqualTo(new DataChannelMessage.Ack());
        assertThat(new DataChannelMessage.Ack().write()).containsExactly(2);
    }

    @Test
    void everyKindOfChannelComesBackAsItWas() {
        for (boolean ordered : new boolean[] {true, false}) {
            for (long limit : new long[] {-1, 0, 1, 0xffff_ffffL}) {
                for (String text : List.of("", "a", "\u20ac\ud83d\ude00", "x".repeat(65_535))) {
                    both(new ChannelParameters(text, "", ordered, limit, -1, 0));
                    both(new ChannelParameters("", text, ordered, -1, limit, 0xffff));
                }
            }
        }
    }

    private static void both(ChannelParameters parameters) {
        DataChannelMessage.Open open = new DataChannelMessage.Open(parameters);
        assertThat(DataChannelMessage.parse(open.write())).isEqualTo(open);
    }

    @Test
    void C18_whatIsMalformedIsNoMessage() {
        for (byte[] bad : malformed()) {
            assertThat(DataChannelMessage.parse(bad))
                    .as(Bytes.hex(bad, 0, bad.length))
                    .isNull();
        }
        assertThat(DataChannelMessage.parse(new byte[0])).isNull();
    }

    @Test
    void C18_noBytesMakeItThrow() {
        long seed = 5;
        SplittableRandom random = new SplittableRandom(seed);
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length >= 12 && random.nextBoolean()) {
                int label = random.nextInt(bytes.length - 11);
                new ByteWriter(bytes, 0, 12).put8(3).put8(random.nextInt(4) | (random.nextInt(2) << 7));
                Bytes.put16(bytes, 8, label);
                Bytes.put16(bytes, 10, bytes.length - 12 - label);
            }
            DataChannelMessage message = DataChannelMessage.parse(bytes);
            if (message instanceof DataChannelMessage.Open open) {
                read++;
                // What does not matter (the limit of a reliable channel) is not kept.
                assertThat(DataChannelMessage.parse(open.write()))
                        .as("seed " + seed)
                        .isEqualTo(open);
            }
        }
        assertThat(read).isPositive();
    }

    @Test
    void wrongParametersAreRefused() {
        assertThatThrownBy(() -> new ChannelParameters("", "", true, 1, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not both");
        assertThatThrownBy(() -> new ChannelParameters("", "", true, 1L << 32, -1, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> new DataChannelMessage.Open(ChannelParameters.reliable("\u20ac".repeat(30_000))).write())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
        assertThat("\u20ac".getBytes(UTF_8)).hasSize(3);
    }

    @Test
    void idsAreTakenByParityAndGivenBack() {
        StreamIds ids = new StreamIds();
        assertThat(ids.takeNext(true, StreamIds.COUNT)).isZero();
        assertThat(ids.takeNext(true, StreamIds.COUNT)).isEqualTo(2);
        assertThat(ids.takeNext(false, StreamIds.COUNT)).isEqualTo(1);
        assertThat(ids.take(4)).isTrue();
        assertThat(ids.take(4)).isFalse();
        assertThat(ids.takeNext(true, 6)).isEqualTo(-1);
        assertThat(ids.takeNext(true, 7)).isEqualTo(6);
        ids.free(2);
        assertThat(ids.isTaken(2)).isFalse();
        assertThat(ids.takeNext(true, 7)).isEqualTo(2);
        int count = 0;
        while (ids.takeNext(false, StreamIds.COUNT) >= 0) {
            count++;
        }
        // RFC 8831 6.5: 65535 is no id, so 65533 is the last odd one.
        assertThat(count).isEqualTo(32_766);
    }
}
