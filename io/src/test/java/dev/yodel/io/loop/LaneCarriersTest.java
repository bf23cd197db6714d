package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LaneCarriersTest {
    private static final int CAP = 40;
    private static final long SHORT_IDLE_NANOS = 50_000_000;

    private final AtomicInteger errors = new AtomicInteger();
    private final LaneCarriers pool = new LaneCarriers(
            "carriers-test", new CarrierLimit(2, CAP), SHORT_IDLE_NANOS, (where, error) -> errors.incrementAndGet());
    private final Set<Thread> seen = ConcurrentHashMap.newKeySet();

    @AfterEach
    void stop() {
        pool.interrupt();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CountDownLatch block(int count, CountDownLatch release) {
        CountDownLatch started = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            pool.execute(() -> {
                seen.add(Thread.currentThread());
                started.countDown();
                awaitQuietly(release);
            });
        }
        return started;
    }

    @Test
    void growsToItsCapForTasksThatBlockAndNoFurther() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        assertThat(block(CAP, release).await(20, TimeUnit.SECONDS)).isTrue();
        CountDownLatch above = block(1, release);
        assertThat(pool.threadCount()).isEqualTo(CAP);
        assertThat(above.getCount()).isEqualTo(1);
        release.countDown();
        assertThat(above.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void afterTasksThatBlockedAllThreadsGoThatAreNotNeeded() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        assertThat(block(10, release).await(20, TimeUnit.SECONDS)).isTrue();
        release.countDown();
        for (Thread thread : seen) {
            thread.join();
        }
        assertThat(seen).hasSize(10);
        // And it still works.
        assertThat(block(1, release).await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void manyShortTasksShareTheFirstThreads() throws Exception {
        // A thread may be taken off its core for longer than the limit waits, so this one never takes it for gone.
        CarrierLimit patient = new CarrierLimit(2, CAP) {
            @Override
            boolean mayGrow(Collection<? extends Carrier> running, int carriers, long waitedNanos, long nowNanos) {
                return false;
            }
        };
        LaneCarriers shared = new LaneCarriers("shared-test", patient, SHORT_IDLE_NANOS, (where, error) -> {});
        CountDownLatch done = new CountDownLatch(20_000);
        for (int i = 0; i < 20_000; i++) {
            shared.execute(() -> {
                seen.add(Thread.currentThread());
                done.countDown();
            });
        }
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(shared.threadCount()).isLessThanOrEqualTo(3);
        assertThat(seen).hasSizeLessThanOrEqualTo(2);
        shared.close();
        assertThat(shared.awaitEnd(System.nanoTime() + 10_000_000_000L)).isTrue();
    }

    @Test
    void throwingAndInterruptedTasksEndNoThread() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            pool.execute(() -> {
                Thread.currentThread().interrupt();
                throw new IllegalStateException();
            });
        }
        pool.execute(ran::countDown);
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        pool.close();
        assertThat(pool.awaitEnd(System.nanoTime() + 10_000_000_000L)).isTrue();
        assertThat(errors).hasValue(20);
        assertThat(pool.threadCount()).isZero();
    }

    @Test
    void closeRunsWhatWaits() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        assertThat(block(CAP, release).await(20, TimeUnit.SECONDS)).isTrue();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            pool.execute(ran::incrementAndGet);
        }
        pool.close();
        release.countDown();
        assertThat(pool.awaitEnd(System.nanoTime() + 10_000_000_000L)).isTrue();
        assertThat(ran).hasValue(100);
    }
}
