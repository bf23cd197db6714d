package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.sctp.packet.Capabilities;
import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.DataChunk;
import dev.yodel.sctp.packet.SctpPacket;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Chunks of every type and length against a living association. */
class HostileChunkTest {
    /** Whether an association still works: a message passes through. */
    private static boolean isAlive(HostilePeer peer, int tsn) {
        if (peer.victim.state() != SctpState.ESTABLISHED) {
            return false;
        }
        peer.events();
        boolean interleaved = peer.capabilities.interleaving();
        peer.give(peer.victimTag, new DataChunk(interleaved, 3 | 4, tsn, 9, 0, 0, 53, new byte[7], 0, 7));
        return peer.events().stream().anyMatch(SctpEvent.Message.class::isInstance);
    }

    @Test
    void C01_everyTypeAndLength() {
        SplittableRandom random = new SplittableRandom(1);
        for (Capabilities capabilities : List.of(HostilePeer.PLAIN, HostilePeer.INTERLEAVED)) {
            HostilePeer peer = HostilePeer.established(HostilePeer.OPTIONS, capabilities);
            int tsn = HostilePeer.TSN;
            for (int type = 0; type < 256; type++) {
                for (int length = 0; length <= 20; length++) {
                    for (int bytes = 4; bytes <= 24; bytes += 4) {
                        byte[] packet = new byte[12 + bytes];
                        for (int i = 16; i < packet.length; i++) {
                            packet[i] = (byte) random.nextInt();
                        }
                        Bytes.put32(packet, 4, type == 1 ? 0 : peer.victimTag);
                        packet[12] = (byte) type;
                        Bytes.put16(packet, 14, length);
                        SctpPacket.seal(packet, 0, packet.length);
                        long malformed = peer.victim.counters().malformedPackets();
                        peer.give(packet, 0, packet.length);
                        peer.discard();
                        boolean cannotBe = length < 4 || length > bytes;
                        if (cannotBe) {
                            assertThat(peer.victim.counters().malformedPackets())
                                    .isEqualTo(malformed + 1);
                        }
                        // Data of random numbers, an ABORT and a SHUTDOWN may change or end it.
                        if (!cannotBe && (type <= 10 || type == 64 || type == 192 || type == 194)) {
                            peer = HostilePeer.established(HostilePeer.OPTIONS, capabilities);
                            tsn = HostilePeer.TSN;
                        }
                    }
                }
                assertThat(isAlive(peer, tsn++)).as("type %s", type).isTrue();
            }
        }
    }

    /** A packet whose second chunk lies about its length is dropped whole: its first one has no effect. */
    @Test
    void C01_aPacketWithAMalformedChunkHasNoEffectAtAll() {
        for (int length = 0; length < 4; length++) {
            HostilePeer peer = HostilePeer.established();
            Chunk first = HostilePeer.data(3, HostilePeer.TSN, 1, 0, 4);
            byte[] packet = new byte[12 + 20 + 4];
            Bytes.put32(packet, 4, peer.victimTag);
            System.arraycopy(SctpPacket.bytes(first), 0, packet, 12, 20);
            Bytes.put16(packet, 34, length);
            SctpPacket.seal(packet, 0, packet.length);
            peer.give(packet, 0, packet.length);
            assertThat(peer.drain()).isEmpty();
            assertThat(peer.events()).isEmpty();
            assertThat(peer.victim.counters().malformedPackets()).isEqualTo(1);
        }
    }

    private static List<String> wire(List<Chunk> chunks) {
        return chunks.stream()
                .map(SctpPacket::bytes)
                .map(bytes -> Bytes.hex(bytes, 0, bytes.length))
                .toList();
    }

    /** What stands before and behind a packet in its buffer has no influence on what becomes of it. */
    @Test
    void C02_poisonedBuffers() {
        for (int seed = 0; seed < 30; seed++) {
            HostilePeer clean = HostilePeer.established();
            HostilePeer poisoned = HostilePeer.established();
            SplittableRandom random = new SplittableRandom(seed);
            for (int round = 0; round < 300; round++) {
                byte[] packet = new byte[12 + 4 * random.nextInt(1, 60)];
                random.nextBytes(packet);
                Bytes.put32(packet, 4, clean.victimTag);
                packet[12] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(16));
                Bytes.put16(packet, 14, random.nextInt(3) == 0 ? random.nextInt(300) : packet.length - 12);
                SctpPacket.seal(packet, 0, packet.length);
                byte[] buffer = new byte[packet.length + 66_000];
                Arrays.fill(buffer, (byte) random.nextInt());
                int offset = random.nextInt(1_000);
                System.arraycopy(packet, 0, buffer, offset, packet.length);
                clean.give(packet, 0, packet.length);
                poisoned.give(buffer, offset, packet.length);
                assertThat(wire(poisoned.drain())).isEqualTo(wire(clean.drain()));
                assertThat(poisoned.events().size()).isEqualTo(clean.events().size());
                assertThat(poisoned.victim.state()).isEqualTo(clean.victim.state());
                assertThat(poisoned.victim.receiveHeapBytes()).isEqualTo(clean.victim.receiveHeapBytes());
                if (clean.victim.state() == SctpState.CLOSED) {
                    clean = HostilePeer.established();
                    poisoned = HostilePeer.established();
                }
            }
        }
    }
}
