package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsOverUdp;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Many handshakes at a time over sockets, loops and workers as a user has them. */
class RealSocketsTest {
    private static final int PAIRS = 60;

    @Test
    void manyHandshakesAtATimeOnTwoLoopsConnectAndLeaveNoThread() throws Exception {
        BouncyCastleDtls factory = new BouncyCastleDtls();
        NioEnvironment environment = NioEnvironment.builder().loops(2).start();
        try (environment) {
            DtlsCertificate certificate = DtlsCertificate.generate(environment.random(), environment.wallClockMillis());
            CountDownLatch connected = new CountDownLatch(2 * PAIRS);
            List<DtlsOverUdp> all = new ArrayList<>();
            for (int i = 0; i < PAIRS; i++) {
                Loop clientLoop = environment.loops().get(i % 2);
                Loop serverLoop = environment.loops().get(i / 2 % 2);
                DtlsOverUdp client = open(factory, certificate, environment, clientLoop, connected);
                DtlsOverUdp server = open(factory, certificate, environment, serverLoop, connected);
                InetSocketAddress clientAddress = client.address();
                InetSocketAddress serverAddress = server.address();
                serverLoop.execute(() -> server.start(DtlsRole.SERVER, certificate.fingerprint(), clientAddress));
                clientLoop.execute(() -> client.start(DtlsRole.CLIENT, certificate.fingerprint(), serverAddress));
                all.add(client);
                all.add(server);
            }
            assertThat(connected.await(25, TimeUnit.SECONDS))
                    .as(connected + " left")
                    .isTrue();
            for (int i = 0; i < all.size(); i += 2) {
                DtlsOverUdp client = all.get(i);
                DtlsOverUdp server = all.get(i + 1);
                assertThat(client.endpoint().state()).isEqualTo(DtlsState.CONNECTED);
                assertThat(((DtlsEvent.Connected) client.events().get(0)).keyingMaterial())
                        .isEqualTo(((DtlsEvent.Connected) server.events().get(0)).keyingMaterial());
            }
            assertThat(factory.waitingCount()).isZero();
        }
        assertThat(environment.poolThreadCount()).isZero();
    }

    /** Closing the environment in the midst of handshakes ends their threads. */
    @Test
    void F25_closingTheEnvironmentEndsWaitingHandshakes() throws Exception {
        BouncyCastleDtls factory = new BouncyCastleDtls();
        NioEnvironment environment = NioEnvironment.create();
        try (environment) {
            DtlsCertificate certificate = DtlsCertificate.generate(environment.random(), environment.wallClockMillis());
            Loop loop = environment.nextLoop();
            for (int i = 0; i < 20; i++) {
                DtlsOverUdp client = open(factory, certificate, environment, loop, new CountDownLatch(1));
                loop.execute(() -> client.start(DtlsRole.CLIENT, certificate.fingerprint(), client.address()));
            }
        }
        assertThat(environment.poolThreadCount()).isZero();
        assertThat(factory.waitingCount()).isZero();
    }

    private static DtlsOverUdp open(
            BouncyCastleDtls factory,
            DtlsCertificate certificate,
            NioEnvironment environment,
            Loop loop,
            CountDownLatch done)
            throws Exception {
        return on(
                loop,
                () -> new DtlsOverUdp(
                        factory,
                        DtlsOptions.of(certificate),
                        environment,
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        done::countDown));
    }

    private static <T> T on(Loop loop, Supplier<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(work.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }
}
