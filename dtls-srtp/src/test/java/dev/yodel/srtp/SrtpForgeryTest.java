package dev.yodel.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Forged, damaged and cut packets: every one refused, nothing changed by any of them. */
final class SrtpForgeryTest {
    private static final int PACKETS = 20;
    private static final int BAD = Boolean.getBoolean("yodel.long") ? 1_000_000 : 20_000;

    private static final class Sealed {
        private final byte[] bytes;
        private final boolean rtcp;

        Sealed(byte[] bytes, boolean rtcp) {
            this.bytes = bytes;
            this.rtcp = rtcp;
        }

        byte[] bytes() {
            return bytes;
        }

        int open(SrtpSession session, byte[] changed, int length) {
            return rtcp ? session.unprotectRtcp(changed, 0, length) : session.unprotectRtp(changed, 0, length);
        }
    }

    /** 20 RTP and 20 RTCP packets, not yet received, of a session that has received others before. */
    private static List<Sealed> sealedPackets(Pair pair, Random random) {
        List<Sealed> result = new ArrayList<>();
        for (int i = 0; i < PACKETS; i++) {
            result.add(seal(pair, Packets.rtp(random, 77, i, 160 + random.nextInt(40)), false));
            result.add(seal(pair, Packets.rtcp(random, 77, 4 * (40 + random.nextInt(12))), true));
        }
        return result;
    }

    private static Sealed seal(Pair pair, byte[] plain, boolean rtcp) {
        byte[] packet = Packets.withRoom(plain, 0);
        int length = rtcp
                ? pair.client().protectRtcp(packet, 0, plain.length)
                : pair.client().protectRtp(packet, 0, plain.length);
        return new Sealed(Arrays.copyOf(packet, length), rtcp);
    }

    private static List<Long> getters(SrtpSession session) {
        return List.of((long) session.receivedSsrcs(), session.highestReceivedIndex(77), session.count(SrtpResult.OK));
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S01_S10_everyFlippedBitIsRefusedAndChangesNothing(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 11);
        SrtpSession receiver = pair.server();
        int cases = 0;
        for (Sealed packet : sealedPackets(pair, new Random(11))) {
            List<Long> before = getters(receiver);
            byte[] changed = packet.bytes().clone();
            byte[] given = changed.clone();
            for (int bit = 0; bit < changed.length * 8; bit++) {
                changed[bit >> 3] ^= (byte) (1 << (bit & 7));
                given[bit >> 3] = changed[bit >> 3];
                int result = packet.open(receiver, given, given.length);
                if (result >= 0 || !Arrays.equals(given, changed)) {
                    throw new AssertionError(profile + " seed 11 bit " + bit + ": " + SrtpResult.of(result));
                }
                changed[bit >> 3] ^= (byte) (1 << (bit & 7));
                given[bit >> 3] = changed[bit >> 3];
                cases++;
            }
            assertThat(getters(receiver)).isEqualTo(before);
            assertThat(packet.open(receiver, given, given.length)).isPositive();
        }
        assertThat(cases).isGreaterThanOrEqualTo(66_700); // 200,000 and more over the three profiles
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S01_truncatedAndExtendedPacketsAreRefused(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 12);
        SrtpSession receiver = pair.server();
        for (Sealed packet : sealedPackets(pair, new Random(12))) {
            List<Long> before = getters(receiver);
            for (int length = 0; length <= packet.bytes().length + 40; length++) {
                if (length == packet.bytes().length) {
                    continue;
                }
                byte[] given = Arrays.copyOf(packet.bytes(), length);
                byte[] copy = given.clone();
                assertThat(packet.open(receiver, given, length)).isNegative();
                assertThat(given).isEqualTo(copy);
            }
            assertThat(getters(receiver)).isEqualTo(before);
            assertThat(packet.open(receiver, packet.bytes(), packet.bytes().length))
                    .isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S01_anotherTransportsPacketsAreRefused(SrtpProfile profile) {
        SrtpSession receiver = Pair.of(profile, 14).server();
        for (Sealed packet : sealedPackets(Pair.of(profile, 13), new Random(13))) {
            int result = packet.open(receiver, packet.bytes(), packet.bytes().length);
            assertThat(SrtpResult.of(result)).isEqualTo(SrtpResult.AUTHENTICATION_FAILED);
        }
        // What we sent ourselves, reflected.
        Pair pair = Pair.of(profile, 15);
        for (Sealed packet : sealedPackets(pair, new Random(15))) {
            int result = packet.open(pair.client(), packet.bytes(), packet.bytes().length);
            assertThat(SrtpResult.of(result)).isEqualTo(SrtpResult.AUTHENTICATION_FAILED);
        }
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S05_badPacketsBetweenGoodOnesLoseNoneOfThem(SrtpProfile profile) {
        Random random = new Random(16);
        Pair pair = Pair.of(profile, 16);
        byte[] garbage = new byte[300];
        for (int i = 0; i < BAD; i++) {
            random.nextBytes(garbage);
            garbage[0] = (byte) (0x80 | (garbage[0] & 0x3f));
            if (i % 2 == 0) {
                Bytes.put32(garbage, 8, 77);
                Bytes.put32(garbage, 4, 77);
            }
            int length = random.nextInt(garbage.length + 1);
            assertThat(pair.server().unprotectRtp(garbage, 0, length)).isNegative();
            assertThat(pair.server().unprotectRtcp(garbage, 0, length)).isNegative();
            if (i % 100 == 0) {
                Sealed packet = seal(pair, Packets.rtp(random, 77, i / 100, 100), false);
                assertThat(packet.open(pair.server(), packet.bytes(), packet.bytes().length))
                        .isPositive();
            }
        }
        assertThat(pair.server().count(SrtpResult.OK)).isEqualTo(BAD / 100);
        assertThat(pair.server().receivedSsrcs()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S06_shortSrtcpIsMalformedAndAClearEBitIsRefused(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 17);
        for (int length = 0; length < 8 + profile.rtcpOverhead(); length++) {
            byte[] packet = new byte[length];
            Arrays.fill(packet, (byte) 0x80);
            int result = pair.server().unprotectRtcp(packet, 0, length);
            assertThat(SrtpResult.of(result)).as("length %d", length).isEqualTo(SrtpResult.MALFORMED);
        }
        Sealed packet = seal(pair, Packets.rtcp(new Random(17), 77, 0), true);
        int wordAt = packet.bytes().length - 4 - (profile.isGcm() ? 0 : 10);
        byte[] clear = packet.bytes().clone();
        clear[wordAt] &= 0x7f;
        assertThat(SrtpResult.of(pair.server().unprotectRtcp(clear, 0, clear.length)))
                .isEqualTo(SrtpResult.NOT_ENCRYPTED);
        assertThat(packet.open(pair.server(), packet.bytes(), packet.bytes().length))
                .isEqualTo(8);
        // RTP and RTCP have keys of their own: neither passes as the other.
        Sealed rtp = seal(pair, Packets.plainRtp(77, 1, 60), false);
        assertThat(pair.server().unprotectRtcp(rtp.bytes(), 0, rtp.bytes().length))
                .isNegative();
        Sealed rtcp = seal(pair, Packets.rtcp(new Random(18), 77, 60), true);
        assertThat(pair.server().unprotectRtp(rtcp.bytes(), 0, rtcp.bytes().length))
                .isNegative();
    }

    @Test
    void everyHeaderShapeIsRefusedOrAcceptedWithoutAnException() {
        SrtpSession session = Pair.of(SrtpProfile.AES_CM_128_HMAC_SHA1_80, 18).client();
        for (int first = 0; first < 256; first++) {
            for (int length = 0; length < 90; length++) {
                for (int words : new int[] {0, 1, 5, 0xffff}) {
                    byte[] packet = new byte[length + SrtpSession.MAX_OVERHEAD];
                    packet[0] = (byte) first;
                    int extensionAt = 12 + 4 * (first & 15);
                    if (extensionAt + 4 <= length) {
                        Bytes.put16(packet, extensionAt + 2, words);
                    }
                    boolean fits = first >>> 6 == 2
                            && extensionAt + ((first & 0x10) == 0 ? 0 : 4) <= length
                            && ((first & 0x10) == 0 || extensionAt + 4 + 4 * words <= length);
                    int result = session.protectRetransmission(packet, 0, length);
                    assertThat(result).isEqualTo(fits ? length + 10 : SrtpResult.MALFORMED.code());
                }
            }
        }
    }
}
