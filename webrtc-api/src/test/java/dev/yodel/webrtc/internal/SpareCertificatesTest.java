package dev.yodel.webrtc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import java.security.PrivateKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Certificates that are made ahead of need. */
final class SpareCertificatesTest {
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final AtomicInteger made = new AtomicInteger();
    private final SpareCertificates spares = new SpareCertificates(this::make, work::add, clock::get);

    private DtlsCertificate make() {
        made.incrementAndGet();
        return DtlsCertificate.of(new byte[] {(byte) made.get()}, new NoKey(), 0);
    }

    private void work() {
        for (Runnable next = work.poll(); next != null; next = work.poll()) {
            next.run();
        }
    }

    @Test
    void eachIsGivenToOneConnectionOnly() {
        spares.fill();
        spares.fill();
        assertThat(work).hasSize(1);
        work();
        assertThat(spares.count()).isEqualTo(SpareCertificates.SPARES);
        Set<DtlsCertificate> given = new HashSet<>();
        List<CompletableFuture<DtlsCertificate>> taken = new ArrayList<>();
        for (int i = 0; i < 3 * SpareCertificates.SPARES; i++) {
            taken.add(spares.take());
            assertThat(taken.get(i).isDone()).isEqualTo(i < SpareCertificates.SPARES);
        }
        work();
        taken.forEach(each -> given.add(each.join()));
        assertThat(given).hasSize(3 * SpareCertificates.SPARES);
        assertThat(made.get()).isEqualTo(given.size() + SpareCertificates.SPARES);
    }

    @Test
    void whatWasGivenAwayIsMadeAgain() {
        spares.take();
        work();
        assertThat(spares.count()).isEqualTo(SpareCertificates.SPARES);
        assertThat(spares.take()).isCompleted();
        work();
        assertThat(spares.count()).isEqualTo(SpareCertificates.SPARES);
    }

    @Test
    void oneThatIsOldOrFromTheFutureIsThrownAway() {
        spares.fill();
        work();
        int before = made.get();
        clock.addAndGet(SpareCertificates.MAX_AGE_MILLIS + 1);
        CompletableFuture<DtlsCertificate> taken = spares.take();
        assertThat(taken).isNotDone();
        work();
        assertThat(taken.join().der()[0]).isGreaterThan((byte) before);
        clock.set(0);
        assertThat(spares.take()).isNotDone();
    }

    @Test
    void aFactoryThatIsClosedSaysSo() {
        SpareCertificates closed = new SpareCertificates(
                this::make,
                task -> {
                    throw new RejectedExecutionException("closed");
                },
                clock::get);
        assertThat(closed.take()).isCompletedExceptionally();
        closed.fill();
        assertThat(closed.count()).isZero();
    }

    @Test
    void aMakerThatFailsIsNotTheEnd() {
        AtomicInteger calls = new AtomicInteger();
        SpareCertificates failing = new SpareCertificates(
                () -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("no keys today");
                    }
                    return make();
                },
                work::add,
                clock::get);
        CompletableFuture<DtlsCertificate> first = failing.take();
        work();
        assertThat(first).isCompletedExceptionally();
        assertThat(failing.take()).isCompleted();
    }

    private static final class NoKey implements PrivateKey {
        private static final long serialVersionUID = 1;

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return "none";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    }
}
