package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ElasticPoolTest {
    private final AtomicInteger errors = new AtomicInteger();
    private final ElasticPool pool = new ElasticPool("pool-test", 8, 0, (where, error) -> errors.incrementAndGet());

    @AfterEach
    void stop() {
        pool.interrupt();
    }

    @Test
    void growsToItsCapAndRunsEverything() throws Exception {
        CountDownLatch together = new CountDownLatch(8);
        CountDownLatch done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            pool.execute(() -> {
                together.countDown();
                awaitQuietly(together);
                done.countDown();
            });
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.threadCount()).isEqualTo(8);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anIdleThreadIsUsedBeforeANewOne() throws Exception {
        for (int i = 0; i < 50; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            pool.execute(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            while (pool.idleCount() == 0) {
                Thread.onSpinWait();
            }
        }
        assertThat(pool.threadCount()).isEqualTo(1);
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
}
