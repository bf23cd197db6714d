package dev.yodel.rtp.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Parity by the formulas of RFC 5109 8 and draft-ietf-payload-flexible-fec-scheme-03 6. */
final class ParityTest {
    private static final int SSRC = 1;

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static void add(FecDecoder decoder, long number, byte[] packet) {
        decoder.add(number, packet, 0, 12, 0, packet.length, packet[1] & 0xff);
        decoder.settle(number);
    }

    private static byte[] rebuilt(FecDecoder decoder) {
        long number = decoder.pollRebuilt();
        return number == Long.MIN_VALUE ? new byte[0] : Arrays.copyOf(decoder.data(number), decoder.length(number));
    }

    private static final byte[] FIRST = hex("8060 0001 00000064 00000001 010203");
    private static final byte[] SECOND = hex("80e0 0002 00000064 00000001 0405");

    /**
     * Computed by hand: exclusive or of the first 8 bytes, of the lengths behind the fixed header, and of what
     * follows it.
     */
    @Test
    void twoPacketsGiveTheParityOfTheFormula() {
        FecEncoder encoder = new FecEncoder();
        byte[] out = new byte[100];
        for (boolean flexfec : new boolean[] {false, true}) {
            assertThat(encoder.add(FIRST, 0, 12, 0, FIRST.length, 0x60)).isTrue();
            assertThat(encoder.add(SECOND, 0, 12, 0, SECOND.length, 0xe0)).isTrue();
            encoder.finish(1);
            int length = encoder.write(flexfec, SSRC, out, 0);
            assertThat(Arrays.copyOf(out, length))
                    .isEqualTo(hex(
                            flexfec
                                    ? "0080 0001 00000000 01000000 00000001 0001 e000 050703"
                                    : "0080 0001 00000000 0001 0003 c000 050703"));
            assertThat(encoder.write(flexfec, SSRC, out, 0)).isZero();
            FecDecoder decoder = new FecDecoder(SSRC);
            add(decoder, 0x1_0001, FIRST);
            if (flexfec) {
                assertThat(decoder.addFlexfec(out, 0, length, 0x1_0001)).isTrue();
            } else {
                assertThat(decoder.addUlpfec(out, 0, length, 0x1_0001)).isTrue();
            }
            assertThat(decoder.pollRebuilt()).isEqualTo(0x1_0002);
            assertThat(Arrays.copyOf(decoder.data(0x1_0002), decoder.length(0x1_0002)))
                    .isEqualTo(SECOND);
            assertThat(decoder.pollRebuilt()).isEqualTo(Long.MIN_VALUE);
        }
    }

    /** All lengths of masks, both ways. */
    @Test
    void masksGoThereAndBack() {
        Random random = new Random(4);
        FecHeader written = new FecHeader();
        FecHeader read = new FecHeader();
        byte[] out = new byte[64];
        for (int i = 0; i < 20_000; i++) {
            int width = i % 3 == 0 ? 15 : i % 3 == 1 ? 46 : 48;
            written.maskHigh = random.nextLong() << (64 - width) | Long.MIN_VALUE;
            written.ssrc = random.nextInt();
            written.base = random.nextInt(1 << 16);
            written.flags = random.nextInt(64);
            written.markerAndType = random.nextInt(256);
            written.lengthRecovery = random.nextInt(1 << 16);
            written.timestampRecovery = random.nextInt();
            written.parityLength = 0;
            boolean flexfec = random.nextBoolean();
            boolean taken;
            if (flexfec) {
                written.writeFlexfec(out, 3);
                taken = read.readFlexfec(out, 3, FecHeader.flexfecLength(written.maskHigh));
                assertThat(read.ssrc).isEqualTo(written.ssrc);
            } else {
                written.writeUlpfec(out, 3);
                taken = read.readUlpfec(out, 3, FecHeader.ulpfecLength(written.maskHigh));
            }
            assertThat(taken).isTrue();
            assertThat(List.of(read.maskHigh, read.maskLow, (long) read.base, (long) read.flags))
                    .isEqualTo(List.of(written.maskHigh, 0L, (long) written.base, (long) written.flags));
            assertThat(read.markerAndType).isEqualTo(written.markerAndType);
            assertThat(read.lengthRecovery).isEqualTo(written.lengthRecovery);
            assertThat(read.timestampRecovery).isEqualTo(written.timestampRecovery);
        }
        // The widest mask of FlexFEC: the first and the last of 109 packets.
        byte[] wide = hex("0000 0000 00000000 01000000 00000001 0007 4000 00000000 80000000 00000001 aa");
        assertThat(read.readFlexfec(wide, 0, wide.length)).isTrue();
        assertThat(read.protects(0)).isTrue();
        assertThat(read.protects(108)).isTrue();
        for (int i = 1; i < 108; i++) {
            assertThat(read.protects(i)).isFalse();
        }
        assertThat(read.parityLength).isEqualTo(1);
    }

    /** Any loss as large as the parity that the encoder spread over a batch, in any order of arrival. */
    @Test
    void burstsAsLongAsTheParityAreRebuilt() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            boolean flexfec = random.nextBoolean();
            FecEncoder encoder = new FecEncoder();
            int count = 1 + random.nextInt(FecEncoder.BATCH);
            int parities = 1 + random.nextInt(count);
            int base = random.nextInt(1 << 16);
            List<byte[]> packets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] packet = new byte[12 + random.nextInt(1200)];
                random.nextBytes(packet);
                packet[0] = (byte) (0x80 | (packet[0] & 0x3f));
                packet[2] = (byte) ((base + i) >> 8);
                packet[3] = (byte) (base + i);
                packet[8] = 0;
                packet[9] = 0;
                packet[10] = 0;
                packet[11] = SSRC;
                packets.add(packet);
                assertThat(encoder.add(packet, 0, 12, 0, packet.length, packet[1] & 0xff))
                        .isTrue();
            }
            encoder.finish(parities);
            List<byte[]> parity = new ArrayList<>();
            byte[] out = new byte[1600];
            for (int n = encoder.write(flexfec, SSRC, out, 0); n > 0; n = encoder.write(flexfec, SSRC, out, 0)) {
                parity.add(Arrays.copyOf(out, n));
            }
            assertThat(parity).hasSize(parities);
            FecDecoder decoder = new FecDecoder(SSRC);
            int from = random.nextInt(count);
            int lost = Math.min(parities, count - from);
            long start = 0x5_0000L + base;
            int given = 0;
            boolean parityFirst = random.nextBoolean();
            if (parityFirst) {
                add(decoder, start - 1, packets.get(0));
                parity(decoder, parity, flexfec, start);
            }
            given += take(decoder, packets, start);
            for (int i = 0; i < count; i++) {
                if (i < from || i >= from + lost) {
                    add(decoder, start + i, packets.get(i));
                    given += take(decoder, packets, start);
                }
            }
            if (!parityFirst) {
                parity(decoder, parity, flexfec, start);
            }
            given += take(decoder, packets, start);
            // What the first parity packets already gave back comes once all the same.
            assertThat(given).as("seed %d", seed).isGreaterThanOrEqualTo(lost);
        }
    }

    private static void parity(FecDecoder decoder, List<byte[]> parity, boolean flexfec, long near) {
        for (byte[] each : parity) {
            assertThat(
                            flexfec
                                    ? decoder.addFlexfec(each, 0, each.length, near)
                                    : decoder.addUlpfec(each, 0, each.length, near))
                    .isTrue();
        }
    }

    private static int take(FecDecoder decoder, List<byte[]> packets, long start) {
        int count = 0;
        for (long number = decoder.pollRebuilt(); number != Long.MIN_VALUE; number = decoder.pollRebuilt()) {
            assertThat(Arrays.copyOf(decoder.data(number), decoder.length(number)))
                    .isEqualTo(packets.get((int) (number - start)));
            count++;
        }
        return count;
    }

    /** Two parity packets over each other: what the first one gives back is what the second one needs. */
    @Test
    void whatWasRebuiltRebuildsMore() {
        FecDecoder decoder = new FecDecoder(SSRC);
        byte[] third = hex("8060 0003 00000065 00000001 0a0b0c");
        add(decoder, 1, FIRST);
        // 2 and 3 in exclusive or, which miss both; then 1 and 2.
        assertThat(decoder.addUlpfec(hex("0080 0002 00000001 0001 0003 c000 0e0e0c"), 0, 17, 1))
                .isTrue();
        assertThat(rebuilt(decoder)).isEmpty();
        assertThat(decoder.addUlpfec(hex("0080 0001 00000000 0001 0003 c000 050703"), 0, 17, 1))
                .isTrue();
        assertThat(rebuilt(decoder)).isEqualTo(SECOND);
        assertThat(rebuilt(decoder)).isEqualTo(third);
        assertThat(decoder.discarded()).isZero();
    }

    /** R12: masks without a bit, cut headers, lengths beyond the packet, a fourth mask, other sources. */
    @Test
    void R12_whatIsMalformedIsRefused() {
        FecDecoder decoder = new FecDecoder(SSRC);
        for (String bad : List.of(
                "0080 0001 00000000 0001 0003 0000 050703",
                "8080 0001 00000000 0001 0003 c000 050703",
                "0080 0001 00000000 0001 0004 c000 050703",
                "4080 0001 00000000 0001 0003 c000 050703",
                "0080 0001 00000000 0001 0003 c0")) {
            byte[] bytes = hex(bad);
            assertThat(decoder.addUlpfec(bytes, 0, bytes.length, 1)).as(bad).isFalse();
        }
        for (String bad : List.of(
                "0080 0001 00000000 01000000 00000001 0001 8000 05",
                "8080 0001 00000000 01000000 00000001 0001 e000 05",
                "4080 0001 00000000 01000000 00000001 0001 e000 05",
                "0080 0001 00000000 02000000 00000001 0001 e000 05",
                "0080 0001 00000000 01000000 00000002 0001 e000 05",
                "0080 0001 00000000 01000000 00000001 0001 6000 05",
                "0080 0001 00000000 01000000 00000001 0001 6000 00000000 00000000 00000001 05",
                "0080 0001 00000000 01000000 00000001 0001")) {
            byte[] bytes = hex(bad);
            assertThat(decoder.addFlexfec(bytes, 0, bytes.length, 1)).as(bad).isFalse();
        }
    }

    /** R12: any bytes as parity among real packets: bounded, never an exception, and nothing longer than a packet. */
    @Test
    void R12_randomParityIsBounded() {
        Random random = new Random(12);
        FecDecoder decoder = new FecDecoder(SSRC);
        byte[] bytes = new byte[1600];
        for (int i = 0; i < 60_000; i++) {
            int length = random.nextInt(random.nextInt(50) == 0 ? 1600 : 64);
            random.nextBytes(bytes);
            long near = (long) i + random.nextInt(300) - 150;
            switch (random.nextInt(3)) {
                case 0 -> decoder.addUlpfec(bytes, 0, length, near);
                case 1 -> {
                    bytes[0] &= 0x3f;
                    bytes[8] = 1;
                    bytes[12] = 0;
                    bytes[13] = 0;
                    bytes[14] = 0;
                    bytes[15] = SSRC;
                    decoder.addFlexfec(bytes, 0, length, near);
                }
                default -> {
                    int size = Math.max(12, length);
                    decoder.add(near, bytes, 0, 12, 0, size, bytes[1] & 0xff);
                    decoder.zero(near, random.nextInt(1600), random.nextInt(20));
                    decoder.settle(near);
                }
            }
            for (long number = decoder.pollRebuilt(); number != Long.MIN_VALUE; number = decoder.pollRebuilt()) {
                assertThat(decoder.length(number)).isBetween(12, FecDecoder.MAX_PACKET);
                assertThat(decoder.data(number)[0] & 0xc0).isEqualTo(0x80);
            }
        }
        assertThat(decoder.bytesHeld()).isLessThanOrEqualTo(304L * FecDecoder.MAX_PACKET);
    }
}
