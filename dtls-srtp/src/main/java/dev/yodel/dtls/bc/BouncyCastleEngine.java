package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.engine.HandshakeEngine;
import dev.yodel.dtls.engine.HandshakeMessage;
import dev.yodel.dtls.engine.RandomSourceSecureRandom;
import dev.yodel.dtls.engine.Wire;
import dev.yodel.io.RandomSource;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * One handshake computed by Bouncy Castle on a worker thread. Its methods belong to the loop; its results are posted there.
 * A server's worker starts with the first message, so a peer that sends nothing costs no thread.
 */
final class BouncyCastleEngine implements HandshakeEngine {
    /** Where results are posted, and what happens then. */
    record Outlet(Executor loop, LongSupplier clock, Runnable onReady) {}

    private final DtlsOptions options;
    private final HandshakeScheduler scheduler;
    private final Executor workers;
    private final RandomSource random;
    private final Outlet outlet;
    private HandshakeScheduler.@Nullable Ticket ticket;
    private @Nullable Runnable beginning;

    BouncyCastleEngine(
            DtlsOptions options, HandshakeScheduler scheduler, Executor workers, RandomSource random, Outlet outlet) {
        this.options = options;
        this.scheduler = scheduler;
        this.workers = workers;
        this.random = random;
        this.outlet = outlet;
    }

    @Override
    public void start(DtlsRole role, List<DtlsFingerprint> remoteFingerprints, Results results, long now) {
        Handshake handshake = new Handshake(role, new PeerPolicy(options, remoteFingerprints), results);
        if (role == DtlsRole.CLIENT) {
            begin(handshake);
        } else {
            beginning = () -> begin(handshake);
        }
    }

    private void begin(Handshake handshake) {
        HandshakeScheduler.Ticket entered = scheduler.enter(handshake, workers, handshake::refused);
        handshake.ticket = entered;
        ticket = entered;
        scheduler.begin(entered);
    }

    @Override
    public void handle(HandshakeMessage message, long now) {
        Runnable first = beginning;
        beginning = null;
        if (first != null) {
            first.run();
        }
        HandshakeScheduler.Ticket entered = ticket;
        if (entered != null) {
            entered.deliver(message);
        }
    }

    @Override
    public void abort() {
        beginning = null;
        HandshakeScheduler.Ticket entered = ticket;
        if (entered != null) {
            entered.cancel();
        }
    }

    /** What runs on the worker. */
    private final class Handshake implements Runnable {
        private final DtlsRole role;
        private final PeerPolicy policy;
        private final Results results;
        /** Set on the loop before the scheduler, whose lock orders memory, lets the worker begin. */
        private HandshakeScheduler.@Nullable Ticket ticket;

        Handshake(DtlsRole role, PeerPolicy policy, Results results) {
            this.role = role;
            this.policy = policy;
            this.results = results;
        }

        @Override
        public void run() {
            HandshakeScheduler.Ticket own = ticket;
            if (own == null) {
                throw new IllegalStateException("the handshake has not entered");
            }
            KeyTakingCrypto crypto = new KeyTakingCrypto(
                    new RandomSourceSecureRandom(random), keys -> post(now -> results.onKeys(keys, now)));
            BlockingTransport transport =
                    new BlockingTransport(own, policy::guard, flight -> post(now -> results.onFlight(flight, now)));
            try {
                if (role == DtlsRole.CLIENT) {
                    new DTLSClientProtocol().connect(new YodelTlsClient(crypto, policy), transport);
                } else {
                    new DTLSServerProtocol().accept(new YodelTlsServer(crypto, policy), transport);
                }
                transport.flush();
                post(now -> results.onConnected(policy.connected(), now));
            } catch (HandshakeStopped e) {
                if (own.isEvicted()) {
                    fail(
                            DtlsFailure.OVERLOADED,
                            "too many handshakes wait for their peers, and this peer was silent longest",
                            -1);
                }
            } catch (TlsFatalAlert e) {
                String cause = e.getCause() == null ? "" : ", " + e.getCause();
                String text = policy.failureText("the handshake broke: " + e.getMessage() + cause);
                fail(policy.failure(), text, e.getAlertDescription());
            } catch (IOException e) {
                // The transport never fails, so these are the peer's bytes, such as a certificate that is none.
                fail(DtlsFailure.HANDSHAKE_FAILED, "the handshake broke: " + e, Wire.DECODE_ERROR);
            } catch (RuntimeException e) {
                fail(DtlsFailure.INTERNAL, "the handshake broke: " + e, Wire.INTERNAL_ERROR);
            }
        }

        void refused() {
            fail(DtlsFailure.OVERLOADED, "no worker thread is left for the handshake", -1);
        }

        private void fail(DtlsFailure reason, String text, int alert) {
            post(now -> results.onFailed(reason, text, alert, now));
        }

        private void post(Result result) {
            try {
                outlet.loop().execute(() -> {
                    result.tell(outlet.clock().getAsLong());
                    outlet.onReady().run();
                });
            } catch (RejectedExecutionException e) {
                // The environment was closed: nobody is left to be told.
                HandshakeScheduler.Ticket own = ticket;
                if (own != null) {
                    own.cancel();
                }
            }
        }
    }

    /** A result, told on the loop. */
    @FunctionalInterface
    private interface Result {
        void tell(long now);
    }
}
