package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Limits per network address. */
class AddressLimitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final RoomLimits LIMITS = new RoomLimits(10, 10, 5, 2, 4, 1_000_000);

    @Test
    void anAddressHasSoManyConnectionsAtATime() {
        AddressLimits limits = new AddressLimits(LIMITS);
        for (int i = 0; i < 5; i++) {
            assertThat(limits.enter("10.0.0.1", i * SECOND)).isTrue();
        }
        assertThat(limits.enter("10.0.0.1", 60 * SECOND)).isFalse();
        assertThat(limits.enter("10.0.0.2", 60 * SECOND)).isTrue();
        limits.leave("10.0.0.1", 61 * SECOND);
        assertThat(limits.enter("10.0.0.1", 61 * SECOND)).isTrue();
    }

    /** Ten thousand attempts in a second: the burst, and two for the second, come through. */
    @Test
    void aFloodOfAttemptsIsRefused() {
        AddressLimits limits = new AddressLimits(LIMITS);
        int let = 0;
        for (int i = 0; i < 10_000; i++) {
            long now = i * (SECOND / 10_000);
            if (limits.enter("10.0.0.1", now)) {
                let++;
                limits.leave("10.0.0.1", now);
            }
        }
        assertThat(let).isBetween(8, 10);
    }

    /** A million addresses do not fill the memory, and those who are in stay counted. */
    @Test
    void manyAddressesAreForgotten() {
        AddressLimits limits = new AddressLimits(LIMITS);
        assertThat(limits.enter("10.0.0.1", 0)).isTrue();
        for (int i = 0; i < 3 * AddressLimits.MAX_ADDRESSES; i++) {
            long now = i * SECOND / 1_000;
            if (limits.enter("a" + i, now)) {
                limits.leave("a" + i, now);
            }
        }
        assertThat(limits.addresses()).isLessThanOrEqualTo(AddressLimits.MAX_ADDRESSES);
        limits.leave("10.0.0.1", 200 * SECOND);
        assertThat(limits.enter("late", 200 * SECOND)).isTrue();
    }
}
