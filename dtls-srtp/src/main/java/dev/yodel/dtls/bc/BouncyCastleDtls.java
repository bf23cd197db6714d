package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEndpointFactory;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.engine.DtlsAssociation;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.RandomSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * DTLS 1.2 with Bouncy Castle's cryptography in the handshake and the JDK's in records. Handshakes run on the environment's
 * workers; as many compute at a time as there are cores. It registers no security provider. Any thread.
 */
public final class BouncyCastleDtls implements DtlsEndpointFactory {
    /** How many handshakes may hold a thread while they wait for their peers. */
    public static final int MAX_WAITING = 512;

    private final HandshakeScheduler scheduler;

    /** A factory with one permit a core. */
    public BouncyCastleDtls() {
        this(Runtime.getRuntime().availableProcessors(), MAX_WAITING);
    }

    BouncyCastleDtls(int permits, int maxWaiting) {
        scheduler = new HandshakeScheduler(permits, maxWaiting);
    }

    @Override
    public DtlsEndpoint create(DtlsOptions options, Environment environment, Loop loop, Runnable onReady) {
        return create(
                options,
                environment.workers(),
                environment.random(),
                new BouncyCastleEngine.Outlet(loop, loop::now, onReady));
    }

    DtlsEndpoint create(DtlsOptions options, Executor workers, RandomSource random, BouncyCastleEngine.Outlet outlet) {
        return new DtlsAssociation(options, new BouncyCastleEngine(options, scheduler, workers, random, outlet));
    }

    /** Whether no handshake computes: what was posted to loops until now is all there will be without new input. */
    boolean isIdle() {
        return scheduler.isIdle();
    }

    /** How many handshakes hold a thread while they wait. */
    int waitingCount() {
        return scheduler.waitingCount();
    }

    /**
     * Loads and warms what a first handshake needs, by handshakes with itself in memory: it takes a cold JVM some hundred
     * milliseconds that the first connection then does not spend.
     *
     * @param workers where it runs; it needs three threads for a moment
     * @return completed when it is done, exceptionally if the handshake did not work
     */
    public static CompletableFuture<Void> prewarm(Executor workers) {
        return Prewarming.run(workers);
    }
}
