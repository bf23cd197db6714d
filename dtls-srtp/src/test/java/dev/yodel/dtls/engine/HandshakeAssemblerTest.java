package dev.yodel.dtls.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.dtls.engine.HandshakeAssembler.Verdict;
import dev.yodel.io.Bytes;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HandshakeAssemblerTest {
    private static final DtlsCertificate CERTIFICATE =
            DtlsCertificate.generate(new SeededRandom(1), 1_790_000_000_000L);

    private static byte[] fragment(int type, int length, int seq, int offset, byte[] body, int from, int count) {
        byte[] result = new byte[12 + count];
        result[0] = (byte) type;
        Bytes.put24(result, 1, length);
        Bytes.put16(result, 4, seq);
        Bytes.put24(result, 6, offset);
        Bytes.put24(result, 9, count);
        System.arraycopy(body, from, result, 12, count);
        return result;
    }

    private static Verdict offer(HandshakeAssembler assembler, byte[] fragment) {
        return assembler.offer(0, fragment, 0, fragment.length);
    }

    @Test
    void putsFragmentsOfAnyOrderAndOverlapTogether() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] body = new byte[1 + random.nextInt(3000)];
            random.nextBytes(body);
            List<byte[]> fragments = new ArrayList<>();
            for (int at = 0; at < body.length; ) {
                int count = Math.min(body.length - at, 1 + random.nextInt(400));
                int back = Math.min(at, random.nextInt(50));
                fragments.add(fragment(11, body.length, 0, at - back, body, at - back, count + back));
                at += count;
            }
            Collections.shuffle(fragments, random);
            HandshakeAssembler assembler = new HandshakeAssembler();
            for (byte[] fragment : fragments) {
                assertThat(offer(assembler, fragment)).isEqualTo(Verdict.TAKEN);
            }
            HandshakeMessage message = assembler.poll();
            assertThat(message).as("seed " + seed).isNotNull();
            assertThat(message.body()).as("seed " + seed).isEqualTo(body);
            assertThat(offer(assembler, fragments.get(0))).isEqualTo(Verdict.REPEATED);
        }
    }

    @Test
    void D06_theFirstOfOverlappingBytesStay() {
        HandshakeAssembler assembler = new HandshakeAssembler();
        byte[] ones = {1, 1, 1, 1, 1, 1, 1, 1};
        byte[] twos = {2, 2, 2, 2, 2, 2, 2, 2};
        offer(assembler, fragment(11, 8, 0, 2, ones, 0, 3));
        offer(assembler, fragment(11, 8, 0, 0, twos, 0, 8));
        HandshakeMessage message = assembler.poll();
        assertThat(message).isNotNull();
        // A whole message repairs what a fragment spoiled only where nothing was: the fragment's bytes stay.
        assertThat(message.body()).containsExactly(2, 2, 1, 1, 1, 2, 2, 2);
    }

    @Test
    void messagesComeInTheOrderOfTheirNumbers() {
        HandshakeAssembler assembler = new HandshakeAssembler();
        byte[] body = {7};
        for (int seq = 5; seq >= 0; seq--) {
            assertThat(offer(assembler, fragment(11, 1, seq, 0, body, 0, 1))).isEqualTo(Verdict.TAKEN);
        }
        for (int seq = 0; seq <= 5; seq++) {
            HandshakeMessage message = assembler.poll();
            assertThat(message).isNotNull();
            assertThat(message.messageSeq()).isEqualTo(seq);
        }
        assertThat(assembler.poll()).isNull();
    }

    @Test
    void D05_lengthsAndCountsAreBounded() {
        HandshakeAssembler assembler = new HandshakeAssembler();
        byte[] body = new byte[10];
        assertThat(offer(assembler, fragment(11, 0xffffff, 0, 0, body, 0, 10))).isEqualTo(Verdict.REFUSED);
        assertThat(offer(assembler, fragment(11, 32 * 1024 + 1, 0, 0, body, 0, 10)))
                .isEqualTo(Verdict.REFUSED);
        assertThat(offer(assembler, fragment(11, 10, 0, 5, body, 0, 10))).isEqualTo(Verdict.REFUSED);
        assertThat(offer(assembler, fragment(11, 10, 0, 5, body, 0, 0))).isEqualTo(Verdict.REFUSED);
        assertThat(offer(assembler, fragment(11, 10, 10, 0, body, 0, 10))).isEqualTo(Verdict.REFUSED);
        assertThat(offer(assembler, new byte[11])).isEqualTo(Verdict.REFUSED);
        for (int seq = 0; seq < 256; seq++) {
            offer(assembler, fragment(11, 30_000, seq, 0, body, 0, 1));
        }
        assertThat(assembler.totalBytes()).isLessThanOrEqualTo(HandshakeAssembler.MAX_TOTAL_BYTES);
        // Another message under a number that is taken: the first stays.
        assertThat(offer(assembler, fragment(12, 30_000, 0, 0, body, 0, 1))).isEqualTo(Verdict.REFUSED);
        assertThat(offer(assembler, fragment(11, 20_000, 0, 0, body, 0, 1))).isEqualTo(Verdict.REFUSED);
    }

    @Test
    void D05_aPeerThatSendsMessagesWithoutEndIsCutOff() {
        HandshakeAssembler assembler = new HandshakeAssembler();
        byte[] body = new byte[3000];
        int taken = 0;
        for (int seq = 0; seq < 1000; seq++) {
            if (offer(assembler, fragment(11, 3000, seq, 0, body, 0, 3000)) == Verdict.TAKEN) {
                assertThat(assembler.poll()).isNotNull();
                taken++;
            }
        }
        assertThat(taken).isEqualTo(HandshakeAssembler.MAX_MESSAGES);
    }

    /** A handshake record in the clear that holds one fragment. */
    private static byte[] record(byte[] fragment) {
        byte[] record = new byte[13 + fragment.length];
        record[0] = 22;
        Bytes.put16(record, 1, 0xfefd);
        Bytes.put16(record, 11, fragment.length);
        System.arraycopy(fragment, 0, record, 13, fragment.length);
        return record;
    }

    private static DtlsAssociation server() {
        DtlsOptions options = DtlsOptions.of(CERTIFICATE);
        DtlsAssociation association = new DtlsAssociation(options, new SimulatedEngine(options, new SeededRandom(1)));
        association.start(DtlsRole.SERVER, List.of(CERTIFICATE.fingerprint()), 0, 0);
        return association;
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /**
     * Every number a message can have that matters, with the greatest length that can be written and the greatest
     * allowed.
     */
    @Test
    void D05_unfinishedMessagesHoldAtMost64KibibytesOfHeap() {
        byte[] body = new byte[1100];
        List<DtlsAssociation> victims = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            victims.add(server());
        }
        long before = usedHeap();
        for (DtlsAssociation victim : victims) {
            for (int length : new int[] {0xffffff, HandshakeAssembler.MAX_MESSAGE_BYTES, 1_000}) {
                for (int seq = 0; seq < 256; seq++) {
                    byte[] datagram = record(fragment(11, length, seq, 0, body, 0, Math.min(length - 1, 1100)));
                    victim.handleDatagram(datagram, 0, datagram.length, 0);
                }
            }
        }
        long each = (usedHeap() - before) / victims.size();
        assertThat(victims).allMatch(victim -> victim.state() == DtlsState.CONNECTING);
        assertThat(each).as("bytes of heap of each association").isBetween(1_000L, 64L * 1024);
    }

    /** Alternating one-byte fragments of a message, empty ones and ones that differ where they overlap. */
    @Test
    void D06_oneByteFragmentsCostFewMilliseconds() {
        for (int length : new int[] {32 * 1024, 128 * 1024}) {
            for (Shape shape : Shape.values()) {
                List<byte[]> datagrams = datagrams(length, shape);
                boolean refused = length > HandshakeAssembler.MAX_MESSAGE_BYTES || shape == Shape.EMPTY;
                attack(datagrams, refused);
                attack(datagrams, refused);
                long least = Long.MAX_VALUE;
                for (int run = 0; run < 5; run++) {
                    least = Math.min(least, attack(datagrams, refused));
                }
                assertThat(least)
                        .as("nanoseconds of CPU, %s fragments of %d bytes", shape, length)
                        .isLessThan(50_000_000L);
            }
        }
    }

    private enum Shape {
        ALTERNATING,
        EMPTY,
        OVERLAPPING
    }

    /** A thousand datagrams full of fragments. */
    private static List<byte[]> datagrams(int length, Shape shape) {
        List<byte[]> datagrams = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < 1000; i++) {
            int bytes = shape == Shape.EMPTY ? 0 : 1;
            byte[] datagram = new byte[46 * (25 + bytes)];
            for (int number = 0; number < 46; number++) {
                byte[] body = {(byte) number};
                byte[] record = record(fragment(1, length, 0, offset, body, 0, bytes));
                System.arraycopy(record, 0, datagram, number * record.length, record.length);
                offset = shape == Shape.OVERLAPPING ? i % 7 : (offset + 2) % length;
            }
            datagrams.add(datagram);
        }
        return datagrams;
    }

    private static long attack(List<byte[]> datagrams, boolean refused) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        DtlsAssociation association = server();
        long begin = threads.getCurrentThreadCpuTime();
        for (byte[] datagram : datagrams) {
            association.handleDatagram(datagram, 0, datagram.length, 0);
        }
        long cpu = threads.getCurrentThreadCpuTime() - begin;
        assertThat(association.counters().fragmentsRefused())
                .isEqualTo(refused ? 46_000 : 46_000 - HandshakeAssembler.MAX_FRAGMENTS);
        assertThat(association.state()).isEqualTo(DtlsState.CONNECTING);
        assertThat(association.pollTransmit(new byte[2000], 0)).isZero();
        return cpu;
    }
}
