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
        byte[] body = new byte[4000];
        int taken = 0;
        for (int seq = 0; seq < 1000; seq++) {
            if (offer(assembler, fragment(11, 4000, seq, 0, body, 0, 4000)) == Verdict.TAKEN) {
                assertThat(assembler.poll()).isNotNull();
                taken++;
            }
        }
        assertThat(taken).isEqualTo(HandshakeAssembler.MAX_MESSAGES);
    }

    /** Alternating one-byte fragments of a 32 KiB message, a thousand datagrams full of them. */
    @Test
    void D06_oneByteFragmentsCostFewMilliseconds() {
        List<byte[]> datagrams = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] datagram = new byte[46 * 26];
            for (int record = 0; record < 46; record++) {
                int at = record * 26;
                datagram[at] = 22;
                Bytes.put16(datagram, at + 1, 0xfefd);
                Bytes.put16(datagram, at + 11, 13);
                System.arraycopy(fragment(1, 32 * 1024, 0, offset, new byte[1], 0, 1), 0, datagram, at + 13, 13);
                offset = (offset + 2) % (32 * 1024);
            }
            datagrams.add(datagram);
        }
        attack(datagrams);
        attack(datagrams);
        assertThat(attack(datagrams)).as("nanoseconds of CPU").isLessThan(50_000_000L);
    }

    private static long attack(List<byte[]> datagrams) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        DtlsOptions options = DtlsOptions.of(CERTIFICATE);
        DtlsAssociation association = new DtlsAssociation(options, new SimulatedEngine(options, new SeededRandom(1)));
        association.start(DtlsRole.SERVER, List.of(CERTIFICATE.fingerprint()), 0, 0);
        long begin = threads.getCurrentThreadCpuTime();
        for (byte[] datagram : datagrams) {
            association.handleDatagram(datagram, 0, datagram.length, 0);
        }
        long cpu = threads.getCurrentThreadCpuTime() - begin;
        assertThat(association.counters().fragmentsRefused()).isEqualTo(46_000 - HandshakeAssembler.MAX_FRAGMENTS);
        assertThat(association.state()).isEqualTo(DtlsState.CONNECTING);
        assertThat(association.pollTransmit(new byte[2000], 0)).isZero();
        return cpu;
    }
}
