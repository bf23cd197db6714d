package dev.yodel.sctp.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Crc32c;
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
            new DataChunk(true, 6, -1, 65534, -7, 0, 51, new byte[] {1, 2, 3, 4, 5}, 1, 3),
            new DataChunk(true, 1, 7, 0, 9, -2, 0, new byte[] {1, 2, 3, 4, 5}, 0, 5),
            new InterleavedForwardChunk(
                    -3,
                    List.of(
                            new InterleavedForwardChunk.Skip(65_535, true, -1),
                            new InterleavedForwardChunk.Skip(0, false, 7))),
            new InterleavedForwardChunk(5, List.of()),
            new UnknownChunk(200, 9, new byte[] {1, 2, 3}),
            new ReConfigChunk(List.of(
                    new ReConfigParameter.AddStreams(true, -1, 65_535), new ReConfigParameter.AddStreams(false, 1, 0))),
            new InitChunk(7, 100_000, 65535, 65535, -2, new Capabilities(true, true, true, true, true), null),
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

    /** Counts and lengths that say more than there is, of every chunk that has some. */
    @Test
    void C02_countsBeyondTheChunkNeverShowWhatLiesBehind() {
        for (Chunk chunk : ALL) {
            byte[] right = packet(chunk);
            for (int at = 14; at < Math.min(right.length, 64) - 1; at++) {
                for (int value : new int[] {0, 1, 3, 4, 5, 0x7fff, 0x8000, 0xffff, right.length, right.length - 12}) {
                    byte[] packet = right.clone();
                    Bytes.put16(packet, at, value);
                    byte[] poisoned = new byte[packet.length + 70_000];
                    Arrays.fill(poisoned, (byte) 0xaa);
                    System.arraycopy(packet, 0, poisoned, 100, packet.length);
                    SctpPacket inSlice = SctpPacket.parse(packet, 0, packet.length);
                    SctpPacket inBuffer = SctpPacket.parse(poisoned, 100, packet.length);
                    assertThat(inBuffer == null).isEqualTo(inSlice == null);
                    if (inSlice != null && inBuffer != null) {
                        assertThat(packet(inBuffer.chunks().toArray(new Chunk[0])))
                                .as("%s: %s at %s", chunk, value, at)
                                .isEqualTo(packet(inSlice.chunks().toArray(new Chunk[0])));
                    }
                }
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

    /** Known answers of CRC32c (RFC 3720 B.4), as packets: the sum is that of a packet with zero in its place. */
    @Test
    void C17_knownChecksums() {
        byte[] zeros = new byte[32];
        assertThat(Crc32c.of(zeros, 0, 32)).isEqualTo(0x8a9136aa);
        Arrays.fill(zeros, (byte) 0xff);
        assertThat(Crc32c.of(zeros, 0, 32)).isEqualTo(0x62a8ab43);
        byte[] cookieAck = Bytes.fromHex("1388138801020304000000000b000004");
        SctpPacket.seal(cookieAck, 0, cookieAck.length);
        int sum = Crc32c.of(Bytes.fromHex("1388138801020304000000000b000004"), 0, 16);
        assertThat(Bytes.i32(cookieAck, 8)).isEqualTo(Integer.reverseBytes(sum));
        assertThat(SctpPacket.isChecksumRight(cookieAck, 0, 16)).isTrue();
        assertThat(SctpPacket.isChecksumRight(cookieAck, 0, 15)).isFalse();
    }

    @Test
    void C17_everyOneAndTwoWrongBitsOfASmallPacket() {
        byte[] right = packet(new DataChunk(3, 1, 2, 3, 51, new byte[20], 0, 20));
        int bits = right.length * 8;
        for (int first = 0; first < bits; first++) {
            for (int second = first; second < bits; second++) {
                byte[] packet = right.clone();
                packet[first / 8] ^= (byte) (1 << first % 8);
                if (second != first) {
                    packet[second / 8] ^= (byte) (1 << second % 8);
                }
                assertThat(SctpPacket.isChecksumRight(packet, 0, packet.length))
                        .as("bits %s and %s", first, second)
                        .isFalse();
            }
        }
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
