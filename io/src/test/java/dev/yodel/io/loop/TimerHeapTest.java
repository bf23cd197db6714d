package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
    @Test
    void equalDeadlinesComeInTheOrderTheyWereSet() {
        TimerHeap heap = new TimerHeap(() -> {});
        List<TimerHeap.Entry> set = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            TimerHeap.Entry entry = heap.newTimer(() -> {});
            entry.set(7);
            set.add(entry);
        }
        assertThat(heap.pollDue(6)).isNull();
        for (TimerHeap.Entry entry : set) {
            assertThat(heap.pollDue(7)).isSameAs(entry);
        }
        assertThat(heap.nextDeadline()).isEqualTo(Time.NEVER);
    }

    @Test
    void randomMovesAgreeWithASearch() {
        for (int seed = 0; seed < 25; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TimerHeap heap = new TimerHeap(() -> {});
            TimerHeap.Entry[] timers = new TimerHeap.Entry[100];
            long[] deadlines = new long[timers.length];
            for (int i = 0; i < timers.length; i++) {
                timers[i] = heap.newTimer(() -> {});
                deadlines[i] = Time.NEVER;
            }
            for (int step = 0; step < 5_000; step++) {
                int at = random.nextInt(timers.length);
                if (random.nextInt(4) == 0) {
                    TimerHeap.Entry due = heap.pollDue(step);
                    long earliest = Time.NEVER;
                    for (long deadline : deadlines) {
                        earliest = Math.min(earliest, deadline);
                    }
                    assertThat(due != null).as("seed %d", seed).isEqualTo(earliest <= step);
                    for (int i = 0; i < timers.length; i++) {
                        if (timers[i] == due) {
                            assertThat(deadlines[i]).isEqualTo(earliest);
                            deadlines[i] = Time.NEVER;
                        }
                    }
                } else {
                    long deadline = random.nextInt(5) == 0 ? Time.NEVER : step + random.nextInt(200);
                    timers[at].set(deadline);
                    deadlines[at] = deadline;
                }
                long earliest = Time.NEVER;
                for (long deadline : deadlines) {
                    earliest = Math.min(earliest, deadline);
                }
                assertThat(heap.nextDeadline()).as("seed %d", seed).isEqualTo(earliest);
            }
        }
    }

    @Test
    void closedTimersCountNoMore() {
        TimerHeap heap = new TimerHeap(() -> {});
        TimerHeap.Entry timer = heap.newTimer(() -> {});
        timer.set(1);
        assertThat(heap.open()).isEqualTo(1);
        timer.close();
        timer.close();
        assertThat(heap.open()).isZero();
        assertThat(heap.size()).isZero();
        assertThatThrownBy(() -> timer.set(5)).isInstanceOf(IllegalStateException.class);
    }
}
