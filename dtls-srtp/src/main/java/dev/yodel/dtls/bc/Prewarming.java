package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.RandomSource;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Handshakes with itself, in memory, whose thread plays the loop. */
final class Prewarming {
    private static final long DEADLINE_SECONDS = 20;
    /** The first loads classes, the others let the compiler see what is hot. */
    private static final int LEAST_HANDSHAKES = 4;
    /** A cold JVM needs some dozens until the curves' arithmetic is compiled; one that is warm has enough of the least. */
    private static final int MOST_HANDSHAKES = 40;

    /** What a handshake of both ends takes when the code is compiled, and some more. */
    private static final long WARM_NANOS = 3_000_000;

    /** On a machine that has other things to do it ends here. */
    private static final long MOST_NANOS = 500_000_000;

    private final LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
    private final byte[] datagram = new byte[2048];

    private Prewarming() {}

    static CompletableFuture<Void> run(Executor workers) {
        return CompletableFuture.runAsync(
                () -> {
                    long begin = System.nanoTime();
                    long last = begin;
                    for (int i = 1; i <= MOST_HANDSHAKES; i++) {
                        new Prewarming().handshake(workers);
                        long now = System.nanoTime();
                        boolean isEnough = now - last < WARM_NANOS || now - begin > MOST_NANOS;
                        if (isEnough && i >= LEAST_HANDSHAKES) {
                            return;
                        }
                        last = now;
                    }
                },
                workers);
    }

    private void handshake(Executor workers) {
        RandomSource random = new JdkRandom();
        DtlsCertificate certificate = DtlsCertificate.generate(random, System.currentTimeMillis());
        BouncyCastleDtls factory = new BouncyCastleDtls(2, 2);
        BouncyCastleEngine.Outlet outlet = new BouncyCastleEngine.Outlet(posted::add, System::nanoTime, () -> {});
        DtlsEndpoint client = factory.create(DtlsOptions.of(certificate), workers, random, outlet);
        DtlsEndpoint server = factory.create(DtlsOptions.of(certificate), workers, random, outlet);
        long now = System.nanoTime();
        server.start(DtlsRole.SERVER, List.of(certificate.fingerprint()), 0, now);
        client.start(DtlsRole.CLIENT, List.of(certificate.fingerprint()), 0, now);
        while (client.state() == DtlsState.CONNECTING || server.state() == DtlsState.CONNECTING) {
            runNextPosted();
            move(client, server);
            move(server, client);
        }
        if (client.state() != DtlsState.CONNECTED) {
            throw new IllegalStateException("prewarming failed: " + client.pollEvent());
        }
        client.send(datagram, 0, 1000, now);
        move(client, server);
        DtlsEvent event = server.pollEvent();
        if (!(event instanceof DtlsEvent.Connected)) {
            throw new IllegalStateException("prewarming failed: " + event);
        }
    }

    private void runNextPosted() {
        try {
            Runnable next = posted.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new IllegalStateException("prewarming got no answer from its workers");
            }
            next.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("prewarming was interrupted", e);
        }
    }

    private void move(DtlsEndpoint from, DtlsEndpoint to) {
        for (int length = from.pollTransmit(datagram, 0); length > 0; length = from.pollTransmit(datagram, 0)) {
            to.handleDatagram(datagram, 0, length, System.nanoTime());
        }
    }

    /** The JDK's randomness, for there is no environment here. */
    private static final class JdkRandom implements RandomSource {
        private final SecureRandom random = new SecureRandom();

        @Override
        public void nextBytes(byte[] target, int offset, int length) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            System.arraycopy(bytes, 0, target, offset, length);
        }

        @Override
        public int nextInt() {
            return random.nextInt();
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }
    }
}
