package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Audio over links that lose, delay, reorder and duplicate, by seed. */
final class RtpImpairedLinkTest {
    private static final int PACKETS = 1000;

    private static void call(long seed) {
        Random random = new Random(seed);
        double loss = random.nextInt(4) * 0.07;
        int jitterMillis = random.nextInt(4) * 100 + 1;
        int duplicates = random.nextInt(3);
        long silence = random.nextBoolean() ? 300 : Long.MAX_VALUE;
        RtpPair pair = new RtpPair(seed, random.nextLong() >> 8);
        pair.delayNanos = random.nextInt(300) * Time.MILLISECOND;
        pair.jitterNanos = () -> random.nextInt(jitterMillis) * Time.MILLISECOND;
        pair.copies = () -> 1 + (duplicates == 0 ? 0 : random.nextInt(duplicates * 5));
        Set<Integer> lostOnes = new HashSet<>();
        boolean[] blackhole = {false};
        pair.lose = (bytes, toB) -> {
            boolean lost = blackhole[0] || random.nextDouble() < loss;
            if (lost && toB && (bytes[1] & 0x7f) == 111) {
                lostOnes.add(Bytes.i32(bytes, bytes.length - 4));
            }
            return lost;
        };
        SendStream voice = pair.a.addSendStream(RtpPair.audioSend(pair.a, "0"));
        RtpReceiver receiver = pair.b.addReceiver(RtpPair.audio("0"), pair.now);
        byte[] payload = new byte[40];
        for (int i = 0; i < PACKETS; i++) {
            // F08: nothing passes for three seconds.
            blackhole[0] = i >= silence && i < silence + 150;
            Bytes.put32(payload, 36, i);
            voice.write(RtpPair.OPUS, payload, 0, payload.length, i * 960L, false, 40, pair.now);
            pair.run(pair.now + 20 * Time.MILLISECOND);
        }
        pair.run(pair.now + 10 * Time.SECOND);

        List<ReceivedPacket> packets = pair.of(pair.eventsOfB, ReceivedPacket.class);
        Set<Integer> seen = new HashSet<>();
        long offset = Long.MIN_VALUE;
        int highest = 0;
        int lowest = PACKETS;
        for (ReceivedPacket packet : packets) {
            int number = Bytes.i32(packet.data, packet.payloadOffset + 36);
            highest = Math.max(highest, number);
            lowest = Math.min(lowest, number);
            if (offset == Long.MIN_VALUE) {
                offset = packet.sequence - number;
            }
            assertThat(seen.add(number))
                    .as("seed %d: packet %d once", seed, number)
                    .isTrue();
            assertThat(packet.sequence)
                    .as("seed %d: number of packet %d", seed, number)
                    .isEqualTo(offset + number);
        }
        assertThat(seen.size()).as("seed %d: all that passed", seed).isEqualTo(PACKETS - lostOnes.size());
        ReceiveStreamStats stats = receiver.stats().get(0);
        assertThat(stats.packetsReceived()).as("seed %d", seed).isEqualTo(seen.size());
        assertThat(stats.packetsLost()).as("seed %d", seed).isEqualTo(highest - lowest + 1 - seen.size());
        assertThat(stats.jitterSeconds()).as("seed %d", seed).isBetween(0.0, jitterMillis / 1000.0);
        SendStreamStats.RemoteInbound remote = voice.stats().remote();
        assertThat(remote).as("seed %d: a report came", seed).isNotNull();
        double roundTrip = remote.roundTripTimeSeconds();
        double least = 2 * pair.delayNanos / 1e9;
        assertThat(roundTrip).as("seed %d", seed).isBetween(least - 0.001, least + 2 * jitterMillis / 1000.0);
        assertThat(remote.packetsLost()).as("seed %d", seed).isLessThanOrEqualTo(PACKETS);
        assertThat(pair.of(pair.eventsOfB, RtpEvent.StreamStarted.class))
                .as("seed %d", seed)
                .hasSize(1);
        assertThat(pair.of(pair.eventsOfB, RtpEvent.StreamEnded.class))
                .as("seed %d", seed)
                .isEmpty();
    }

    @Test
    void F06_F08_everyPassedPacketIsDeliveredOnceWithItsNumber() {
        for (long seed = 1; seed <= 25; seed++) {
            call(seed);
        }
    }

    @Test
    @Tag("long")
    void F06_F08_thousandSeeds() {
        for (long seed = 100; seed < 1100; seed++) {
            call(seed);
        }
    }

    /** The same seed makes the same packets. */
    @Test
    void runsAreReproducible() {
        assertThat(trace(7)).isEqualTo(trace(7)).isNotEqualTo(trace(8));
    }

    private static int trace(long seed) {
        RtpPair pair = new RtpPair(seed, 0);
        Random random = new Random(seed);
        pair.jitterNanos = () -> random.nextInt(50) * Time.MILLISECOND;
        SendStream voice = pair.a.addSendStream(RtpPair.audioSend(pair.a, "0"));
        pair.b.addReceiver(RtpPair.audio("0"), 0);
        int[] hash = {1};
        pair.lose = (bytes, toB) -> {
            hash[0] = 31 * hash[0] + java.util.Arrays.hashCode(bytes);
            return false;
        };
        for (int i = 0; i < 200; i++) {
            voice.write(new byte[20], 0, 20, i * 960L, false, pair.now);
            pair.run(pair.now + 20 * Time.MILLISECOND);
        }
        return hash[0];
    }
}
