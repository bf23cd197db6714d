package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class CommandQueueTest {
    private final CommandQueue queue = new CommandQueue();

    @Test
    void aBurstCostsOneWakeUp() {
        assertThat(queue.offer(() -> {})).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(queue.offer(() -> {})).isFalse();
        }
        queue.takeBatch();
        assertThat(queue.isPending()).isFalse();
        assertThat(queue.offer(() -> {})).isTrue();
        int taken = 0;
        while (queue.poll() != null) {
            taken++;
        }
        assertThat(taken).isEqualTo(101);
        queue.takeBatch();
        assertThat(queue.poll()).isNotNull();
    }

    @Test
    void closedItRefusesButGivesWhatWaits() {
        queue.offer(() -> {});
        queue.close();
        assertThatThrownBy(() -> queue.offer(() -> {})).isInstanceOf(RejectedExecutionException.class);
        queue.takeBatch();
        assertThat(queue.poll()).isNotNull();
        assertThat(queue.poll()).isNull();
    }
}
