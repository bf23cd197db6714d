package dev.yodel.rtp.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RepairTest {
    private static byte[] packet(int sequence, int size) {
        byte[] bytes = new byte[size];
        bytes[0] = (byte) 0x80;
        Bytes.put16(bytes, 2, sequence);
        bytes[12] = (byte) sequence;
        return bytes;
    }

    /** A peer that asks for everything all the time for a minute gets a quarter of the media on top, and no more. */
    @Test
    void R05_aStormOfRequestsStaysWithinAQuarterOfTheMedia() {
        SentPackets sent = new SentPackets();
        long media = 0;
        long repeated = 0;
        int sequence = 65_000;
        for (long now = 0; now < 60 * Time.SECOND; now += 10 * Time.MILLISECOND) {
            byte[] packet = packet(sequence & 0xffff, 1000);
            sent.onSent(packet, 0, packet.length, now);
            media += packet.length;
            for (int back = 0; back < 300; back++) {
                SentPackets.Entry entry = sent.take(sequence - back & 0xffff, 50 * Time.MILLISECOND, 2, now);
                if (entry != null) {
                    repeated += entry.length() + 2;
                }
            }
            sequence++;
        }
        assertThat(repeated).isPositive().isLessThanOrEqualTo(media / 4);
        for (int other = 0; other < 65_536; other++) {
            SentPackets.Entry entry = sent.take(other, 0, 2, 100 * Time.SECOND);
            assertThat(entry).as("two seconds later nothing is known").isNull();
        }
    }

    @Test
    void R05_aPacketIsRepeatedOncePerRoundTrip() {
        SentPackets sent = new SentPackets();
        for (int i = 0; i < 100; i++) {
            byte[] packet = packet(i, 1200);
            sent.onSent(packet, 0, packet.length, 0);
        }
        assertThat(sent.take(50, 80 * Time.MILLISECOND, 2, 1)).isNotNull();
        assertThat(sent.take(50, 80 * Time.MILLISECOND, 2, 79 * Time.MILLISECOND))
                .isNull();
        SentPackets.Entry again = sent.take(50, 80 * Time.MILLISECOND, 2, 81 * Time.MILLISECOND);
        assertThat(again).isNotNull();
        assertThat(again.data()[12]).isEqualTo((byte) 50);
        assertThat(sent.take(51, -1, 2, 1)).isNotNull();
        assertThat(sent.take(51, -1, 2, 9 * Time.MILLISECOND)).isNull();
        assertThat(sent.take(51, -1, 2, 12 * Time.MILLISECOND)).isNotNull();
        assertThat(sent.take(100, 0, 2, 1)).as("never sent").isNull();
        assertThat(sent.take(1024 + 50, 0, 2, 1)).as("the same slot").isNull();
    }

    @Test
    void R09_theListOfMissingPacketsIsBounded() {
        MissingPackets missing = new MissingPackets();
        int[] due = new int[MissingPackets.CAPACITY];
        missing.onPacket(1000, false, 0);
        missing.onPacket(1130, false, 0);
        assertThat(missing.size()).isZero();
        assertThat(missing.takeOverflow())
                .as("a gap of 129 is left to a key frame")
                .isTrue();
        assertThat(missing.takeOverflow()).isFalse();
        missing.onPacket(1259, false, 0);
        assertThat(missing.size()).isEqualTo(128);
        missing.onPacket(1261, false, 0);
        assertThat(missing.size()).isEqualTo(128);
        assertThat(missing.takeOverflow()).isTrue();
        assertThat(missing.takeDue(due, -1, MissingPackets.PATIENCE_NANOS - 1)).isZero();
        assertThat(missing.takeDue(due, -1, MissingPackets.PATIENCE_NANOS)).isEqualTo(128);
        assertThat(due[0]).isEqualTo(1132);
        assertThat(due[127]).isEqualTo(1260);
        missing.onPacket(70_000, true, 0);
        assertThat(missing.size()).isZero();
        assertThat(missing.nextTimeout()).isEqualTo(Time.NEVER);
    }

    @Test
    void missingPacketsAreAskedForTenTimesAndGivenUp() {
        MissingPackets missing = new MissingPackets();
        int[] due = new int[MissingPackets.CAPACITY];
        missing.onPacket(1, false, 0);
        missing.onPacket(3, false, 0);
        int asked = 0;
        for (long now = missing.nextTimeout(); now != Time.NEVER; now = missing.nextTimeout()) {
            asked += missing.takeDue(due, 40 * Time.MILLISECOND, now);
        }
        assertThat(asked).isEqualTo(10);
        assertThat(missing.takeOverflow()).isTrue();
    }

    /** With reordering, duplication and loss nothing that came is asked for afterwards. */
    @Test
    void whatCameIsNotAskedFor() {
        for (int seed = 0; seed < 25; seed++) {
            Random random = new Random(seed);
            MissingPackets missing = new MissingPackets();
            int[] due = new int[MissingPackets.CAPACITY];
            boolean[] came = new boolean[5000];
            missing.onPacket(0, false, 0);
            int highest = 0;
            for (int i = 0; i < 4000; i++) {
                long now = i * 5L * Time.MILLISECOND;
                int number = Math.max(0, highest + 1 - random.nextInt(4) * random.nextInt(8));
                if (random.nextInt(10) == 0) {
                    number++;
                }
                came[number] = true;
                highest = Math.max(highest, number);
                missing.onPacket(number, false, now);
                int count = missing.takeDue(due, 30 * Time.MILLISECOND, now);
                for (int j = 0; j < count; j++) {
                    assertThat(came[due[j]]).as("seed %d step %d", seed, i).isFalse();
                }
                if (highest > 4900) {
                    break;
                }
            }
        }
    }
}
