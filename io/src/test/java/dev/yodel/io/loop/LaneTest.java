package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class LaneTest {
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();
    private final Diagnostics diagnostics = new Diagnostics() {
        @Override
        public void onError(String where, Throwable error) {
            reports.add(error.getMessage());
        }

        @Override
        public void onLaneBlocked(String task, long blockedNanos) {
            reports.add(task);
        }
    };
    private LanePool pool = new LanePool("lane-test", false, diagnostics);

    @AfterEach
    void stop() {
        pool.interrupt();
    }

    private void finish(Lane... lanes) throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(lanes.length);
        for (Lane lane : lanes) {
            lane.execute(latch::countDown);
        }
        assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tasksOfManyThreadsRunOneAtATimeAndInOrder(boolean virtual) throws Exception {
        pool = new LanePool("lane-test", virtual, diagnostics);
        assertThat(pool.isVirtual()).isEqualTo(virtual && Runtime.version().feature() >= 21);
        Lane lane = pool.newLane();
        int producers = 4;
        int each = 2_000;
        List<int[]> ran = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    // Not synchronised: the lane is what makes this safe.
                    lane.execute(() -> ran.add(new int[] {producer, number}));
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        finish(lane);
        assertThat(ran).hasSize(producers * each);
        int[] next = new int[producers];
        for (int[] entry : ran) {
            assertThat(entry[1]).isEqualTo(next[entry[0]]++);
        }
    }

    @Test
    void aBlockedLaneHarmsNoOther() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<Lane> blocked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Lane lane = pool.newLane();
            lane.execute(() -> awaitQuietly(release));
            blocked.add(lane);
        }
        finish(pool.newLane(), pool.newLane());
        release.countDown();
        finish(blocked.toArray(Lane[]::new));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aLaneThatAlwaysHasWorkGivesOthersTheirTurn() throws Exception {
        ExecutorService oneThread = Executors.newSingleThreadExecutor();
        Set<SerialLane> running = ConcurrentHashMap.newKeySet();
        SerialLane busy = new SerialLane(oneThread, running, diagnostics);
        SerialLane other = new SerialLane(oneThread, running, diagnostics);
        AtomicBoolean enough = new AtomicBoolean();
        busy.execute(new Runnable() {
            @Override
            public void run() {
                if (!enough.get()) {
                    busy.execute(this);
                }
            }
        });
        finish(other);
        enough.set(true);
        finish(busy);
        oneThread.shutdown();
        assertThat(oneThread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(running).isEmpty();
    }

    @Test
    void F30_aThrowingTaskIsReportedAndTheLaneGoesOn() throws Exception {
        Lane lane = pool.newLane();
        lane.execute(() -> {
            throw new IllegalStateException("first");
        });
        lane.execute(() -> {
            throw new StackOverflowError("second");
        });
        finish(lane);
        assertThat(reports).containsExactly("first", "second");
    }

    @Test
    void F30_aLaneBlockedForFiveSecondsIsReportedOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        Lane lane = pool.newLane();
        lane.execute(new Runnable() {
            @Override
            public void run() {
                started.countDown();
                awaitQuietly(release);
            }

            @Override
            public String toString() {
                return "onMessage listener";
            }
        });
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        long fiveLater = System.nanoTime() + LoopWatchdog.LANE_LIMIT_NANOS;
        pool.checkBlocked(fiveLater - LoopWatchdog.LANE_LIMIT_NANOS, LoopWatchdog.LANE_LIMIT_NANOS);
        assertThat(reports).isEmpty();
        pool.checkBlocked(fiveLater, LoopWatchdog.LANE_LIMIT_NANOS);
        pool.checkBlocked(fiveLater, LoopWatchdog.LANE_LIMIT_NANOS);
        assertThat(reports).hasSize(1);
        assertThat(reports.peek()).startsWith("onMessage listener").contains("SerialLane.runTask");
        release.countDown();
        finish(lane);
    }

    @Test
    void aLaneKnowsItsOwnTasks() throws Exception {
        Lane lane = pool.newLane();
        Lane other = pool.newLane();
        BlockingQueue<Boolean> answers = new LinkedBlockingQueue<>();
        assertThat(lane.inLane()).isFalse();
        lane.execute(() -> {
            answers.add(lane.inLane());
            answers.add(other.inLane());
        });
        assertThat(answers.poll(10, TimeUnit.SECONDS)).isTrue();
        assertThat(answers.poll(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void afterCloseRunningLanesFinishAndIdleOnesRefuse() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        Lane busy = pool.newLane();
        Lane idle = pool.newLane();
        busy.execute(() -> {
            started.countDown();
            awaitQuietly(release);
        });
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        pool.close();
        busy.execute(late::countDown);
        assertThatThrownBy(() -> idle.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        release.countDown();
        assertThat(pool.awaitEnd(System.nanoTime() + 10_000_000_000L)).isTrue();
        assertThat(late.getCount()).isZero();
    }
}
