package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HostileHandshakeTest {
    @Test
    void D07_mutatedHandshakesEndInOrder() {
        for (int seed = 0; seed < 150; seed++) {
            mutate(seed);
        }
    }

    @Test
    @Tag("long")
    void D07_twentyThousandMutatedHandshakesEndInOrder() {
        for (int seed = 1000; seed < 21_000; seed++) {
            mutate(seed);
        }
    }

    /** One datagram in three is spoiled: bits, lengths, cuts, additions. Whatever it does, both ends come to an end. */
    private static void mutate(int seed) {
        Random random = new Random(seed);
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) -> {
            if (random.nextInt(3) == 0) {
                int changes = 1 + random.nextInt(4);
                for (int i = 0; i < changes; i++) {
                    int at = random.nextInt(3) == 0
                            ? random.nextInt(Math.min(40, datagram.length))
                            : random.nextInt(datagram.length);
                    datagram[at] =
                            (byte) (random.nextBoolean() ? random.nextInt() : datagram[at] ^ 1 << random.nextInt(8));
                }
            }
            return new long[] {HandshakePair.ONE_WAY};
        };
        pair.start().runUntilDone(31 * Time.SECOND);
        for (DtlsEndpoint endpoint : List.of(pair.client, pair.server)) {
            assertThat(endpoint.state()).as("seed " + seed + ": " + pair).isIn(DtlsState.CONNECTED, DtlsState.FAILED);
        }
        for (DtlsEvent event : pair.clientEvents) {
            assertNotInternal(seed, event);
        }
        for (DtlsEvent event : pair.serverEvents) {
            assertNotInternal(seed, event);
        }
        if (pair.bothConnected()) {
            assertThat(pair.clientConnected().keyingMaterial())
                    .as("seed " + seed)
                    .isEqualTo(pair.serverConnected().keyingMaterial());
        }
    }

    private static void assertNotInternal(int seed, DtlsEvent event) {
        if (event instanceof DtlsEvent.Failed failed) {
            assertThat(failed.reason()).as("seed " + seed + " " + failed).isNotEqualTo(DtlsFailure.INTERNAL);
        }
    }

    /** D12 during the handshake: what cannot be authenticated does not disturb it. */
    @Test
    void D12_forgedRecordsDuringTheHandshakeChangeNothing() {
        Random random = new Random(12);
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) -> {
            DtlsEndpoint target = fromClient ? pair.server : pair.client;
            for (int i = 0; i < 200; i++) {
                byte[] forged = new byte[1 + random.nextInt(1500)];
                random.nextBytes(forged);
                if (forged.length > 13 + 24 && random.nextBoolean()) {
                    forged[0] = (byte) (20 + random.nextInt(4));
                    Bytes.put16(forged, 1, 0xfefd);
                    Bytes.put16(forged, 3, 1);
                    Bytes.put16(forged, 11, forged.length - 13);
                }
                target.handleDatagram(forged, 0, forged.length, pair.now);
            }
            return new long[] {HandshakePair.ONE_WAY};
        };
        pair.start().runUntilDone(5 * Time.SECOND);
        assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
        assertThat(pair.clientEvents).hasSize(1);
        assertThat(pair.serverEvents).hasSize(1);
    }

    @Test
    void D17_aPlainCloseNotifyDuringTheHandshakeIsIgnored() {
        HandshakePair pair = new HandshakePair();
        byte[] closeNotify = Bytes.fromHex("15fefd000000000000ffff00020100");
        pair.pipe = (fromClient, index, datagram) -> {
            (fromClient ? pair.server : pair.client).handleDatagram(closeNotify.clone(), 0, 15, pair.now);
            return new long[] {HandshakePair.ONE_WAY};
        };
        pair.start().runUntilDone(Time.SECOND);
        assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
    }

    /** I04: hellos of others never get here, as ICE lets only validated addresses through; one that did must not win. */
    @Test
    void I04_aSecondClientHelloDoesNotDisturbTheHandshake() {
        HandshakePair attacker = new HandshakePair().start();
        attacker.settle();
        byte[] foreignHello = attacker.fromClient.get(0);
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) -> {
            if (fromClient && index > 0) {
                for (int i = 0; i < 50; i++) {
                    pair.server.handleDatagram(foreignHello.clone(), 0, foreignHello.length, pair.now);
                }
            }
            return new long[] {HandshakePair.ONE_WAY};
        };
        pair.start().runUntilDone(Time.SECOND);
        assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
        // After the handshake too: no state, no answer.
        int sent = pair.fromServer.size();
        for (int i = 0; i < 1000; i++) {
            pair.server.handleDatagram(foreignHello.clone(), 0, foreignHello.length, pair.now);
        }
        pair.run(Time.SECOND);
        assertThat(pair.fromServer).hasSize(sent);
        assertThat(pair.server.state()).isEqualTo(DtlsState.CONNECTED);
    }

    @Test
    void theHandshakeTimesOutInWords() {
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) -> new long[0];
        long begin = pair.now;
        pair.start().runUntilDone(60 * Time.SECOND);
        DtlsEvent.Failed failed = HandshakePair.failed(pair.clientEvents);
        assertThat(failed).isNotNull();
        assertThat(failed.reason()).isEqualTo(DtlsFailure.TIMED_OUT);
        assertThat(failed.text()).contains("30000 ms").contains("0 datagrams received");
        assertThat(pair.now - begin).isBetween(30 * Time.SECOND, 30 * Time.SECOND + 10 * Time.MILLISECOND);
        assertThat(pair.fromServer).isEmpty();
    }

    @Test
    void D09_aSilentPeerGetsAFlightOnceAndSevenRepetitions() {
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) -> new long[0];
        pair.start().run(60 * Time.SECOND);
        assertThat(pair.fromClient).hasSize(8);
        assertThat(pair.fromServer).isEmpty();

        HandshakePair halfWay = new HandshakePair();
        List<Integer> flights = new ArrayList<>();
        halfWay.pipe = (fromClient, index, datagram) -> {
            if (!fromClient && Bytes.u8(datagram, 13) == 2) {
                flights.add(index);
            }
            return fromClient && index == 0 ? new long[] {HandshakePair.ONE_WAY} : new long[0];
        };
        halfWay.start().run(60 * Time.SECOND);
        assertThat(flights)
                .as("the server's flight, counted by its ServerHello")
                .hasSize(8);
    }

    /**
     * Where ICE hears the peer, its flight or ours is lost: that is tried more often, and counted only from when ICE
     * hears nothing.
     */
    @Test
    void D09_aPathThatAnswersIsTriedUntilTheEnd() {
        HandshakePair pair = new HandshakePair();
        pair.pipe = (fromClient, index, datagram) -> new long[0];
        pair.client.handlePath(true, pair.now);
        pair.start().run(60 * Time.SECOND);
        // After 0, 0.1 and 0.3 s, then every 0.4 s (a round trip takes less than 33 ms) until 30 s have passed.
        assertThat(pair.fromClient).hasSize(2 + 75);
        assertThat(pair.client.state()).isEqualTo(DtlsState.FAILED);

        HandshakePair lost = new HandshakePair();
        lost.pipe = (fromClient, index, datagram) -> new long[0];
        lost.client.handlePath(true, lost.now);
        lost.start().run(10 * Time.SECOND);
        int before = lost.fromClient.size();
        lost.client.handlePath(false, lost.now);
        lost.run(60 * Time.SECOND);
        assertThat(lost.fromClient.size() - before).isEqualTo(7);
    }

    /** A path that comes back is not left waiting for intervals meant for silence, nor when the seven are used up. */
    @Test
    void D09_aPathThatBeginsToAnswerIsTriedAtOnce() {
        for (long blackout : new long[] {5 * Time.SECOND, 25 * Time.SECOND}) {
            HandshakePair pair = new HandshakePair();
            long end = pair.now + blackout;
            pair.pipe =
                    (fromClient, index, datagram) -> pair.now < end ? new long[0] : new long[] {HandshakePair.ONE_WAY};
            pair.start().run(blackout);
            pair.client.handlePath(true, pair.now);
            pair.runUntilDone(2 * Time.SECOND);
            assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
        }
    }

    @Test
    void D09_theLastRepetitionsSurviveABlackoutOfTwentySeconds() {
        for (DtlsRole deaf : DtlsRole.values()) {
            HandshakePair pair = new HandshakePair();
            long begin = pair.now;
            pair.pipe = (fromClient, index, datagram) -> {
                boolean lost = pair.now - begin < 20 * Time.SECOND && fromClient == (deaf == DtlsRole.SERVER);
                return lost ? new long[0] : new long[] {HandshakePair.ONE_WAY};
            };
            pair.start().runUntilDone(30 * Time.SECOND);
            assertThat(pair.bothConnected())
                    .as(deaf + " hears nothing: " + pair)
                    .isTrue();
        }
    }

    @Test
    void D19_sixHundredSilentPeersDoNotStopAnHonestOne() throws Exception {
        BouncyCastleDtls factory = new BouncyCastleDtls();
        LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
        BouncyCastleEngine.Outlet outlet = new BouncyCastleEngine.Outlet(posted::add, System::nanoTime, () -> {});
        DtlsOptions options = DtlsOptions.of(HandshakePair.CLIENT_CERTIFICATE);
        List<DtlsEndpoint> silent = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            DtlsEndpoint endpoint = factory.create(options, HandshakePair.WORKERS, new SeededRandom(i), outlet);
            endpoint.start(
                    DtlsRole.CLIENT, List.of(HandshakePair.SERVER_CERTIFICATE.fingerprint()), 0, System.nanoTime());
            silent.add(endpoint);
        }
        while (!factory.isIdle() || !posted.isEmpty()) {
            Runnable next = posted.poll(1, TimeUnit.MILLISECONDS);
            if (next != null) {
                next.run();
            }
        }
        assertThat(factory.waitingCount()).isEqualTo(BouncyCastleDtls.MAX_WAITING);
        long failed = silent.stream().filter(e -> e.state() == DtlsState.FAILED).count();
        assertThat(failed).isEqualTo(600 - BouncyCastleDtls.MAX_WAITING);
        DtlsEvent.Failed first = (DtlsEvent.Failed) silent.get(0).pollEvent();
        assertThat(first).isNotNull();
        assertThat(first.reason()).isEqualTo(DtlsFailure.OVERLOADED);

        DtlsEndpoint client = factory.create(options, HandshakePair.WORKERS, new SeededRandom(1), outlet);
        DtlsEndpoint server = factory.create(options, HandshakePair.WORKERS, new SeededRandom(2), outlet);
        long begin = System.nanoTime();
        server.start(DtlsRole.SERVER, List.of(HandshakePair.CLIENT_CERTIFICATE.fingerprint()), 0, begin);
        client.start(DtlsRole.CLIENT, List.of(HandshakePair.CLIENT_CERTIFICATE.fingerprint()), 0, begin);
        byte[] buffer = new byte[2000];
        while (client.state() == DtlsState.CONNECTING || server.state() == DtlsState.CONNECTING) {
            Runnable next = posted.poll(1, TimeUnit.SECONDS);
            if (next != null) {
                next.run();
            }
            for (int n = client.pollTransmit(buffer, 0); n > 0; n = client.pollTransmit(buffer, 0)) {
                server.handleDatagram(buffer, 0, n, System.nanoTime());
            }
            for (int n = server.pollTransmit(buffer, 0); n > 0; n = server.pollTransmit(buffer, 0)) {
                client.handleDatagram(buffer, 0, n, System.nanoTime());
            }
        }
        assertThat(client.state()).isEqualTo(DtlsState.CONNECTED);
        assertThat(System.nanoTime() - begin).isLessThan(Time.SECOND);
        silent.forEach(endpoint -> endpoint.close(System.nanoTime()));
        assertThat(factory.waitingCount()).isZero();
    }

    @Test
    void D19_aSilentClientCostsAServerNoThread() {
        HandshakePair pair = new HandshakePair();
        pair.server.start(DtlsRole.SERVER, pair.announcedByClient, 0, pair.now);
        pair.settle();
        assertThat(pair.factory.waitingCount()).isZero();
    }

    @Test
    void F25_closingAtAnyStepLeavesNoThreadBehind() {
        for (int step = 0; step < 60; step++) {
            HandshakePair pair = new HandshakePair().start();
            pair.run(step * Time.MILLISECOND);
            pair.client.close(pair.now);
            pair.server.close(pair.now);
            pair.settle();
            assertThat(pair.factory.waitingCount()).as("step " + step).isZero();
            assertThat(pair.client.nextTimeout()).isEqualTo(Time.NEVER);
            assertThat(pair.server.nextTimeout()).isEqualTo(Time.NEVER);
            assertThat(pair.client.state()).isEqualTo(DtlsState.CLOSED);
            pair.run(Time.SECOND);
            assertThat(HandshakePair.failed(pair.clientEvents)).isNull();
        }
    }
}
