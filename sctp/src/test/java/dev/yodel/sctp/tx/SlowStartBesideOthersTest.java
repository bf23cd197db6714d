package dev.yodel.sctp.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/**
 * With what share of a path that others fill does a window leave slow start? Others hold what they have, and a packet takes
 * as long as all that was under way when it was sent.
 */
class SlowStartBesideOthersTest {
    private static final int PACKET_BYTES = 1_200;
    private static final long EMPTY_NANOS = 200 * Time.MILLISECOND;
    /** What fills 100 Mbit/s without a queue. */
    private static final double PATH_BYTES = 100e6 / 8 * EMPTY_NANOS / Time.SECOND;

    private static final int MOST_PACKETS = 1_000_000;

    /** The window in which slow start ends, as a share of what fills the path. */
    private static double windowAfterSlowStart(double othersBytes) {
        CubicControl control = new CubicControl(PACKET_BYTES);
        Queue<Long> windowsWhenSent = new ArrayDeque<>();
        long now = 0;
        long sent = 0;
        for (int acknowledged = 0; control.isSlowStart(); acknowledged++) {
            assertThat(acknowledged).as("packets beside %s bytes", othersBytes).isLessThan(MOST_PACKETS);
            while (windowsWhenSent.isEmpty() || (windowsWhenSent.size() + 1L) * PACKET_BYTES <= control.windowBytes()) {
                windowsWhenSent.add(control.windowBytes());
                sent++;
            }
            double underWay = windowsWhenSent.remove() + othersBytes;
            long roundTrip = (long) (EMPTY_NANOS * Math.max(1, underWay / PATH_BYTES));
            now += roundTrip / (windowsWhenSent.size() + 1);
            control.measured(roundTrip, acknowledged + 1, sent);
            control.acknowledged(PACKET_BYTES, true, roundTrip, now);
        }
        return control.windowBytes() / PATH_BYTES;
    }

    @Test
    void aloneItGoesOnUntilThePathIsFull() {
        assertThat(windowAfterSlowStart(0)).isBetween(1.0, 2.0);
    }

    /** Who comes later does not stay at three tenths for the half minute until the first loss. */
    @Test
    void besideOthersItGoesOnToFourTenths() {
        for (int tenths = 6; tenths <= 20; tenths++) {
            double others = tenths / 10.0;
            double window = windowAfterSlowStart(others * PATH_BYTES);
            assertThat(window / (window + others))
                    .as("beside %s of what fills the path", others)
                    .isBetween(0.4, 0.6);
        }
    }
}
