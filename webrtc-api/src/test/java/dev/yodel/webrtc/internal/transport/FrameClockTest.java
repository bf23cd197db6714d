package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import org.junit.jupiter.api.Test;

final class FrameClockTest {
    private static final long FRAME = 20 * Time.MILLISECOND;
    private final FrameClock clock = new FrameClock();

    private long next(long now) {
        return clock.next(EncodedFrame.ofDuration(new byte[1], FRAME), 48_000, now);
    }

    @Test
    void framesFollowEachOtherWhateverTheirJitter() {
        assertThat(next(0)).isZero();
        assertThat(clock.resumed()).isTrue();
        assertThat(next(5 * Time.MILLISECOND)).isEqualTo(960);
        assertThat(clock.resumed()).isFalse();
        assertThat(next(100 * Time.MILLISECOND)).isEqualTo(1_920);
    }

    @Test
    void aPauseMovesTheClockOn() {
        assertThat(next(0)).isZero();
        assertThat(next(Time.SECOND)).isEqualTo(48_000);
        assertThat(clock.resumed()).isTrue();
        assertThat(next(Time.SECOND + FRAME)).isEqualTo(48_960);
        assertThat(clock.resumed()).isFalse();
    }

    @Test
    void F32_aYearOfFramesNeitherDriftsNorOverflows() {
        long frames = 365L * 24 * 3600 * 50;
        long now = 0;
        assertThat(next(now)).isZero();
        // One frame of a year less 20 ms stands for all frames between.
        clock.next(EncodedFrame.ofDuration(new byte[1], (frames - 1) * FRAME), 48_000, FRAME);
        now = frames * FRAME;
        assertThat(next(now)).isEqualTo(frames * 960);
    }

    @Test
    void givenTimestampsAreKept() {
        assertThat(clock.next(EncodedFrame.ofTimestamp(new byte[1], 4_294_967_295L), 48_000, 0))
                .isEqualTo(4_294_967_295L);
        assertThat(clock.resumed()).isTrue();
        assertThat(clock.next(EncodedFrame.ofTimestamp(new byte[1], 12), 48_000, 0))
                .isEqualTo(12);
        assertThat(clock.resumed()).isFalse();
    }
}
