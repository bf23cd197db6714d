package dev.yodel.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.RtpCodec;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every video format both ways: packetizer, the network, depacketizer. */
final class PayloadFormatsTest {
    static final List<String> CODECS = List.of("VP8", "VP9", "H264", "H265", "AV1");

    private static final int MAX_PAYLOAD = 1_100;

    @SuppressWarnings("ArrayRecordComponent")
    private record Packet(long sequence, long rtpTimestamp, boolean marker, byte[] payload) {}

    private static RtpCodec codec(String name) {
        return new RtpCodec(96, name, 90_000, 1, Map.of("packetization-mode", "1"), Set.of());
    }

    static Packetizer packetizer(String name) {
        return Objects.requireNonNull(Packetizer.of(codec(name), 32_760));
    }

    static FrameAssembler assembler(String name) {
        return new FrameAssembler(Objects.requireNonNull(Depacketizer.of(codec(name))), 1 << 22);
    }

    /** A frame as an encoder of the codec writes it. */
    static byte[] frame(String codec, boolean key, Random random) {
        int size = 1 + random.nextInt(key ? 20_000 : 3_000);
        return switch (codec) {
            case "VP8" -> {
                byte[] data = bytes(random, size);
                data[0] = (byte) (key ? data[0] & ~1 : data[0] | 1);
                yield data;
            }
            case "VP9" -> {
                byte[] data = bytes(random, size);
                data[0] = (byte) (key ? 0x82 : 0x86);
                yield data;
            }
            case "H264" ->
                key
                        ? annexB(nal(random, 30, 0x67), nal(random, 8, 0x68), nal(random, size, 0x65))
                        : annexB(nal(random, size / 2 + 2, 0x41), nal(random, size / 2 + 2, 0x41));
            case "H265" ->
                key
                        ? annexB(
                                nal(random, 20, 0x40, 1),
                                nal(random, 30, 0x42, 1),
                                nal(random, 8, 0x44, 1),
                                nal(random, size, 0x26, 1))
                        : annexB(nal(random, size, 0x02, 1));
            default -> temporalUnit(key, size, random);
        };
    }

    private static byte[] bytes(Random random, int size) {
        byte[] data = new byte[size];
        random.nextBytes(data);
        return data;
    }

    /** Bytes without anything that looks like a start code, as emulation prevention makes them. */
    private static byte[] nal(Random random, int size, int... header) {
        byte[] data = bytes(random, size + header.length);
        for (int i = 0; i < data.length; i++) {
            if (data[i] == 0) {
                data[i] = 3;
            }
        }
        for (int i = 0; i < header.length; i++) {
            data[i] = (byte) header[i];
        }
        return data;
    }

    private static byte[] annexB(byte[]... units) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] unit : units) {
            out.writeBytes(new byte[] {0, 0, 0, 1});
            out.writeBytes(unit);
        }
        return out.toByteArray();
    }

    private static byte[] temporalUnit(boolean key, int size, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (key) {
            obu(out, 1, bytes(random, 11));
        }
        // A frame OBU, and tile groups with an extension byte.
        obu(out, 6, bytes(random, size));
        if (random.nextBoolean()) {
            obu(out, 4, bytes(random, size / 3));
        }
        return out.toByteArray();
    }

    private static void obu(ByteArrayOutputStream out, int type, byte[] body) {
        boolean extended = type == 4;
        out.write(type << 3 | 2 | (extended ? 4 : 0));
        if (extended) {
            out.write(0x20);
        }
        byte[] size = new byte[8];
        out.write(size, 0, Leb128.write(body.length, size, 0));
        out.writeBytes(body);
    }

    private static List<Packet> packets(String codec, Random random, int frames, List<byte[]> originals) {
        Packetizer packetizer = packetizer(codec);
        List<Packet> packets = new ArrayList<>();
        long sequence = 65_500;
        byte[] buffer = new byte[MAX_PAYLOAD];
        for (int i = 0; i < frames; i++) {
            boolean key = i % 10 == 0;
            byte[] frame = frame(codec, key, random);
            originals.add(frame);
            int count = packetizer.begin(frame, 0, frame.length, MAX_PAYLOAD, false);
            assertThat(count).as("%s frame %d", codec, i).isPositive();
            assertThat(packetizer.keyFrame()).isEqualTo(key);
            while (!packetizer.finished()) {
                int length = packetizer.next(buffer, 0);
                assertThat(length).isBetween(1, MAX_PAYLOAD);
                packets.add(new Packet(sequence++, i * 3000L, packetizer.finished(), Arrays.copyOf(buffer, length)));
                count--;
            }
            assertThat(count).isZero();
            assertThat(packetizer.next(buffer, 0)).isZero();
        }
        return packets;
    }

    private static void push(FrameAssembler assembler, Packet packet) {
        assembler.push(packet.sequence, packet.rtpTimestamp, packet.marker, packet.payload, 0, packet.payload.length);
    }

    @Test
    void everyFormatSurvivesReorderingAndDuplication() {
        for (String codec : CODECS) {
            for (int seed = 0; seed < 20; seed++) {
                Random random = new Random(seed);
                List<byte[]> originals = new ArrayList<>();
                List<Packet> packets = packets(codec, random, 40, originals);
                for (int i = 0; i + 8 < packets.size(); i += 8) {
                    Collections.shuffle(packets.subList(i + 1, i + 8), random);
                }
                FrameAssembler assembler = assembler(codec);
                List<FrameAssembler.Frame> frames = new ArrayList<>();
                for (Packet packet : packets) {
                    for (int copies = 1 + random.nextInt(3); copies > 0; copies--) {
                        push(assembler, packet);
                    }
                    for (FrameAssembler.Frame got = assembler.poll(); got != null; got = assembler.poll()) {
                        frames.add(got);
                    }
                }
                assertThat(frames).as("%s seed %d", codec, seed).hasSize(40);
                for (int i = 0; i < 40; i++) {
                    assertThat(frames.get(i).data())
                            .as("%s seed %d frame %d", codec, seed, i)
                            .isEqualTo(originals.get(i));
                    assertThat(frames.get(i).keyFrame()).isEqualTo(i % 10 == 0);
                }
            }
        }
    }

    /** After a loss nothing is handed out that refers to what is missing. */
    @Test
    void everyFormatWaitsForAKeyFrameAfterALoss() {
        for (String codec : CODECS) {
            for (int seed = 0; seed < 20; seed++) {
                Random random = new Random(seed);
                List<byte[]> originals = new ArrayList<>();
                List<Packet> packets = packets(codec, random, 80, originals);
                FrameAssembler assembler = assembler(codec);
                long expectedFirst = packets.get(0).sequence;
                int handedOut = 0;
                for (Packet packet : packets) {
                    if (random.nextInt(100) < 3) {
                        continue;
                    }
                    push(assembler, packet);
                    for (FrameAssembler.Frame got = assembler.poll(); got != null; got = assembler.poll()) {
                        assertThat(got.keyFrame() || got.firstSequence() == expectedFirst)
                                .as("%s seed %d", codec, seed)
                                .isTrue();
                        assertThat(got.data()).isEqualTo(originals.get((int) (got.rtpTimestamp() / 3000)));
                        expectedFirst = got.lastSequence() + 1;
                        handedOut++;
                    }
                }
                assertThat(handedOut).as("%s seed %d", codec, seed).isPositive();
            }
        }
    }

    /** Parts of one unit differ by a byte at most, so that bursts can leave as equal segments. */
    @Test
    void largeUnitsAreCutIntoEqualParts() {
        for (String codec : List.of("VP8", "VP9", "H264", "H265")) {
            Packetizer packetizer = packetizer(codec);
            byte[] data = bytes(new Random(1), 12_345);
            Arrays.fill(data, 0, 6, (byte) 0x84);
            byte[] unit = codec.startsWith("H") ? annexB(nal(new Random(1), 12_345, 0x41, 1)) : data;
            packetizer.begin(unit, 0, unit.length, MAX_PAYLOAD, false);
            byte[] buffer = new byte[MAX_PAYLOAD];
            int least = Integer.MAX_VALUE;
            int most = 0;
            while (!packetizer.finished()) {
                int length = packetizer.next(buffer, 0);
                least = Math.min(least, length);
                most = Math.max(most, length);
            }
            assertThat(most - least).as(codec).isLessThanOrEqualTo(1);
        }
    }

    /** RFC 6184 5.8, 5.7.1 in bytes: a fragment's two headers, and an aggregate's. */
    @Test
    void h264PayloadsHaveTheHeadersOfRfc6184() {
        Packetizer packetizer = packetizer("H264");
        byte[] unit = nal(new Random(7), 300, 0x65);
        byte[] frame = annexB(unit);
        byte[] payload = new byte[200];
        assertThat(packetizer.begin(frame, 0, frame.length, 200, false)).isEqualTo(2);
        packetizer.next(payload, 0);
        assertThat(Bytes.hex(payload, 0, 2)).isEqualTo("7c85");
        packetizer.next(payload, 0);
        assertThat(Bytes.hex(payload, 0, 2)).isEqualTo("7c45");
        byte[] small = annexB(new byte[] {0x67, 1}, new byte[] {0x48, 2, 3});
        assertThat(packetizer.begin(small, 0, small.length, 200, false)).isEqualTo(1);
        int length = packetizer.next(payload, 0);
        assertThat(Bytes.hex(payload, 0, length)).isEqualTo("78" + "0002" + "6701" + "0003" + "480203");
    }

    /** Lengths instead of start codes, and parameter sets that are repeated for later key frames. */
    @Test
    void h264TakesAvccAndRepeatsParameterSets() {
        Packetizer packetizer = packetizer("H264");
        Random random = new Random(3);
        byte[] sps = nal(random, 10, 0x67);
        byte[] pps = nal(random, 4, 0x68);
        byte[] idr = nal(random, 50, 0x65);
        ByteArrayOutputStream avcc = new ByteArrayOutputStream();
        for (byte[] unit : List.of(sps, pps, idr)) {
            avcc.writeBytes(new byte[] {0, 0, 0, (byte) unit.length});
            avcc.writeBytes(unit);
        }
        byte[] first = avcc.toByteArray();
        assertThat(through("H264", packetizer, first)).isEqualTo(annexB(sps, pps, idr));
        byte[] alone = annexB(idr);
        assertThat(through("H264", packetizer, alone)).isEqualTo(annexB(sps, pps, idr));
        byte[] delta = annexB(nal(random, 50, 0x41));
        assertThat(packetizer.begin(delta, 0, delta.length, 200, false)).isEqualTo(1);
        assertThat(packetizer.keyFrame()).isFalse();
    }

    private static byte[] through(String codec, Packetizer packetizer, byte[] frame) {
        packetizer.begin(frame, 0, frame.length, MAX_PAYLOAD, false);
        FrameAssembler assembler = assembler(codec);
        byte[] payload = new byte[MAX_PAYLOAD];
        for (int i = 0; !packetizer.finished(); i++) {
            int length = packetizer.next(payload, 0);
            assembler.push(i, 0, packetizer.finished(), payload, 0, length);
        }
        return Objects.requireNonNull(assembler.poll()).data();
    }

    /** RFC 6184 6.2: mode 0 has neither fragments nor aggregates. */
    @Test
    void h264Mode0SendsSingleUnitsOnly() {
        RtpCodec mode0 = new RtpCodec(97, "H264", 90_000, 1);
        Packetizer packetizer = Objects.requireNonNull(Packetizer.of(mode0, 0));
        byte[] small = annexB(new byte[] {0x67, 1}, new byte[] {0x48, 2, 3});
        assertThat(packetizer.begin(small, 0, small.length, 200, false)).isEqualTo(2);
        byte[] large = annexB(nal(new Random(1), 300, 0x65));
        assertThat(packetizer.begin(large, 0, large.length, 200, false)).isZero();
        assertThat(packetizer.finished()).isTrue();
    }

    /** What an encoder may hand over by mistake makes no payload, and no exception. */
    @Test
    void malformedFramesMakeNoPayloads() {
        Random random = new Random(5);
        byte[] buffer = new byte[MAX_PAYLOAD];
        for (String codec : CODECS) {
            Packetizer packetizer = packetizer(codec);
            assertThat(packetizer.begin(Bytes.EMPTY, 0, 0, MAX_PAYLOAD, false)).isZero();
            for (int i = 0; i < 20_000; i++) {
                byte[] data = bytes(random, random.nextInt(60));
                int count = packetizer.begin(data, 0, data.length, 100, false);
                int taken = 0;
                while (packetizer.next(buffer, 0) > 0) {
                    taken++;
                }
                assertThat(taken)
                        .as("%s %s", codec, Bytes.hex(data, 0, data.length))
                        .isEqualTo(count);
            }
        }
    }

    /** R10: FU-B, STAP-B, MTAP, short fragments, aggregates beyond their bytes, leb128 of eight 0x80, sizes that lie. */
    @Test
    void R10_bombsAreRefused() {
        List<String> h264 = List.of(
                "7d8500112233",
                "790001000167",
                "7a00",
                "7b00",
                "7c85",
                "7cc500",
                "78",
                "780005670102",
                "7800",
                "78000067",
                "00aa",
                "1faa",
                "7c9800");
        Depacketizer nal = Objects.requireNonNull(Depacketizer.of(codec("H264")));
        for (String bomb : h264) {
            byte[] payload = Bytes.fromHex(bomb);
            assertThat(nal.read(payload, 0, payload.length)).as(bomb).isFalse();
        }
        Depacketizer av1 = Objects.requireNonNull(Depacketizer.of(codec("AV1")));
        for (String bomb :
                List.of("00", "008080808080808080" + "01", "00ff", "0005aa", "88ff", "2005", "30" + "05aa")) {
            byte[] payload = Bytes.fromHex(bomb);
            assertThat(av1.read(payload, 0, payload.length)).as(bomb).isFalse();
        }
        Depacketizer vp9 = Objects.requireNonNull(Depacketizer.of(codec("VP9")));
        for (String bomb :
                List.of("80", "8080", "808080", "d0000303030305", "02", "0218", "021000", "0208ff", "02e8ff0c")) {
            byte[] payload = Bytes.fromHex(bomb);
            assertThat(vp9.read(payload, 0, payload.length)).as(bomb).isFalse();
        }
        // Fragments that do not fit together make no frame.
        FrameAssembler assembler = assembler("H264");
        byte[] start = Bytes.fromHex("7c8700");
        assembler.push(0, 1, false, start, 0, start.length);
        byte[] other = Bytes.fromHex("7c4500");
        assembler.push(1, 1, true, other, 0, other.length);
        assertThat(assembler.poll()).isNull();
        assertThat(assembler.framesDropped()).isEqualTo(1);
    }
}
