package dev.yodel.sctp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SctpPacketTest {
    private static byte[] packet(Chunk... chunks) {
        ByteWriter out = new ByteWriter(4096);
        SctpPacket.writeHeader(out, 5000, 5001, 0x01020304);
        for (Chunk chunk : chunks) {
            chunk.write(out);
            out.padTo(4);
        }
        byte[] packet = out.toByteArray();
        SctpPacket.seal(packet, 0, packet.length);
        return packet;
    }

    private static final List<Chunk> ALL = List.of(
            new DataChunk(3, -1, 65534, 65535, 51, new byte[] {1, 2, 3, 4, 5}, 1, 3),
            new InitChunk(7, 100_000, 65535, 65535, -2, new Capabilities(true, true, true, true), null),
            new InitChunk(7, 100_000, 10, 20, -2, new Capabilities(true, false, false, true), new byte[] {1, 2, 3, 4}),
            new SackChunk(-5, 5 << 20, new int[] {2, 3, 5, 65535}, new int[] {-6, 7}),
            new OpaqueChunk(ChunkType.HEARTBEAT, 0, new byte[] {0, 1, 0, 4}),
            new OpaqueChunk(ChunkType.COOKIE_ECHO, 0, new byte[] {9, 9, 9, 9}),
            new OpaqueChunk(ChunkType.ABORT, 1, new byte[0]),
            new SignalChunk(ChunkType.SHUTDOWN_COMPLETE, 1),
            new ShutdownChunk(-9),
            new ForwardTsnChunk(-1, new int[] {1, 2, 65534, 65535}),
            new ReConfigChunk(List.of(
                    new ReConfigParameter.OutgoingReset(1, 2, 3, new int[] {4, 5, 6}),
                    new ReConfigParameter.Response(-1, 1))),
            new ReConfigChunk(List.of(new ReConfigParameter.IncomingReset(1, new int[] {65534}))));

    @Test
    void everyChunkIsReadAsItWasWritten() {
        for (Chunk chunk : ALL) {
            byte[] first = packet(chunk);
            assertThat(SctpPacket.isChecksumRight(first, 0, first.length)).isTrue();
            SctpPacket parsed = SctpPacket.parse(first, 0, first.length);
            assertThat(parsed).as("%s", chunk).isNotNull();
            assertThat(parsed.chunks()).hasSize(1);
            assertThat(packet(parsed.chunks().get(0))).isEqualTo(first);
        }
    }

    @Test
    void C01_C03_everyTypeAndLengthEndsWithinThePacket() {
        SplittableRandom random = new SplittableRandom(1);
        for (int type = 0; type < 256; type++) {
            for (int length = 0; length <= 20; length++) {
                for (int bytes = 4; bytes <= 24; bytes += 4) {
                    byte[] packet = new byte[12 + bytes];
                    for (int i = 16; i < packet.length; i++) {
                        packet[i] = (byte) random.nextInt();
                    }
                    packet[12] = (byte) type;
                    Bytes.put16(packet, 14, length);
                    SctpPacket parsed = SctpPacket.parse(packet, 0, packet.length);
                    if (length < 4 || length > bytes) {
                        assertThat(parsed)
                                .as("type %s length %s of %s", type, length, bytes)
                                .isNull();
                    }
                }
            }
        }
    }

    @Test
    void C02_C03_spoiledPacketsNeverReadBeyondTheirEnd() {
        SplittableRandom random = new SplittableRandom(2);
        for (int round = 0; round < 20_000; round++) {
            byte[] packet = packet(ALL.get(random.nextInt(ALL.size())), ALL.get(random.nextInt(ALL.size())));
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                packet[random.nextInt(12, packet.length)] = (byte) random.nextInt();
            }
            // An exact slice: reading beyond it throws.
            byte[] slice = Arrays.copyOf(packet, random.nextInt(packet.length + 1));
            SctpPacket parsed = SctpPacket.parse(slice, 0, slice.length);
            // The same bytes in a poisoned buffer must read the same.
            byte[] poisoned = new byte[slice.length + 2000];
            Arrays.fill(poisoned, (byte) 0x55);
            System.arraycopy(slice, 0, poisoned, 1000, slice.length);
            SctpPacket again = SctpPacket.parse(poisoned, 1000, slice.length);
            assertThat(again == null).as("round %s", round).isEqualTo(parsed == null);
            if (parsed != null && again != null) {
                assertThat(packet(again.chunks().toArray(new Chunk[0])))
                        .as("round %s", round)
                        .isEqualTo(packet(parsed.chunks().toArray(new Chunk[0])));
            }
        }
    }

    @Test
    void C02_sackCountsBeyondTheChunk() {
        byte[] packet = packet(new SackChunk(1, 2, new int[] {2, 3}, new int[0]));
        Bytes.put16(packet, 12 + 12, 65535);
        assertThat(SctpPacket.parse(packet, 0, packet.length)).isNull();
        Bytes.put16(packet, 12 + 12, 1);
        Bytes.put16(packet, 12 + 14, 65535);
        assertThat(SctpPacket.parse(packet, 0, packet.length)).isNull();
    }

    @Test
    void C17_upToFiveWrongBitsAreFound() {
        SplittableRandom random = new SplittableRandom(3);
        byte[] right = packet(new DataChunk(3, 1, 2, 3, 51, new byte[1000], 0, 1000));
        for (int round = 0; round < 20_000; round++) {
            byte[] packet = right.clone();
            for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
                packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
            }
            assertThat(SctpPacket.isChecksumRight(packet, 0, packet.length))
                    .as("round %s", round)
                    .isEqualTo(Arrays.equals(packet, right));
        }
        byte[] zero = right.clone();
        Bytes.put32(zero, 8, 0);
        assertThat(SctpPacket.isChecksumRight(zero, 0, zero.length)).isFalse();
    }
}
