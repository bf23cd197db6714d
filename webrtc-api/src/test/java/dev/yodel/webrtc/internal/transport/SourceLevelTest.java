package dev.yodel.webrtc.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.yodel.media.audio.PcmFrame;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The sums of webrtc-stats 8.5. */
class SourceLevelTest {
    @Test
    void halfOfFullScaleForTwoTenthsOfASecond() {
        SourceLevel level = new SourceLevel();
        short[] samples = new short[4_800];
        Arrays.fill(samples, (short) 16_384);
        level.handleFrame(new PcmFrame(samples, 48_000, 1));
        level.handleFrame(new PcmFrame(samples, 48_000, 1));
        assertThat(level.snapshot().level()).isCloseTo(0.5, within(1e-9));
        assertThat(level.snapshot().seconds()).isCloseTo(0.2, within(1e-9));
        assertThat(level.snapshot().energy()).isCloseTo(0.05, within(1e-9));
    }

    @Test
    void silenceHasADurationAndNoEnergy() {
        SourceLevel level = new SourceLevel();
        level.handleFrame(new PcmFrame(new short[960], 48_000, 2));
        assertThat(level.snapshot()).isEqualTo(new SourceLevel.Snapshot(0, 0, 0.01));
    }
}
