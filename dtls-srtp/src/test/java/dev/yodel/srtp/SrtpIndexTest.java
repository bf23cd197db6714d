package dev.yodel.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Replay windows, rollover counters and the end of a key's life. */
final class SrtpIndexTest {
    private static final SrtpProfile CM = SrtpProfile.AES_CM_128_HMAC_SHA1_80;
    private static final long SSRC_MASK = 0xffff_ffffL;

    private static byte[] seal(SrtpSession session, int ssrc, long index) {
        byte[] packet = Packets.withRoom(Packets.plainRtp(ssrc, (int) index & 0xffff, 20), 0);
        int length = session.protectRtp(packet, 0, 32);
        assertThat(SrtpResult.of(length)).as("index %d", index).isEqualTo(SrtpResult.OK);
        return Arrays.copyOf(packet, length);
    }

    private static SrtpResult open(SrtpSession session, byte[] packet) {
        return SrtpResult.of(session.unprotectRtp(packet.clone(), 0, packet.length));
    }

    @Test
    void S02_windowKnowsExactlyTheLastIndices() {
        for (int size : new int[] {64, 128, 1024}) {
            long seed = size;
            Random random = new Random(seed);
            ReplayWindow window = new ReplayWindow(size);
            java.util.Set<Long> seen = new java.util.HashSet<>();
            long highest = -1;
            for (int i = 0; i < 50_000; i++) {
                int kind = random.nextInt(100);
                long index = kind == 0
                        ? highest + size - 2 + random.nextInt(5)
                        : Math.max(0, highest + 3 - random.nextInt(kind < 50 ? 8 : size + 8));
                SrtpResult expected = index <= highest - size
                        ? SrtpResult.TOO_OLD
                        : seen.contains(index) ? SrtpResult.REPLAYED : SrtpResult.OK;
                assertThat(window.check(index))
                        .as("seed %d step %d index %d", seed, i, index)
                        .isEqualTo(expected);
                if (expected == SrtpResult.OK) {
                    window.commit(index);
                    seen.add(index);
                    highest = Math.max(highest, index);
                }
                assertThat(window.highest()).isEqualTo(highest);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S02_duplicatesAndTheWindowsEdges(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 21);
        byte[][] packets = new byte[70_000][];
        long base = 40_000 & 0x7fff;
        for (int i = 0; i < packets.length; i++) {
            packets[i] = seal(pair.client(), 9, base + i);
        }
        SrtpSession receiver = pair.server();
        for (int i : new int[] {0, 1, 30_000, 30_000 - 1023, 30_000 - 1022}) {
            assertThat(open(receiver, packets[i])).isEqualTo(SrtpResult.OK);
            assertThat(open(receiver, packets[i])).isEqualTo(SrtpResult.REPLAYED);
        }
        assertThat(open(receiver, packets[30_000 - 1024])).isEqualTo(SrtpResult.TOO_OLD);
        assertThat(open(receiver, packets[30_000 - 1025])).isEqualTo(SrtpResult.TOO_OLD);
        // Over the 2^16 wrap: the same sequence numbers come again and are fresh, the old packets are not.
        for (int i = 30_001; i < packets.length; i += 500) {
            assertThat(open(receiver, packets[i])).as("packet %d", i).isEqualTo(SrtpResult.OK);
            assertThat(open(receiver, packets[i])).isEqualTo(SrtpResult.REPLAYED);
        }
        assertThat(open(receiver, packets[1])).isNotEqualTo(SrtpResult.OK);
        assertThat(receiver.highestReceivedIndex(9)).isEqualTo(base + 69_501);
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S02_srtcpReplaysAreRefused(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 22);
        byte[][] packets = new byte[300][];
        for (int i = 0; i < packets.length; i++) {
            byte[] plain = Packets.rtcp(new Random(i), 9, 20);
            byte[] packet = Packets.withRoom(plain, 0);
            packets[i] = Arrays.copyOf(packet, pair.client().protectRtcp(packet, 0, plain.length));
        }
        int[] order = {0, 5, 4, 200, 200 - 127, 299};
        for (int i : order) {
            assertThat(pair.server().unprotectRtcp(packets[i].clone(), 0, packets[i].length))
                    .isEqualTo(28);
        }
        assertThat(SrtpResult.of(pair.server().unprotectRtcp(packets[299], 0, packets[299].length)))
                .isEqualTo(SrtpResult.REPLAYED);
        assertThat(SrtpResult.of(pair.server().unprotectRtcp(packets[299 - 128], 0, packets[0].length)))
                .isEqualTo(SrtpResult.TOO_OLD);
        assertThat(pair.server().unprotectRtcp(packets[299 - 127], 0, packets[0].length))
                .isPositive();
    }

    /** A sender that begins again below its last index needs new keys; with them the same numbers are fresh. */
    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S02_aSenderThatBeginsAgainIsHeardWithNewKeysOnly(SrtpProfile profile) {
        Pair first = Pair.of(profile, 23);
        for (int index = 100; index < 3_000; index++) {
            assertThat(open(first.server(), seal(first.client(), 9, index))).isEqualTo(SrtpResult.OK);
        }
        SrtpSession again = Pair.of(profile, 23).client();
        for (int index = 100; index < 3_000; index++) {
            assertThat(open(first.server(), seal(again, 9, index)))
                    .isEqualTo(index <= 2_999 - 1024 ? SrtpResult.TOO_OLD : SrtpResult.REPLAYED);
        }
        assertThat(open(first.server(), seal(first.client(), 9, 3_000))).isEqualTo(SrtpResult.OK);
        Pair second = Pair.of(profile, 24);
        for (int index = 100; index < 200; index++) {
            byte[] packet = seal(second.client(), 9, index);
            assertThat(open(first.server(), packet)).isNotEqualTo(SrtpResult.OK);
            assertThat(open(second.server(), packet)).isEqualTo(SrtpResult.OK);
        }
    }

    @Test
    void S03_estimateFollowsA48BitOracle() {
        estimateFollowsTheOracle(100_000);
    }

    @Tag("long")
    @Test
    void S03_estimateFollowsA48BitOracleForTenMillionSteps() {
        estimateFollowsTheOracle(10_000_000);
    }

    private static void estimateFollowsTheOracle(int steps) {
        long seed = 31;
        Random random = new Random(seed);
        SrtpContext context = new SrtpContext(1);
        for (int i = 0; i < steps; i++) {
            if (i % 1000 == 0) {
                context = new SrtpContext(1);
                long start = random.nextInt(3) == 0 ? random.nextInt(1 << 20) : random.nextLong() >>> 17;
                context.window.commit(start);
            }
            long highest = context.window.highest();
            long truth = highest + random.nextInt(1 << 16) - (1 << 15);
            if (truth < 0 || truth == highest || truth == highest - (1 << 15)) {
                continue;
            }
            long estimate = context.estimate((int) truth & 0xffff);
            if (estimate != truth) {
                throw new AssertionError(
                        "seed " + seed + " step " + i + " highest " + highest + ": " + estimate + " for " + truth);
            }
            if (random.nextInt(4) > 0 && context.window.check(truth) == SrtpResult.OK) {
                context.window.commit(truth);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S03_reorderedAndLossyStreamsOfSeveralSsrcsWrapManyTimes(SrtpProfile profile) {
        long seed = 32;
        Random random = new Random(seed);
        Pair pair = Pair.of(profile, seed);
        int[] ssrcs = {1, -5, 0x7fff_0000};
        long[] next = {65_000 & 0x7fff, 17, 32_767};
        long[] highest = {-1, -1, -1};
        byte[][] waiting = new byte[64][];
        int[] waitingFor = new int[64];
        long[] waitingIndex = new long[64];
        for (int i = 0; i < 30_000; i++) {
            int s = random.nextInt(3);
            next[s] += 1 + (random.nextInt(20) == 0 ? random.nextInt(3000) : 0);
            byte[] packet = seal(pair.client(), ssrcs[s], next[s]);
            int slot = random.nextInt(64);
            byte[] late = waiting[slot];
            if (late != null) {
                int of = waitingFor[slot];
                SrtpResult expected = waitingIndex[slot] > highest[of] - 1024 ? SrtpResult.OK : SrtpResult.TOO_OLD;
                SrtpResult result = open(pair.server(), late);
                // What is later than half the sequence number space is taken for a packet of the next round.
                if (highest[of] - waitingIndex[slot] < 1 << 15) {
                    assertThat(result).as("seed %d step %d", seed, i).isEqualTo(expected);
                } else {
                    assertThat(result).as("seed %d step %d", seed, i).isNotEqualTo(SrtpResult.OK);
                }
                highest[of] = Math.max(highest[of], result == SrtpResult.OK ? waitingIndex[slot] : -1);
                assertThat(pair.server().highestReceivedIndex(ssrcs[of])).isEqualTo(highest[of]);
            }
            waiting[slot] = packet;
            waitingFor[slot] = s;
            waitingIndex[slot] = next[s];
        }
        assertThat(highest[0] >>> 16).as("rollover counter").isGreaterThan(10);
    }

    /** First sequence number that is sent, how many are lost at first, and which one arrives before them all. */
    @ParameterizedTest
    @CsvSource({"32767, 0", "32767, 32768", "32767, 32769", "32767, 40000", "20000, 45535", "20000, 45536", "0, 65535"})
    void S03_firstPacketMayArriveAfterTheWrap(int firstSequenceNumber, int lost) {
        for (SrtpProfile profile : SrtpProfile.values()) {
            Pair pair = Pair.of(profile, 33);
            byte[] before = {};
            byte[] first = {};
            for (long index = firstSequenceNumber; index <= firstSequenceNumber + lost; index++) {
                before = first;
                first = seal(pair.client(), 5, index);
            }
            byte[] second = seal(pair.client(), 5, firstSequenceNumber + lost + 1L);
            assertThat(open(pair.server(), first)).isEqualTo(SrtpResult.OK);
            assertThat(open(pair.server(), second)).isEqualTo(SrtpResult.OK);
            if (before.length > 0) {
                assertThat(open(pair.server(), before)).isEqualTo(SrtpResult.OK);
            }
            assertThat(pair.server().highestReceivedIndex(5)).isEqualTo(firstSequenceNumber + lost + 1L);
        }
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S03_forgeriesOfAllSequenceNumbersLoseNothing(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 34);
        byte[] forged = new byte[60];
        forged[0] = (byte) 0x80;
        Bytes.put32(forged, 8, 7);
        long index = 32_000;
        for (int sequenceNumber = 0; sequenceNumber < 65_536; sequenceNumber++) {
            Bytes.put16(forged, 2, sequenceNumber);
            if (pair.server().unprotectRtp(forged, 0, forged.length) >= 0) {
                throw new AssertionError("forged " + sequenceNumber);
            }
            if (sequenceNumber % 64 == 0) {
                index += 60;
                assertThat(open(pair.server(), seal(pair.client(), 7, index))).isEqualTo(SrtpResult.OK);
                assertThat(pair.server().highestReceivedIndex(7)).isEqualTo(index);
            }
        }
    }

    @Test
    void S04_unauthenticatedSsrcsLeaveNoContext() {
        floodWithUnknownSsrcs(20_000);
    }

    @Tag("long")
    @Test
    void S04_aMillionUnauthenticatedSsrcsLeaveNoContext() {
        floodWithUnknownSsrcs(1_000_000);
    }

    private static void floodWithUnknownSsrcs(int count) {
        Random random = new Random(41);
        Pair pair = Pair.of(CM, 41);
        byte[] packet = new byte[60];
        packet[0] = (byte) 0x80;
        for (int i = 0; i < count; i++) {
            Bytes.put32(packet, 8, random.nextInt());
            if (pair.server().unprotectRtp(packet, 0, packet.length) >= 0) {
                throw new AssertionError("accepted");
            }
        }
        assertThat(pair.server().receivedSsrcs()).isZero();
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S04_authenticSsrcsAreCappedAndTheSilentOnesGo(SrtpProfile profile) {
        int count = profile == CM ? 100_000 : 5_000;
        Pair pair = Pair.of(profile, 42);
        int busy = 0xabcdef;
        SrtpSession sender = pair.client();
        for (int i = 0; i < count; i++) {
            if (i % 1000 == 0) {
                // A sender refuses its 1,025th SSRC; the attacker has no such scruple.
                sender = Pair.of(profile, 42).client();
                int at = i / 1000;
                for (int sequenceNumber = at; sequenceNumber <= at; sequenceNumber++) {
                    assertThat(open(pair.server(), seal(sender, busy, sequenceNumber)))
                            .isEqualTo(SrtpResult.OK);
                }
            }
            int ssrc = (int) (i * 2_654_435_761L & SSRC_MASK);
            assertThat(open(pair.server(), seal(sender, ssrc, 1))).isEqualTo(SrtpResult.OK);
            assertThat(pair.server().receivedSsrcs()).isLessThanOrEqualTo(1024);
        }
        assertThat(pair.server().receivedSsrcs()).isEqualTo(1024);
        assertThat(pair.server().highestReceivedIndex(busy)).isEqualTo(count / 1000 - 1);
    }

    @Test
    void S04_aFullTableIsSmall() {
        Pair[] pairs = new Pair[4];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = Pair.of(CM, 44);
            seal(pairs[i].client(), 1, 1);
            open(pairs[i].server(), seal(pairs[i].client(), 1, 2));
        }
        long before = usedHeap();
        for (Pair pair : pairs) {
            for (int ssrc = 2; ssrc <= 1024; ssrc++) {
                assertThat(open(pair.server(), seal(pair.client(), ssrc, 1))).isEqualTo(SrtpResult.OK);
            }
        }
        long each = (usedHeap() - before) / pairs.length;
        assertThat(pairs[0].server().receivedSsrcs()).isEqualTo(1024);
        assertThat(each).as("bytes of two tables with 1,024 SSRCs").isBetween(100_000L, 1_000_000L);
    }

    /** Once it shrinks no more: what tests before have left is not always gone with the first collection. */
    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int same = 0; same < 4; same++) {
            System.gc();
            long used = runtime.totalMemory() - runtime.freeMemory();
            if (used < least - 10_000) {
                same = 0;
            }
            least = Math.min(least, used);
        }
        return least;
    }

    @Test
    void S04_sendingStopsAtTheCapInsteadOfForgettingARolloverCounter() {
        SrtpSession session = Pair.of(CM, 43).client();
        for (int ssrc = 0; ssrc < 1024; ssrc++) {
            seal(session, ssrc, 1);
        }
        byte[] packet = Packets.withRoom(Packets.plainRtp(5000, 1, 20), 0);
        byte[] copy = packet.clone();
        assertThat(SrtpResult.of(session.protectRtp(packet, 0, 32))).isEqualTo(SrtpResult.TOO_MANY_SSRCS);
        assertThat(packet).isEqualTo(copy);
        seal(session, 17, 2);
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S07_keysEndWithTheirLastIndex(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 51);
        pair.client().assumeIndex(6, (1L << 48) - 3, (1L << 31) - 2);
        pair.server().assumeIndex(6, (1L << 48) - 3, (1L << 31) - 2);
        assertThat(open(pair.server(), seal(pair.client(), 6, 0xfffe))).isEqualTo(SrtpResult.OK);
        assertThat(open(pair.server(), seal(pair.client(), 6, 0xffff))).isEqualTo(SrtpResult.OK);
        byte[] next = Packets.withRoom(Packets.plainRtp(6, 0, 20), 0);
        byte[] copy = next.clone();
        assertThat(SrtpResult.of(pair.client().protectRtp(next, 0, 32))).isEqualTo(SrtpResult.KEY_EXPIRED);
        assertThat(SrtpResult.of(pair.server().unprotectRtp(next, 0, 42))).isEqualTo(SrtpResult.KEY_EXPIRED);
        assertThat(next).isEqualTo(copy);

        byte[] report = Packets.withRoom(Packets.rtcp(new Random(1), 6, 20), 0);
        assertThat(pair.client().protectRtcp(report, 0, 28)).isEqualTo(28 + profile.rtcpOverhead());
        assertThat(pair.server().unprotectRtcp(report, 0, 28 + profile.rtcpOverhead()))
                .isEqualTo(28);
        assertThat(SrtpResult.of(pair.client().protectRtcp(report, 0, 28))).isEqualTo(SrtpResult.KEY_EXPIRED);
    }

    @Test
    void S07_keysEndWithTheirLastPacketWhateverTheSsrc() {
        SrtpSession session = Pair.of(CM, 52).client();
        session.assumeSent((1L << 48) - 1, (1L << 31) - 1);
        seal(session, 1, 1);
        byte[] packet = Packets.withRoom(Packets.plainRtp(2, 1, 20), 0);
        assertThat(SrtpResult.of(session.protectRtp(packet, 0, 32))).isEqualTo(SrtpResult.KEY_EXPIRED);
        byte[] report = Packets.withRoom(Packets.rtcp(new Random(1), 6, 20), 0);
        assertThat(session.protectRtcp(report, 0, 28)).isPositive();
        report = Packets.withRoom(Packets.rtcp(new Random(1), 7, 20), 0);
        assertThat(SrtpResult.of(session.protectRtcp(report, 0, 28))).isEqualTo(SrtpResult.KEY_EXPIRED);
    }

    @Test
    void S07_noKeyStreamIsUsedTwice() {
        keyStreamsAreUnique(100_000);
    }

    @Tag("long")
    @Test
    void S07_noKeyStreamIsUsedTwiceInTenMillionPackets() {
        keyStreamsAreUnique(10_000_000);
    }

    /** Zeros go in, so key stream comes out; its first eight bytes stand for the IV. */
    private static void keyStreamsAreUnique(int packets) {
        long seed = 53;
        Random random = new Random(seed);
        SrtpSession session = Pair.of(CM, seed).client();
        long[] streams = new long[2 * packets];
        int count = 0;
        byte[] packet = new byte[60];
        int[] highest = new int[4];
        for (int i = 0; i < packets; i++) {
            int ssrc = random.nextInt(4);
            highest[ssrc] += random.nextInt(4);
            Arrays.fill(packet, (byte) 0);
            packet[0] = (byte) 0x80;
            Bytes.put32(packet, 8, ssrc);
            Bytes.put16(packet, 2, highest[ssrc] - random.nextInt(10));
            if (session.protectRtp(packet, 0, 28) >= 0) {
                streams[count++] = Bytes.i64(packet, 12);
            }
            Arrays.fill(packet, (byte) 0);
            packet[0] = (byte) 0x80;
            Bytes.put32(packet, 4, ssrc);
            session.protectRtcp(packet, 0, 24);
            streams[count++] = Bytes.i64(packet, 8);
        }
        Arrays.sort(streams, 0, count);
        for (int i = 1; i < count; i++) {
            if (streams[i] == streams[i - 1]) {
                throw new AssertionError("seed " + seed + ": the same key stream twice");
            }
        }
        assertThat(session.count(SrtpResult.INDEX_REUSED)).isPositive();
    }

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void S07_anIndexIsSentTwiceOnlyAsARetransmission(SrtpProfile profile) {
        Pair pair = Pair.of(profile, 54);
        byte[] first = seal(pair.client(), 3, 10);
        byte[] packet = Packets.withRoom(Packets.plainRtp(3, 10, 20), 0);
        byte[] copy = packet.clone();
        assertThat(SrtpResult.of(pair.client().protectRtp(packet, 0, 32))).isEqualTo(SrtpResult.INDEX_REUSED);
        assertThat(packet).isEqualTo(copy);
        int length = pair.client().protectRetransmission(packet, 0, 32);
        assertThat(Arrays.copyOf(packet, length)).isEqualTo(first);
        assertThat(open(pair.server(), first)).isEqualTo(SrtpResult.OK);
        assertThat(open(pair.server(), seal(pair.client(), 3, 11))).isEqualTo(SrtpResult.OK);
    }
}
