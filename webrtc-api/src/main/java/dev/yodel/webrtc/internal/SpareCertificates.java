package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate does the next connection get? One that was made ahead of need, so that nobody waits for a key, or a new
 * one. Each is given to one connection only: a certificate that returns would tell peers who we are (RFC 8827 9.4). Any
 * thread.
 */
final class SpareCertificates {
    /** How many are kept ready. */
    static final int SPARES = 4;
    /** One that has waited longer is thrown away: its 30 days have begun. */
    static final long MAX_AGE_MILLIS = 3_600_000;

    private final Supplier<DtlsCertificate> maker;
    private final Executor workers;
    private final LongSupplier wallClockMillis;
    private final ArrayDeque<Spare> spares = new ArrayDeque<>(SPARES);
    private boolean making;

    private record Spare(DtlsCertificate certificate, long madeMillis) {}

    /**
     * None yet.
     *
     * @param maker makes one, which takes milliseconds
     * @param workers where it runs
     * @param wallClockMillis the time
     */
    SpareCertificates(Supplier<DtlsCertificate> maker, Executor workers, LongSupplier wallClockMillis) {
        this.maker = maker;
        this.workers = workers;
        this.wallClockMillis = wallClockMillis;
    }

    /** One that nobody has had before; others are made in its place. */
    CompletableFuture<DtlsCertificate> take() {
        DtlsCertificate ready = poll();
        CompletableFuture<DtlsCertificate> result = new CompletableFuture<>();
        if (ready != null) {
            result.complete(ready);
        } else {
            try {
                workers.execute(() -> make(result));
            } catch (RejectedExecutionException e) {
                result.completeExceptionally(e);
            }
        }
        fill();
        return result;
    }

    private void make(CompletableFuture<DtlsCertificate> result) {
        try {
            result.complete(maker.get());
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    private synchronized @Nullable DtlsCertificate poll() {
        long now = wallClockMillis.getAsLong();
        for (Spare spare = spares.poll(); spare != null; spare = spares.poll()) {
            // A clock that was set back makes an age negative.
            long age = now - spare.madeMillis;
            if (age >= 0 && age <= MAX_AGE_MILLIS) {
                return spare.certificate;
            }
        }
        return null;
    }

    /** Makes what is missing, one at a time, on one worker. */
    void fill() {
        synchronized (this) {
            if (making || spares.size() >= SPARES) {
                return;
            }
            making = true;
        }
        try {
            workers.execute(this::makeSpares);
        } catch (RejectedExecutionException closed) {
            done();
        }
    }

    private void makeSpares() {
        try {
            while (isWanted()) {
                Spare spare = new Spare(maker.get(), wallClockMillis.getAsLong());
                synchronized (this) {
                    spares.add(spare);
                }
            }
        } finally {
            done();
        }
    }

    private synchronized boolean isWanted() {
        return spares.size() < SPARES;
    }

    private synchronized void done() {
        making = false;
    }

    synchronized int count() {
        return spares.size();
    }
}
