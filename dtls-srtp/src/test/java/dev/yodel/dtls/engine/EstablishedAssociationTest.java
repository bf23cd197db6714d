package dev.yodel.dtls.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.io.Bytes;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an association does with records once it is connected; the peer here is a bare {@link RecordCipher}. */
class EstablishedAssociationTest {
    private static final DtlsCertificate CERTIFICATE =
            DtlsCertificate.generate(new SeededRandom(1), 1_790_000_000_000L);
    private static final byte[] KEY_A = new byte[16];
    private static final byte[] KEY_B = Bytes.fromHex("000102030405060708090a0b0c0d0e0f");

    /** Connects at once with fixed keys. */
    private static final class InstantEngine implements HandshakeEngine {
        @Override
        public void start(DtlsRole role, List<DtlsFingerprint> remote, Results results, long now) {
            results.onKeys(new RecordKeys(KEY_A, KEY_B, new byte[4], new byte[4]), now);
            results.onFlight(List.of(new HandshakeMessage(Wire.FINISHED, 3, 1, new byte[12])), now);
            results.onConnected(
                    new DtlsEvent.Connected(0, Bytes.EMPTY, List.of(), "FEFD", "none", DtlsRole.SERVER), now);
        }

        @Override
        public void handle(HandshakeMessage message, long now) {
            throw new AssertionError("nothing reaches the engine after the handshake: " + message);
        }

        @Override
        public void abort() {}
    }

    private final DtlsAssociation association = new DtlsAssociation(DtlsOptions.of(CERTIFICATE), new InstantEngine());
    private final RecordCipher peer = new RecordCipher(new RecordKeys(KEY_B, KEY_A, new byte[4], new byte[4]));
    private final byte[] buffer = new byte[20_000];
    private long goodSequence;

    EstablishedAssociationTest() {
        association.start(DtlsRole.SERVER, List.of(), 0, 0);
        assertThat(association.pollEvent()).isInstanceOf(DtlsEvent.Connected.class);
        assertThat(association.pollTransmit(buffer, 0)).isPositive();
    }

    private byte[] sealed(int type, long sequence, byte[] plain) {
        byte[] record = new byte[RecordWriter.sealedBytes(plain.length)];
        peer.seal(type, sequence, plain, 0, plain.length, record, 0);
        return record;
    }

    private void give(byte[] datagram) {
        association.handleDatagram(datagram, 0, datagram.length, 1_000_000_000L);
    }

    private int @Nullable [] nextAlert() {
        int length = association.pollTransmit(buffer, 0);
        if (length == 0) {
            return null;
        }
        assertThat(Bytes.u8(buffer, 0)).isEqualTo(Wire.ALERT);
        assertThat(peer.open(buffer, 0, length - 13)).isEqualTo(2);
        return new int[] {buffer[21], buffer[22]};
    }

    private void assertAlive(long sequence) {
        give(sealed(Wire.APPLICATION_DATA, sequence, new byte[] {42}));
        assertThat(association.pollEvent()).isInstanceOfSatisfying(DtlsEvent.ApplicationData.class, data -> {
            assertThat(data.length()).isEqualTo(1);
            assertThat(data.data()[data.offset()]).isEqualTo((byte) 42);
        });
        assertThat(association.pollEvent()).isNull();
        assertThat(association.state()).isEqualTo(DtlsState.CONNECTED);
    }

    @Test
    void D04_plaintextApplicationDataIsNeverDelivered() {
        byte[] record = Bytes.fromHex("17fefd0000000000000001000441414141");
        for (int i = 0; i < 1000; i++) {
            Bytes.put64(record, 3, i);
            give(record.clone());
        }
        assertThat(association.pollEvent()).isNull();
        assertThat(association.counters().recordsIgnored()).isEqualTo(1000);
        assertAlive(1);
    }

    @Test
    void D08_explicitNoncesNeverRepeat() {
        assertNoncesGrow(1 << 14);
    }

    @Test
    @Tag("long")
    void D08_explicitNoncesOfAMillionRecordsNeverRepeat() {
        assertNoncesGrow(1 << 20);
    }

    /** What only grows is unique. */
    private void assertNoncesGrow(int records) {
        long last = -1;
        byte[] data = new byte[8];
        for (int i = 0; i < records; i++) {
            if (!association.send(data, 0, data.length, 0)) {
                throw new AssertionError("record " + i + " was not sent");
            }
            association.pollTransmit(buffer, 0);
            long nonce = Bytes.i64(buffer, 13);
            if (nonce <= last || nonce != Bytes.i64(buffer, 3)) {
                throw new AssertionError("record " + i + " has nonce " + nonce + " after " + last);
            }
            last = nonce;
        }
        assertThat(last & 0xffff_ffff_ffffL).isGreaterThanOrEqualTo(records - 1);
    }

    @Test
    void D12_forgedRecordsAndGarbageAreDroppedForEver() {
        forge(30_000, 12);
    }

    /** At 50,000 a second forged records may use a core, not more: the goodput beside them is whole. */
    @Test
    @Tag("long")
    void D12_aMillionForgedRecordsCostLessThanACoreAtFiftyThousandASecond() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadCpuTime();
            forge(200_000, 120 + round);
            best = Math.min(best, threads.getCurrentThreadCpuTime() - before);
        }
        assertThat(best / 200_000)
                .as("nanoseconds of CPU for each forged record, making it included")
                .isLessThan(20_000);
    }

    /** Forged records with a good one after each twenty: every good one is delivered, nothing else happens. */
    private void forge(int count, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            give(forged(random, i));
            if (association.state() != DtlsState.CONNECTED) {
                throw new AssertionError("seed " + seed + ", forged record " + i + ": " + association.state());
            }
            if (i % 20 == 19) {
                give(sealed(Wire.APPLICATION_DATA, ++goodSequence, new byte[] {7}));
                if (!(association.pollEvent() instanceof DtlsEvent.ApplicationData)) {
                    throw new AssertionError("seed " + seed + ": the good record after " + i + " was not delivered");
                }
            }
        }
        assertThat(association.pollEvent()).isNull();
        assertThat(association.pollTransmit(buffer, 0)).isZero();
        assertAlive(++goodSequence);
    }

    private byte[] forged(Random random, int i) {
        // Never the number of the record before: the JDK's cipher refuses to seal with the nonce of the last time.
        long sequence = (1 << 24) + 2L * random.nextInt(1 << 19) + i / 2 % 2;
        switch (i % 4) {
            case 0 -> {
                byte[] garbage = new byte[1 + random.nextInt(i % 1000 == 0 ? 65_507 : 300)];
                random.nextBytes(garbage);
                return garbage;
            }
            case 1 -> {
                byte[] spoiled = sealed(20 + random.nextInt(4), sequence, new byte[random.nextInt(100)]);
                spoiled[random.nextInt(spoiled.length - 13) + 13] ^= (byte) (1 << random.nextInt(8));
                return spoiled;
            }
            case 2 -> {
                return Bytes.fromHex("15fefd00000000000000010002" + "02" + "28");
            }
            default -> {
                byte[] otherEpoch = sealed(Wire.APPLICATION_DATA, sequence, new byte[20]);
                Bytes.put16(otherEpoch, 3, 2 + random.nextInt(100));
                return otherEpoch;
            }
        }
    }

    @Test
    void D12_replayedAndOldRecordsAreDropped() {
        byte[] record = sealed(Wire.APPLICATION_DATA, 1000, new byte[] {1});
        give(record.clone());
        assertThat(association.pollEvent()).isNotNull();
        give(record.clone());
        assertThat(association.pollEvent()).isNull();
        give(sealed(Wire.APPLICATION_DATA, 1000 - RecordWindow.SIZE, new byte[] {1}));
        assertThat(association.pollEvent()).isNull();
        assertThat(association.counters().recordsReplayed()).isEqualTo(2);
        give(sealed(Wire.APPLICATION_DATA, 1001 - RecordWindow.SIZE, new byte[] {1}));
        assertThat(association.pollEvent()).isNotNull();
    }

    @Test
    void D13_renegotiationIsRefusedAFewTimesThenIgnored() {
        byte[] helloRequest = new byte[12];
        for (int i = 0; i < 20; i++) {
            give(sealed(Wire.HANDSHAKE, 100 + i, helloRequest));
        }
        for (int i = 0; i < 5; i++) {
            assertThat(nextAlert()).containsExactly(Wire.ALERT_WARNING, Wire.NO_RENEGOTIATION);
        }
        assertThat(nextAlert()).isNull();
        assertAlive(200);
    }

    @Test
    void D13_ticketsHeartbeatsAndOtherHandshakeMessagesAreIgnored() {
        byte[] ticket = new byte[12 + 20];
        ticket[0] = 4;
        Bytes.put24(ticket, 1, 20);
        Bytes.put24(ticket, 9, 20);
        give(sealed(Wire.HANDSHAKE, 10, ticket));
        give(sealed(24, 11, new byte[] {1, 0, 3, 1, 2, 3}));
        give(sealed(Wire.CHANGE_CIPHER_SPEC, 12, new byte[] {1}));
        give(sealed(Wire.HANDSHAKE, 13, new byte[3]));
        assertThat(association.pollTransmit(buffer, 0)).isZero();
        assertAlive(14);
    }

    @Test
    void D17_onlyAnAuthenticatedCloseNotifyCloses() {
        give(Bytes.fromHex("15fefd000000000000000100020100"));
        assertAlive(1);
        give(sealed(Wire.ALERT, 2, new byte[] {1, 0}));
        assertThat(association.pollEvent()).isEqualTo(new DtlsEvent.Closed());
        assertThat(association.state()).isEqualTo(DtlsState.CLOSED);
        assertThat(nextAlert()).containsExactly(Wire.ALERT_WARNING, Wire.CLOSE_NOTIFY);
        give(sealed(Wire.APPLICATION_DATA, 3, new byte[1]));
        assertThat(association.pollEvent()).isNull();
        assertThat(association.send(new byte[1], 0, 1, 0)).isFalse();
    }

    @Test
    void F27_anAuthenticatedFatalAlertFails() {
        give(sealed(Wire.ALERT, 2, new byte[] {2, 80}));
        assertThat(association.pollEvent()).isInstanceOfSatisfying(DtlsEvent.Failed.class, failed -> {
            assertThat(failed.reason()).isEqualTo(DtlsFailure.ALERT_RECEIVED);
            assertThat(failed.alert()).isEqualTo(80);
        });
        assertThat(association.state()).isEqualTo(DtlsState.FAILED);
    }

    @Test
    void D10_aRepeatedFinishedIsAnsweredOnceInAWhile() {
        byte[] finished = new byte[24];
        finished[0] = Wire.FINISHED;
        Bytes.put24(finished, 1, 12);
        Bytes.put24(finished, 9, 12);
        for (int i = 0; i < 10; i++) {
            give(sealed(Wire.HANDSHAKE, 50 + i, finished));
        }
        assertThat(association.pollTransmit(buffer, 0)).isPositive();
        assertThat(association.pollTransmit(buffer, 0)).isZero();
        assertThat(association.counters().flightsRetransmitted()).isEqualTo(1);
    }

    @Test
    void manyRecordsOfOneDatagramAreDeliveredInPlace() {
        byte[] datagram = new byte[3 * RecordWriter.sealedBytes(10)];
        int at = 0;
        for (int i = 0; i < 3; i++) {
            at += peer.seal(
                    Wire.APPLICATION_DATA, 20 + i, new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, 0, 10, datagram, at);
        }
        give(datagram);
        for (int i = 0; i < 3; i++) {
            DtlsEvent.ApplicationData data = (DtlsEvent.ApplicationData) association.pollEvent();
            assertThat(data).isNotNull();
            assertThat(data.data()).isSameAs(datagram);
            assertThat(data.offset()).isEqualTo(i * RecordWriter.sealedBytes(10) + RecordCipher.PLAINTEXT_OFFSET);
        }
    }

    @Test
    void theWindowAgreesWithASetOfAllNumbersSeen() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            RecordWindow window = new RecordWindow();
            Set<Long> seen = new HashSet<>();
            long highest = -1;
            for (int i = 0; i < 2000; i++) {
                long sequence = Math.max(0, highest + random.nextInt(300) - 200);
                boolean expected = !seen.contains(sequence) && sequence > highest - RecordWindow.SIZE;
                assertThat(window.isFresh(sequence))
                        .as("seed " + seed + " step " + i)
                        .isEqualTo(expected);
                if (expected) {
                    window.commit(sequence);
                    seen.add(sequence);
                    highest = Math.max(highest, sequence);
                }
            }
        }
    }
}
