package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WaitingPacketsTest {
    @Test
    void randomStepsAgreeWithADeque() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            WaitingPackets waiting = new WaitingPackets();
            ArrayDeque<TransmitQueue.Buffer> deque = new ArrayDeque<>();
            for (int step = 0; step < 500; step++) {
                // Long rises and long falls, so that it grows and gets empty.
                if (random.nextInt(10) < (step / 60 % 2 == 0 ? 7 : 3)) {
                    TransmitQueue.Buffer buffer = new TransmitQueue.Buffer();
                    waiting.add(buffer);
                    deque.addLast(buffer);
                } else {
                    assertThat(waiting.poll()).as("seed %d", seed).isSameAs(deque.pollFirst());
                }
                assertThat(waiting.size()).as("seed %d", seed).isEqualTo(deque.size());
            }
        }
    }

    @Test
    void aBurstThatHasLeftIsNotKept() {
        WaitingPackets waiting = new WaitingPackets();
        for (int i = 0; i < TransmitQueue.MAX_WAITING; i++) {
            waiting.add(new TransmitQueue.Buffer());
        }
        assertThat(waiting.references()).isEqualTo(TransmitQueue.MAX_WAITING);
        for (int i = 0; i < TransmitQueue.MAX_WAITING; i++) {
            assertThat(waiting.poll()).isNotNull();
        }
        assertThat(waiting.poll()).isNull();
        assertThat(waiting.references()).isEqualTo(WaitingPackets.MOST_KEPT);
    }
}
