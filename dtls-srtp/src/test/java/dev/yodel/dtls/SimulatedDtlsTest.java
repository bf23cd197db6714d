package dev.yodel.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.dtls.engine.DtlsAssociation;
import dev.yodel.dtls.engine.SimulatedEngine;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.Time;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimulatedDtlsTest {
    private static final long NOW = 1_790_000_000_000L;
    private static final DtlsCertificate CLIENT = DtlsCertificate.generate(new SeededRandom(1), NOW);
    private static final DtlsCertificate SERVER = DtlsCertificate.generate(new SeededRandom(2), NOW);

    /** Two endpoints, a lossy pipe of 20 ms and a clock. */
    private static final class Pair {
        final DtlsEndpoint client;
        final DtlsEndpoint server;
        final List<byte[]> wire = new ArrayList<>();
        final ArrayDeque<DtlsEvent> clientEvents = new ArrayDeque<>();
        final ArrayDeque<DtlsEvent> serverEvents = new ArrayDeque<>();
        private final ArrayDeque<byte[]> toServer = new ArrayDeque<>();
        private final ArrayDeque<byte[]> toClient = new ArrayDeque<>();
        private final Random losses;
        private final double loss;
        long now = Time.SECOND;

        Pair(long seed, double loss, DtlsOptions clientOptions, DtlsOptions serverOptions) {
            this.loss = loss;
            losses = new Random(seed);
            client = new DtlsAssociation(clientOptions, new SimulatedEngine(clientOptions, new SeededRandom(seed)));
            server = new DtlsAssociation(serverOptions, new SimulatedEngine(serverOptions, new SeededRandom(~seed)));
        }

        Pair start(DtlsCertificate expectedOfServer, DtlsCertificate expectedOfClient) {
            client.start(DtlsRole.CLIENT, List.of(expectedOfServer.fingerprint()), 0, now);
            server.start(DtlsRole.SERVER, List.of(expectedOfClient.fingerprint()), 0, now);
            return this;
        }

        void run(long nanos) {
            for (long end = now + nanos; now < end; now += 20 * Time.MILLISECOND) {
                client.handleTimeout(now);
                server.handleTimeout(now);
                collect(client, toServer, clientEvents);
                collect(server, toClient, serverEvents);
                deliver(toServer, server);
                deliver(toClient, client);
            }
        }

        private void collect(DtlsEndpoint from, ArrayDeque<byte[]> to, ArrayDeque<DtlsEvent> events) {
            byte[] buffer = new byte[2000];
            for (int length = from.pollTransmit(buffer, 0); length > 0; length = from.pollTransmit(buffer, 0)) {
                byte[] datagram = Arrays.copyOf(buffer, length);
                wire.add(datagram);
                if (losses.nextDouble() >= loss) {
                    to.add(datagram.clone());
                }
            }
            for (DtlsEvent event = from.pollEvent(); event != null; event = from.pollEvent()) {
                events.add(event);
            }
        }

        private void deliver(ArrayDeque<byte[]> queue, DtlsEndpoint to) {
            for (byte[] datagram = queue.poll(); datagram != null; datagram = queue.poll()) {
                to.handleDatagram(datagram, 0, datagram.length, now);
            }
        }
    }

    private static Pair pair(long seed, double loss) {
        return new Pair(seed, loss, DtlsOptions.of(CLIENT), DtlsOptions.of(SERVER)).start(SERVER, CLIENT);
    }

    @Test
    void bothEndsDeriveTheSameKeys() {
        Pair pair = pair(1, 0);
        pair.run(Time.SECOND);
        DtlsEvent.Connected client = (DtlsEvent.Connected) pair.clientEvents.remove();
        DtlsEvent.Connected server = (DtlsEvent.Connected) pair.serverEvents.remove();
        assertThat(client.keyingMaterial()).hasSize(56).isEqualTo(server.keyingMaterial());
        assertThat(client.peerCertificates().get(0)).isEqualTo(SERVER.der());
        assertThat(pair.client.send(new byte[100], 0, 100, pair.now)).isTrue();
        pair.run(Time.SECOND);
        assertThat(pair.serverEvents.remove()).isInstanceOf(DtlsEvent.ApplicationData.class);
        pair.client.close(pair.now);
        pair.run(Time.SECOND);
        assertThat(pair.serverEvents.remove()).isEqualTo(new DtlsEvent.Closed());
        assertThat(pair.server.state()).isEqualTo(DtlsState.CLOSED);
    }

    @Test
    void theSameSeedSendsTheSameBytes() {
        Pair first = pair(42, 0.2);
        Pair second = pair(42, 0.2);
        first.run(5 * Time.SECOND);
        second.run(5 * Time.SECOND);
        assertThat(first.wire).usingElementComparator(Arrays::compare).isEqualTo(second.wire);
    }

    @Test
    void F01_thousandSeedsWithLossConnect() {
        for (long seed = 0; seed < 1000; seed++) {
            Pair pair = pair(seed, 0.2);
            pair.run(20 * Time.SECOND);
            assertThat(pair.client.state()).as("seed " + seed).isEqualTo(DtlsState.CONNECTED);
            assertThat(pair.server.state()).as("seed " + seed).isEqualTo(DtlsState.CONNECTED);
        }
    }

    @Test
    void D01_wrongFingerprintFailsBothEnds() {
        Pair wrongServer = new Pair(1, 0, DtlsOptions.of(CLIENT), DtlsOptions.of(SERVER)).start(CLIENT, CLIENT);
        wrongServer.run(Time.SECOND);
        assertThat(((DtlsEvent.Failed) wrongServer.clientEvents.remove()).reason())
                .isEqualTo(DtlsFailure.FINGERPRINT_MISMATCH);
        assertThat(wrongServer.server.state()).isEqualTo(DtlsState.FAILED);
        Pair wrongClient = new Pair(1, 0, DtlsOptions.of(CLIENT), DtlsOptions.of(SERVER)).start(SERVER, SERVER);
        wrongClient.run(Time.SECOND);
        assertThat(((DtlsEvent.Failed) wrongClient.serverEvents.remove()).reason())
                .isEqualTo(DtlsFailure.FINGERPRINT_MISMATCH);
        assertThat(wrongClient.client.state()).isEqualTo(DtlsState.FAILED);
    }

    @Test
    void S08_noCommonProfileFails() {
        Pair pair = new Pair(
                        1,
                        0,
                        DtlsOptions.of(CLIENT).withSrtp(List.of(1), true),
                        DtlsOptions.of(SERVER).withSrtp(List.of(8), true))
                .start(SERVER, CLIENT);
        pair.run(Time.SECOND);
        assertThat(((DtlsEvent.Failed) pair.serverEvents.remove()).reason()).isEqualTo(DtlsFailure.NO_SRTP_PROFILE);
        assertThat(pair.client.state()).isEqualTo(DtlsState.FAILED);
    }

    @Test
    void refusesToWorkOutsideTheSimulator() {
        Environment real = unused(Environment.class);
        Loop loop = unused(Loop.class);
        assertThatThrownBy(() -> new SimulatedDtls().create(DtlsOptions.of(CLIENT), real, loop, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("BouncyCastleDtls");
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }
}
