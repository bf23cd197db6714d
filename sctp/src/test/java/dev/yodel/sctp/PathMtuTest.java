package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.packet.Capabilities;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.ChunkType;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.OpaqueChunk;
import dev.yodel.sctp.packet.PadChunk;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Larger packets where the path carries them: RFC 8899 5, 6.2. */
class PathMtuTest {
    private static final int BASE = SctpOptions.defaults().packetBytes();
    private static final SctpOptions LARGE =
            new SctpOptions(5000, 5000, BASE, 16 << 20, 64 << 20, 256 << 10, 256 << 10);

    private int sent;

    private Pipe connected(long seed, int mtu, int limit) {
        Pipe pipe = new Pipe(seed, LARGE);
        pipe.a.pathChanged(limit);
        pipe.b.pathChanged(limit);
        pipe.mtu = mtu;
        pipe.a.connect(pipe.now);
        pipe.run(Time.SECOND);
        return pipe;
    }

    private void send(Pipe pipe, int messages, int length) {
        for (int i = 0; i < messages; i++) {
            byte[] data = new byte[length];
            Arrays.fill(data, (byte) sent);
            Bytes.put32(data, 0, sent++);
            assertThat(pipe.a.send(1, 53, data, SendOptions.RELIABLE, pipe.now)).isEqualTo(SctpSendResult.ACCEPTED);
        }
    }

    private void assertAllCame(Pipe pipe) {
        List<byte[]> messages = Pipe.messages(pipe.eventsOfB);
        assertThat(messages.size()).isEqualTo(sent);
        for (int i = 0; i < sent; i++) {
            byte[] data = messages.get(i);
            assertThat(Bytes.i32(data, 0)).isEqualTo(i);
            for (int at = 4; at < data.length; at++) {
                if (data[at] != (byte) i) {
                    throw new AssertionError("byte " + at + " of message " + i);
                }
            }
        }
    }

    @Test
    void onePacketIsEnoughWhereThePathCarriesAllThatItMay() {
        Pipe pipe = connected(1, 65_536, 16_384);
        assertThat(pipe.a.counters().pathProbes()).isZero();
        send(pipe, 40, 65_536);
        pipe.run(5 * Time.SECOND);
        assertAllCame(pipe);
        assertThat(pipe.a.packetBytes()).isEqualTo(16_384);
        assertThat(pipe.a.counters().pathProbes()).isEqualTo(1);
        assertThat(pipe.b.counters().unknownChunks()).isZero();
        long packets = pipe.a.counters().packetsSent();
        send(pipe, 40, 65_536);
        pipe.run(5 * Time.SECOND);
        assertAllCame(pipe);
        assertThat(pipe.a.counters().packetsSent() - packets).isLessThan(40 * 65_536 / 10_000);
    }

    /** F04: two pieces of half of such a packet would each be too small to be sent, and one whole one fits. */
    @Test
    void aPacketThatIsHardlyLargerThanTheBaseHoldsAPiece() {
        for (int limit = BASE; limit <= BASE + 80; limit += 4) {
            sent = 0;
            Pipe pipe = connected(limit, 65_536, limit);
            send(pipe, 20, 20_000);
            send(pipe, 20, 1_100);
            pipe.run(5 * Time.SECOND);
            assertAllCame(pipe);
            assertThat(pipe.a.packetBytes()).isEqualTo(limit);
        }
    }

    @Test
    void noProbeIsSentWhileThereIsLittleToSendOrWithoutALimit() {
        Pipe little = connected(2, 65_536, 16_384);
        for (int i = 0; i < 100; i++) {
            send(little, 1, 1_000);
            little.run(100 * Time.MILLISECOND);
        }
        assertThat(little.a.counters().pathProbes()).isZero();
        assertThat(little.a.roomBytes()).isEqualTo(BASE);
        for (int limit : new int[] {0, 600, BASE}) {
            sent = 0;
            Pipe pipe = connected(3, 65_536, limit);
            send(pipe, 10, 65_536);
            pipe.run(5 * Time.SECOND);
            assertThat(pipe.a.counters().pathProbes()).isZero();
            assertThat(pipe.a.roomBytes()).isEqualTo(BASE);
            assertAllCame(pipe);
        }
    }

    @Test
    void theLargestThatPassesIsFoundAndProbesAreNoLosses() {
        for (int mtu : new int[] {BASE, 1_300, 1_400, 1_435, 8_935}) {
            sent = 0;
            Pipe pipe = connected(mtu, mtu, 16_384);
            send(pipe, 10, 65_536);
            for (int i = 0; i < 60; i++) {
                send(pipe, 1, 65_536);
                pipe.run(Time.SECOND);
            }
            assertThat(pipe.a.packetBytes()).as("of %s", mtu).isBetween(mtu - 32, mtu);
            assertThat(pipe.a.retransmissions()).isZero();
            assertThat(pipe.a.counters().retransmissionTimeouts()).isZero();
            assertThat(pipe.a.counters().pathProbes()).isLessThan(40);
            assertAllCame(pipe);
        }
    }

    @Test
    void whatFoundNoPathIsTriedAgainAfterTenMinutes() {
        Pipe pipe = connected(5, 1_250, 1_432);
        send(pipe, 10, 65_536);
        pipe.run(60 * Time.SECOND);
        long probes = pipe.a.counters().pathProbes();
        assertThat(pipe.a.packetBytes()).isBetween(1_218, 1_250);
        pipe.mtu = 1_500;
        pipe.run(500 * Time.SECOND);
        assertThat(pipe.a.counters().pathProbes()).isEqualTo(probes);
        pipe.run(150 * Time.SECOND);
        assertThat(pipe.a.packetBytes()).isEqualTo(1_432);
    }

    @Test
    void aPathThatBecomesNarrowerTakesAllDataInSmallPackets() {
        Pipe pipe = connected(6, 65_536, 16_384);
        send(pipe, 40, 65_536);
        pipe.run(2 * Time.SECOND);
        assertThat(pipe.a.packetBytes()).isEqualTo(16_384);
        send(pipe, 100, 65_536);
        pipe.run(15 * Time.MILLISECOND);
        pipe.mtu = 1_200;
        pipe.run(30 * Time.SECOND);
        assertAllCame(pipe);
        assertThat(pipe.a.counters().pathReductions()).isPositive();
        assertThat(pipe.a.packetBytes()).isLessThanOrEqualTo(1_200);
        pipe.run(120 * Time.SECOND);
        assertThat(pipe.a.nextTimeout() - pipe.now).isGreaterThan(5 * Time.SECOND);
    }

    @Test
    void anotherPathBeginsWithSmallPackets() {
        Pipe pipe = connected(7, 65_536, 16_384);
        send(pipe, 40, 65_536);
        pipe.run(2 * Time.SECOND);
        send(pipe, 40, 65_536);
        pipe.run(15 * Time.MILLISECOND);
        pipe.mtu = 1_350;
        pipe.a.pathChanged(1_432);
        assertThat(pipe.a.packetBytes()).isEqualTo(BASE);
        pipe.run(60 * Time.SECOND);
        assertAllCame(pipe);
        assertThat(pipe.a.packetBytes()).isBetween(1_318, 1_350);
        assertThat(pipe.a.roomBytes()).isEqualTo(pipe.a.packetBytes());
    }

    @Test
    void lossOfEveryKindDoesNotEndTheSearch() {
        Pipe pipe = connected(8, 1_400, 16_384);
        pipe.loss = 0.1;
        pipe.duplication = 0.05;
        pipe.reordering = 0.1;
        for (int i = 0; i < 90; i++) {
            send(pipe, 1, 65_536);
            pipe.run(Time.SECOND);
        }
        pipe.loss = 0;
        pipe.run(60 * Time.SECOND);
        assertAllCame(pipe);
        assertThat(pipe.a.packetBytes()).isLessThanOrEqualTo(1_400);
    }

    @Test
    void C15_onlyAnAnswerWithTheProbesNumberCounts() {
        HostilePeer peer =
                HostilePeer.established(HostilePeer.OPTIONS, new Capabilities(true, true, false, true, true));
        peer.victim.pathChanged(16_384);
        peer.victim.send(1, 53, new byte[65_536], SendOptions.RELIABLE, peer.now);
        List<Chunk> sentChunks = peer.drain();
        OpaqueChunk probe = (OpaqueChunk) sentChunks.get(0);
        assertThat(probe.type()).isEqualTo(ChunkType.HEARTBEAT);
        assertThat(sentChunks.get(1)).isInstanceOf(PadChunk.class);
        assertThat(peer.victim.roomBytes()).isEqualTo(16_384);
        byte[] forged = probe.value().clone();
        forged[5] ^= 1;
        peer.send(new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, forged));
        peer.send(new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, new byte[16]));
        peer.send(new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, new byte[0]));
        assertThat(peer.victim.packetBytes()).isEqualTo(BASE);
        peer.send(new OpaqueChunk(ChunkType.HEARTBEAT_ACK, 0, probe.value()));
        assertThat(peer.victim.packetBytes()).isEqualTo(16_384);
        // Padding of any length asks for nothing.
        long replies = peer.replies;
        peer.send(new PadChunk(4), new PadChunk(60_000));
        assertThat(peer.replies).isEqualTo(replies);
        assertThat(peer.victim.counters().unknownChunks()).isZero();
    }

    /** libwebrtc ends its DTLS transport when a record holds more than 2,048 bytes. */
    @Test
    void aPeerThatDoesNotListPaddingGetsNoLongPacket() {
        HostilePeer peer = HostilePeer.established();
        peer.victim.pathChanged(16_384);
        peer.victim.send(1, 53, new byte[65_536], SendOptions.RELIABLE, peer.now);
        assertThat(peer.victim.roomBytes()).isEqualTo(BASE);
        assertThat(peer.drain()).isNotEmpty().allMatch(DataChunk.class::isInstance);
        assertThat(peer.victim.counters().pathProbes()).isZero();
    }

    @Test
    void aLimitThatNoPacketHasIsRefused() {
        SctpAssociation association = new SctpAssociation(LARGE, new SeededRandom(1));
        assertThatThrownBy(() -> association.pathChanged(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> association.pathChanged(65_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
