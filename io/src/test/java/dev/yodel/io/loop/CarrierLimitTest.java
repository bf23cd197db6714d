package dev.yodel.io.loop;

import static dev.yodel.io.loop.CarrierLimit.BLOCKED_NANOS;
import static dev.yodel.io.loop.CarrierLimit.BUSY_NANOS;
import static dev.yodel.io.loop.CarrierLimit.PATIENCE_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CarrierLimitTest {
    private static final long NOW = 1_000_000_000L;

    private final CarrierLimit limit = new CarrierLimit(2, 4);

    private record Running(long heldNanos, boolean isWaiting) implements CarrierLimit.Carrier {
        @Override
        public long sinceNanos() {
            return NOW - heldNanos;
        }
    }

    private static Running computing(long heldNanos) {
        return new Running(heldNanos, false);
    }

    private static Running waiting(long heldNanos) {
        return new Running(heldNanos, true);
    }

    private boolean mayGrow(Running... running) {
        return limit.mayGrow(List.of(running), running.length, PATIENCE_NANOS, NOW);
    }

    @Test
    void asManyAsCoresStartAtOnce() {
        assertThat(limit.mayStart(0)).isTrue();
        assertThat(limit.mayStart(1)).isTrue();
        assertThat(limit.mayStart(2)).isFalse();
    }

    @Test
    void lanesThatOnlyComputeShareTheCores() {
        assertThat(mayGrow(computing(0), computing(BUSY_NANOS - 1))).isFalse();
        assertThat(mayGrow(computing(0), waiting(BLOCKED_NANOS - 1))).isFalse();
    }

    @Test
    void aTaskThatWaitsMakesRoomForAnother() {
        assertThat(mayGrow(computing(0), waiting(BLOCKED_NANOS))).isTrue();
        assertThat(mayGrow(computing(0), computing(0), waiting(BLOCKED_NANOS))).isFalse();
        assertThat(mayGrow(computing(0), waiting(BUSY_NANOS), waiting(BLOCKED_NANOS)))
                .isTrue();
    }

    @Test
    void aTaskThatDoesNotComeBackMakesRoomForAnother() {
        assertThat(mayGrow(computing(0), computing(BUSY_NANOS))).isTrue();
    }

    @Test
    void nobodyIsHelpedBeforeHavingWaited() {
        List<Running> blocked = List.of(waiting(BUSY_NANOS), waiting(BUSY_NANOS));
        assertThat(limit.mayGrow(blocked, 2, PATIENCE_NANOS - 1, NOW)).isFalse();
        assertThat(limit.mayGrow(blocked, 2, PATIENCE_NANOS, NOW)).isTrue();
    }

    @Test
    void theCapHolds() {
        Running blocked = waiting(BUSY_NANOS);
        assertThat(mayGrow(blocked, blocked, blocked)).isTrue();
        assertThat(mayGrow(blocked, blocked, blocked, blocked)).isFalse();
        assertThat(limit.isReached(4)).isTrue();
        assertThat(new CarrierLimit(8, 4).isReached(4)).isFalse();
    }
}
