package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Much data over bad simulated networks; the seed stands in every failure. */
class CampaignTest {
    private static final Duration LIMIT = Duration.ofDays(60);

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void spoil(SimulatedHost host, double loss, double reordering, double duplication) {
        host.uplink()
                .delay(Duration.ofMillis(10))
                .loss(loss)
                .reordering(reordering, Duration.ofMillis(50))
                .duplication(duplication, 1);
    }

    /** One reliable ordered channel: every byte arrives, and the heap stays small. */
    private static void transfer(long seed, long bytes) {
        Simulator simulator = Simulator.create(seed);
        SimulatedHost hostA = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost hostB = simulator.internet().host("b", "198.51.100.2");
        for (SimulatedHost host : List.of(hostA, hostB)) {
            spoil(host, 0.1, 0.3, 0.05);
            host.uplink().corruption(0.01);
        }
        // Nothing but the checksum tells what was falsified: there is no DTLS here.
        SctpOptions options = SctpOptions.defaults().withZeroChecksum(false);
        MessageDigest sent = sha256();
        MessageDigest received = sha256();
        long[] count = new long[2];
        long heapBefore = HostilePeer.usedHeap();
        SimulatedPeer a = new SimulatedPeer(simulator, hostA, hostB, options, event -> {});
        SimulatedPeer b = new SimulatedPeer(simulator, hostB, hostA, options, event -> {
            if (event instanceof SctpEvent.Message message) {
                received.update(message.data());
                count[1] += message.data().length;
            }
        });
        SplittableRandom random = new SplittableRandom(seed);
        byte[][] next = new byte[1][];
        a.connect();
        a.produce(() -> {
            while (count[0] < bytes) {
                if (next[0] == null) {
                    next[0] = new byte[(int) Math.min(65_536, bytes - count[0])];
                    random.nextBytes(next[0]);
                }
                if (a.association.send(1, 53, next[0], SendOptions.RELIABLE, a.now()) != SctpSendResult.ACCEPTED) {
                    return;
                }
                sent.update(next[0]);
                count[0] += next[0].length;
                next[0] = null;
            }
        });
        for (long step = bytes / 16; count[1] < bytes; ) {
            long goal = Math.min(bytes, count[1] + step);
            simulator.require("bytes to arrive", () -> count[1] >= goal, LIMIT);
            assertThat(HostilePeer.usedHeap() - heapBefore).as("seed %s", seed).isLessThan(64 << 20);
        }
        assertThat(received.digest()).as("seed %s", seed).isEqualTo(sent.digest());
        assertThat(count[1]).isEqualTo(bytes);
        assertThat(b.association.counters().checksumErrors()).isPositive();
        assertThat(b.association.state()).isEqualTo(SctpState.ESTABLISHED);
        simulator.close();
    }

    @Test
    void F03_eightMebibytesThroughLossReorderingAndCopies() {
        transfer(3, 8 << 20);
    }

    @Test
    @Tag("long")
    void F03_aGibibyteThroughLossReorderingAndCopies() {
        transfer(3, 1L << 30);
    }

    private static final int CHANNELS = 64;

    /** The contract of a channel: four kinds in turn, each with a tighter and a looser limit. */
    private static SendOptions contract(int channel) {
        return switch (channel % 8) {
            case 0, 1 -> SendOptions.RELIABLE;
            case 2, 3 -> SendOptions.UNORDERED;
            case 4 -> new SendOptions(false, 0, Time.NEVER);
            case 5 -> new SendOptions(true, 1, Time.NEVER);
            case 6 -> new SendOptions(false, -1, 2 * Time.SECOND);
            default -> new SendOptions(true, -1, Time.SECOND);
        };
    }

    private static boolean isReliable(int channel) {
        return channel % 8 < 4;
    }

    private static long mixed(int channel, int number) {
        long mixed = (channel * 0x9e37_79b9_7f4aL + number) * 0xbf58_476d_1ce4_e5b9L;
        return mixed ^ mixed >>> 29;
    }

    /** Most messages are small, some take a few packets, a few many. */
    private static int length(int channel, int number) {
        int dice = (int) (mixed(channel, number) & 0x7fff_ffff);
        int kind = dice % 1_000;
        return 9 + (kind < 950 ? dice % 90 : kind < 998 ? dice % 3_000 : dice % 40_000);
    }

    private static byte[] message(int channel, int number) {
        byte[] data = new byte[length(channel, number)];
        Bytes.put32(data, 0, channel);
        Bytes.put32(data, 4, number);
        for (int i = 8; i < data.length; i++) {
            data[i] = (byte) (number + i);
        }
        return data;
    }

    /** What one channel has received. */
    private static final class Received {
        final BitSet numbers = new BitSet();
        int last = -1;
        int count;

        void take(int channel, SctpEvent.Message message, long seed) {
            byte[] data = message.data();
            int number = Bytes.i32(data, 4);
            if (Bytes.i32(data, 0) != channel || data.length != length(channel, number)) {
                throw new AssertionError("seed " + seed + ": a wrong message on channel " + channel);
            }
            for (int i = 8; i < data.length; i++) {
                if (data[i] != (byte) (number + i)) {
                    throw new AssertionError("seed " + seed + ": a spoiled message on channel " + channel);
                }
            }
            if (numbers.get(number) || (!contract(channel).unordered() && number <= last)) {
                throw new AssertionError(
                        "seed " + seed + ": message " + number + " of channel " + channel + " again or late");
            }
            numbers.set(number);
            last = number;
            count++;
        }
    }

    private static void messages(long seed, int total, boolean interleaving) {
        Simulator simulator = Simulator.create(seed);
        SimulatedHost hostA = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost hostB = simulator.internet().host("b", "198.51.100.2");
        spoil(hostA, 0.05, 0.05, 0.01);
        spoil(hostB, 0.05, 0.05, 0.01);
        // A short queue: what has a lifetime would spend it there.
        SctpOptions options =
                new SctpOptions(5000, 5000, 1188, 1 << 20, 120_000, 64 << 10, 64 << 10).withInterleaving(interleaving);
        Received[] received = new Received[CHANNELS];
        java.util.Arrays.setAll(received, i -> new Received());
        SimulatedPeer a = new SimulatedPeer(simulator, hostA, hostB, options, event -> {});
        SimulatedPeer b = new SimulatedPeer(simulator, hostB, hostA, options, event -> {
            if (event instanceof SctpEvent.Message message) {
                received[message.streamId()].take(message.streamId(), message, seed);
            }
        });
        int[] sent = {0};
        a.connect();
        a.produce(() -> {
            while (sent[0] < total) {
                int channel = sent[0] % CHANNELS;
                byte[] data = message(channel, sent[0] / CHANNELS);
                if (a.association.send(channel, 53, data, contract(channel), a.now()) != SctpSendResult.ACCEPTED) {
                    return;
                }
                sent[0]++;
            }
        });
        simulator.require("all to be sent", () -> sent[0] == total && a.association.sendHeapBytes() == 0, LIMIT);
        simulator.run(Duration.ofSeconds(5));
        for (int channel = 0; channel < CHANNELS; channel++) {
            int expected = (total - channel + CHANNELS - 1) / CHANNELS;
            int count = received[channel].count;
            String what = "seed " + seed + " channel " + channel + ": " + count + " of " + expected;
            if (isReliable(channel)) {
                assertThat(count).as(what).isEqualTo(expected);
            } else {
                assertThat(count).as(what).isBetween(expected / 10, expected);
            }
        }
        assertThat(b.association.receiveHeapBytes()).as("seed %s", seed).isZero();
        assertThat(a.association.counters().abandonedSent()).isPositive();
        simulator.close();
    }

    @Test
    void C13_twentyThousandMessagesOverSixtyFourChannels() {
        messages(5, 20_000, true);
        messages(6, 20_000, false);
    }

    @Test
    @Tag("long")
    void C13_tenMillionMessagesOverSixtyFourChannels() {
        messages(7, 10_000_000, true);
    }
}
