package dev.yodel.benchmarks;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.bc.BouncyCastleDtls;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * DTLS by us and by Bouncy Castle alone: a whole handshake of both ends (ECDHE, ECDSA P-256, both certificates), and one
 * record of 1200 bytes sealed and opened. Compare with {@code openssl speed -bytes 1200 -evp aes-128-gcm} (twice its time)
 * and {@code openssl speed ecdsap256 ecdhp256}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class DtlsBenchmark {
    private static final int RECORD_BYTES = 1200;

    private final NioEnvironment environment = NioEnvironment.create();
    private final Loop loop = environment.nextLoop();
    private final BouncyCastleDtls factory = new BouncyCastleDtls();
    private final DtlsCertificate certificate =
            DtlsCertificate.generate(environment.random(), environment.wallClockMillis());
    private final byte[] plain = new byte[RECORD_BYTES];
    private final byte[] datagram = new byte[2048];
    private YodelPair connected = new YodelPair();
    private BouncyCastlePair plainBouncyCastle = new BouncyCastlePair(certificate);

    /** Both ends of ours, on one loop, with nothing between them. */
    private final class YodelPair {
        final DtlsEndpoint client = factory.create(DtlsOptions.of(certificate), environment, loop, this::move);
        final DtlsEndpoint server = factory.create(DtlsOptions.of(certificate), environment, loop, this::move);
        private final byte[] moving = new byte[2048];
        private final FutureTask<Boolean> done = new FutureTask<>(() -> true);

        private void move() {
            boolean moved = true;
            while (moved) {
                moved = move(client, server);
                moved |= move(server, client);
            }
            if (client.state() != DtlsState.CONNECTING && server.state() != DtlsState.CONNECTING) {
                done.run();
            }
        }

        private boolean move(DtlsEndpoint from, DtlsEndpoint to) {
            int length = from.pollTransmit(moving, 0);
            if (length > 0) {
                to.handleDatagram(moving, 0, length, loop.now());
            }
            return length > 0;
        }

        YodelPair handshake() throws ExecutionException, InterruptedException {
            loop.execute(() -> {
                server.start(DtlsRole.SERVER, List.of(certificate.fingerprint()), 0, loop.now());
                client.start(DtlsRole.CLIENT, List.of(certificate.fingerprint()), 0, loop.now());
            });
            done.get();
            if (client.state() != DtlsState.CONNECTED || server.state() != DtlsState.CONNECTED) {
                throw new IllegalStateException(
                        "the handshake failed: " + client.pollEvent() + " " + server.pollEvent());
            }
            return this;
        }
    }

    /**
     * Connects what the record benchmarks use.
     *
     * @throws ExecutionException never
     * @throws InterruptedException if interrupted
     * @throws IOException if Bouncy Castle's handshake fails
     */
    @Setup(Level.Trial)
    public void connect() throws ExecutionException, InterruptedException, IOException {
        connected = new YodelPair().handshake();
        if (!(connected.server.pollEvent() instanceof DtlsEvent.Connected)) {
            throw new IllegalStateException("the server is not connected");
        }
        plainBouncyCastle = new BouncyCastlePair(certificate);
        plainBouncyCastle.handshake();
    }

    /** Ends loops and workers. */
    @TearDown(Level.Trial)
    public void close() {
        environment.close();
    }

    /**
     * A handshake of both ends by us.
     *
     * @return the client
     * @throws ExecutionException never
     * @throws InterruptedException if interrupted
     */
    @Benchmark
    public DtlsEndpoint handshakeYodel() throws ExecutionException, InterruptedException {
        return new YodelPair().handshake().client;
    }

    /**
     * A handshake of both ends by Bouncy Castle as it comes.
     *
     * @return how many ends are connected
     * @throws ExecutionException if the server's end fails
     * @throws InterruptedException if interrupted
     * @throws IOException if the client's end fails
     */
    @Benchmark
    public int handshakeBcTlsCrypto() throws ExecutionException, InterruptedException, IOException {
        BouncyCastlePair pair = new BouncyCastlePair(certificate);
        return pair.handshake();
    }

    /**
     * A record of 1200 bytes sealed and opened by us.
     *
     * @return the event
     */
    @Benchmark
    public DtlsEvent recordYodel() {
        connected.client.send(plain, 0, RECORD_BYTES, 0);
        int length = connected.client.pollTransmit(datagram, 0);
        connected.server.handleDatagram(datagram, 0, length, 0);
        DtlsEvent event = connected.server.pollEvent();
        if (event == null) {
            throw new IllegalStateException("the record was not opened");
        }
        return event;
    }

    /**
     * A record of 1200 bytes sealed and opened by Bouncy Castle as it comes.
     *
     * @return its length
     * @throws IOException never
     */
    @Benchmark
    public int recordBcTlsCrypto() throws IOException {
        return plainBouncyCastle.record(plain, datagram);
    }
}
