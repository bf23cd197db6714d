package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.sctp.packet.Capabilities;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.DataChunk;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an authenticated peer can make us keep, in real heap: the receive buffer and 11 MiB at most. */
class HostileMemoryTest {
    private static final int BUFFER_BYTES = 5 << 20;
    private static final long MOST_HEAP_BYTES = BUFFER_BYTES + (11L << 20);
    private static final SctpOptions OPTIONS = SctpOptions.defaults();
    private static final int BEGIN = DataChunk.FLAG_BEGIN;
    private static final int END = DataChunk.FLAG_END;
    private static final int UNORDERED = DataChunk.FLAG_UNORDERED;

    /** The chunk that a peer sends as its n-th; the cumulative TSN is what the victim has reported. */
    private interface Attack {
        Chunk chunk(int n);
    }

    private static void attack(String name, Capabilities capabilities, int chunks, boolean polls, Attack attack) {
        HostilePeer peer = HostilePeer.established(OPTIONS, capabilities);
        long before = HostilePeer.usedHeap();
        for (int n = 0; n < chunks; n++) {
            peer.send(attack.chunk(n));
            if (polls) {
                peer.events();
            }
            assertThat(peer.victim.receiveHeapBytes()).as(name).isLessThan(2L * BUFFER_BYTES + 2_000);
            if ((n & 0x3ffff) == 0x3ffff) {
                assertThat(HostilePeer.usedHeap() - before).as(name).isLessThan(MOST_HEAP_BYTES);
            }
        }
        assertThat(HostilePeer.usedHeap() - before).as(name).isLessThan(MOST_HEAP_BYTES);
        assertThat(peer.victim.counters().packetsReceived()).isGreaterThanOrEqualTo(chunks);
    }

    private static void attacks(int streams, int fragments) {
        int tsn = HostilePeer.TSN;
        attack(
                "a first piece on every stream",
                HostilePeer.INTERLEAVED,
                streams,
                true,
                n -> HostilePeer.interleaved(BEGIN, tsn + n, n, 0, 0, 1));
        attack(
                "a first unordered piece on every stream",
                HostilePeer.INTERLEAVED,
                streams,
                true,
                n -> HostilePeer.interleaved(BEGIN | UNORDERED, tsn + n, n, n, 0, 1));
        attack(
                "a last piece on every stream",
                HostilePeer.INTERLEAVED,
                streams,
                true,
                n -> HostilePeer.interleaved(END, tsn + n, n, n, 1 + n, 1));
        attack(
                "first pieces behind holes",
                HostilePeer.PLAIN,
                streams,
                true,
                n -> HostilePeer.data(BEGIN, tsn + 1 + 2 * (n % 32_000), n, 0, 1));
        attack(
                "whole messages out of turn",
                HostilePeer.PLAIN,
                streams,
                true,
                n -> HostilePeer.data(BEGIN | END, tsn + n, n, 1, 1));
        attack(
                "whole messages out of turn, interleaved",
                HostilePeer.INTERLEAVED,
                streams,
                true,
                n -> HostilePeer.interleaved(BEGIN | END, tsn + n, n, 1, 0, 1));
        attack(
                "a message on every stream",
                HostilePeer.PLAIN,
                streams,
                true,
                n -> HostilePeer.data(BEGIN | END, tsn + n, n, 0, 1));
        attack(
                "one message without end",
                HostilePeer.INTERLEAVED,
                fragments,
                true,
                n -> HostilePeer.interleaved(n == 0 ? BEGIN : 0, tsn + n, 1, 0, n, 1));
        attack(
                "one message without beginning",
                HostilePeer.INTERLEAVED,
                fragments,
                true,
                n -> HostilePeer.interleaved(0, tsn + n, 1, 0, 1 + n, 1));
        attack(
                "pieces with holes between",
                HostilePeer.INTERLEAVED,
                fragments,
                true,
                n -> HostilePeer.interleaved(0, tsn + n, n % 7, n % 3, 2 * (n + 1), 1));
        attack(
                "middle pieces that do not begin",
                HostilePeer.PLAIN,
                fragments,
                true,
                n -> HostilePeer.data(UNORDERED, tsn + 1 + n, 1, 0, 1));
        attack(
                "small messages that nobody polls",
                HostilePeer.PLAIN,
                fragments,
                false,
                n -> HostilePeer.data(BEGIN | END, tsn + n, n % 65_535, n / 65_535, 1));
        SplittableRandom random = new SplittableRandom(9);
        attack("anything", HostilePeer.INTERLEAVED, fragments, true, n -> {
            int fragment = random.nextInt(1, 1 << random.nextInt(1, 31));
            return HostilePeer.interleaved(
                    random.nextInt(2) * UNORDERED,
                    tsn + n,
                    random.nextInt(65_535),
                    random.nextInt(1 << 20),
                    fragment,
                    1);
        });
    }

    @Test
    void C09_reassemblyMemory() {
        attacks(65_535, 100_000);
    }

    @Test
    @Tag("long")
    void C09_reassemblyMemoryOfFiveMillionFragments() {
        attacks(65_535, 5_000_000);
    }
}
