package dev.yodel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SequenceUnwrapperTest {
    @Test
    void wrapsForwardAndBackward() {
        SequenceUnwrapper unwrapper = SequenceUnwrapper.of16Bits();
        assertThat(unwrapper.unwrap(65_534)).isEqualTo(65_534);
        assertThat(unwrapper.unwrap(1)).isEqualTo(65_537);
        assertThat(unwrapper.unwrap(65_535)).isEqualTo(65_535);
        assertThat(unwrapper.unwrap(2)).isEqualTo(65_538);
        assertThat(unwrapper.highest()).isEqualTo(65_538);
    }

    @Test
    void peekRemembersNothing() {
        SequenceUnwrapper unwrapper = SequenceUnwrapper.of32Bits();
        assertThatThrownBy(unwrapper::highest).isInstanceOf(IllegalStateException.class);
        assertThat(unwrapper.peek(-1)).isEqualTo(0xffffffffL);
        assertThat(unwrapper.isStarted()).isFalse();
        unwrapper.unwrap(0xffffffffL);
        assertThat(unwrapper.peek(5)).isEqualTo(0x1_0000_0005L);
        assertThat(unwrapper.unwrap(0)).isEqualTo(0x1_0000_0000L);
        unwrapper.reset();
        assertThat(unwrapper.unwrap(7)).isEqualTo(7);
    }

    @Test
    void followsACounterThroughManyWrapsWithReordering() {
        for (int seed = 0; seed < 25; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SequenceUnwrapper small = SequenceUnwrapper.of16Bits();
            SequenceUnwrapper large = SequenceUnwrapper.of32Bits();
            long start = random.nextLong(0x1_0000L);
            long offset = 0xfff0_0000L;
            small.unwrap(start);
            large.unwrap(start + offset);
            long front = start;
            for (int i = 0; i < 20_000; i++) {
                front += random.nextInt(100);
                long number = Math.max(start, front - random.nextInt(30_000));
                assertThat(small.unwrap(number & 0xffff)).as("seed %d", seed).isEqualTo(number);
                assertThat(large.unwrap((number + offset) & 0xffffffffL)).isEqualTo(number + offset);
                small.unwrap(front & 0xffff);
                large.unwrap(front + offset);
            }
        }
    }
}
