package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.SackChunk;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Windows that never open, open by a byte, or shrink below what is under way: RFC 9260 6.1 A, 6.2. */
class HostileWindowTest {
    private static int highestTsn(List<Chunk> chunks, int least) {
        int highest = least;
        for (Chunk chunk : chunks) {
            if (chunk instanceof DataChunk data) {
                highest = Math.max(highest, data.tsn());
            }
        }
        return highest;
    }

    private static HostilePeer withMuchToSend() {
        HostilePeer peer = HostilePeer.established();
        for (int i = 0; i < 50; i++) {
            peer.victim.send(1, 53, new byte[10_000], SendOptions.RELIABLE, peer.now);
        }
        return peer;
    }

    private static SackChunk report(int cumulative, long window) {
        return new SackChunk(cumulative, (int) window, new int[0], new int[0]);
    }

    /** Each report lets one chunk go, however little it opens the window: never a splinter, never a second one. */
    @Test
    void C08_aWindowThatOpensByAByteGetsOneWholeChunkAtATime() {
        for (int window : new int[] {0, 1, 100, 1_000, 1_187}) {
            HostilePeer peer = withMuchToSend();
            int highest = highestTsn(peer.drain(), peer.victimTsn);
            for (int i = 0; i < 200; i++) {
                List<Chunk> next = peer.give(peer.victimTag, report(highest, window));
                assertThat(next).as("window %s", window).hasSize(1);
                DataChunk chunk = (DataChunk) next.get(0);
                assertThat(chunk.tsn()).isEqualTo(highest + 1);
                assertThat(chunk.isEnd() || chunk.length() > 1_000)
                        .as("window %s, %s bytes", window, chunk.length())
                        .isTrue();
                highest = chunk.tsn();
                peer.now += 20 * Time.MILLISECOND;
            }
        }
    }

    /**
     * A window taken back: what is under way stays under way, nothing new goes, and the first is asked for again and
     * again.
     */
    @Test
    void C08_aWindowThatShrinksStopsWhatIsNewAndNothingIsForgotten() {
        HostilePeer peer = withMuchToSend();
        int first = peer.victimTsn;
        int highest = highestTsn(peer.drain(), peer.victimTsn);
        assertThat(highest - first).isGreaterThan(5);
        long heap = peer.victim.sendHeapBytes();
        peer.give(peer.victimTag, report(first, 0));
        long bytes = peer.repliedBytes;
        long end = peer.now + 3_600 * Time.SECOND;
        while (peer.victim.nextTimeout() < end) {
            peer.now = peer.victim.nextTimeout();
            peer.victim.handleTimeout(peer.now);
            assertThat(highestTsn(peer.drain(), highest)).isEqualTo(highest);
        }
        // An hour: two packets each three seconds, after sixty-four times 150 ms, though ten are missing.
        assertThat(peer.repliedBytes - bytes).isPositive().isLessThan(2 * 1_300 * 1_200L);
        assertThat(peer.victim.sendHeapBytes()).isLessThanOrEqualTo(heap);
        assertThat(peer.victim.state()).isEqualTo(SctpState.ESTABLISHED);
        // It opens again, and all goes on from where it was.
        peer.now += Time.SECOND;
        List<Chunk> next = peer.give(peer.victimTag, report(highest, 1 << 20));
        assertThat(highestTsn(next, highest)).isGreaterThan(highest);
    }

    /** What we announce is nothing or a whole packet, however unevenly the owner reads. */
    @Test
    void C08_ourWindowIsNeverSilly() {
        SplittableRandom random = new SplittableRandom(8);
        HostilePeer peer = HostilePeer.established();
        int tsn = HostilePeer.TSN;
        int closed = 0;
        long held = 0;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(3) > 0) {
                peer.put(HostilePeer.data(3, tsn, 1, i, random.nextInt(1, 1_100)));
                tsn++;
                for (SctpEvent event : peer.events()) {
                    if (event instanceof SctpEvent.Message message) {
                        held += message.data().length;
                        peer.victim.hold(message.data().length);
                    }
                }
            } else if (held > 0) {
                long read = random.nextLong(1, Math.min(held, 1_000) + 1);
                held -= read;
                peer.victim.release(read);
            }
            for (Chunk chunk : peer.drain()) {
                if (chunk instanceof SackChunk sack) {
                    long window = sack.windowBytes() & 0xffff_ffffL;
                    assertThat(window == 0 || window >= HostilePeer.OPTIONS.packetBytes())
                            .as("%s", sack)
                            .isTrue();
                    closed += window == 0 ? 1 : 0;
                }
            }
        }
        assertThat(closed).isPositive();
        assertThat(peer.victim.receiveHeapBytes()).isLessThan(2L * HostilePeer.OPTIONS.receiveBufferBytes());
    }
}
