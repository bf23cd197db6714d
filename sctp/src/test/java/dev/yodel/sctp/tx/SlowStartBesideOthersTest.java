package dev.yodel.sctp.tx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import org.junit.jupiter.api.Test;

/** With which share of a path that others fill does a window leave slow start? A path of fluids, round by round. */
class SlowStartBesideOthersTest {
    private static final int PACKET_BYTES = 1_200;
    private static final long EMPTY_NANOS = 200 * Time.MILLISECOND;
    /** What fills the path without a queue: 100 Mbit/s. */
    private static final double PATH_BYTES = 100e6 / 8 * EMPTY_NANOS / Time.SECOND;

    private static final int MOST_ROUNDS = 400;

    private final CubicControl control = new CubicControl(PACKET_BYTES);
    private long now;
    private long tsn = 1;

    /** One round trip: all of the window is acknowledged, each packet after what the path and its queue take. */
    private void round(double othersBytes) {
        long packets = control.windowBytes() / PACKET_BYTES;
        for (long i = 0; i < packets && control.isSlowStart(); i++) {
            double underWay = control.windowBytes() + othersBytes;
            long roundTrip = (long) (EMPTY_NANOS * Math.max(1, underWay / PATH_BYTES));
            now += roundTrip / packets;
            tsn++;
            control.measured(roundTrip, tsn, tsn + control.windowBytes() / PACKET_BYTES);
            control.acknowledged(PACKET_BYTES, true, roundTrip, now);
        }
    }

    /** Our share of all that is under way when slow start is over. */
    private double shareAfterSlowStart(double othersBytes) {
        int rounds = 0;
        while (control.isSlowStart()) {
            assertThat(rounds++).as("rounds beside %s bytes", othersBytes).isLessThan(MOST_ROUNDS);
            round(othersBytes);
        }
        return control.windowBytes() / (control.windowBytes() + othersBytes);
    }

    @Test
    void aloneItEndsWhereThePathIsFull() {
        shareAfterSlowStart(0);
        assertThat((double) control.windowBytes()).isBetween(0.8 * PATH_BYTES, 1.3 * PATH_BYTES);
    }

    /** Flow after flow that came before fills the path and its queue: who comes later does not stay at three tenths. */
    @Test
    void besideOthersItGoesOnToTwoFifths() {
        for (double others = 0.6; others < 2; others += 0.1) {
            SlowStartBesideOthersTest path = new SlowStartBesideOthersTest();
            double share = path.shareAfterSlowStart(others * PATH_BYTES);
            System.out.printf("%.1f %.3f%n", others, share);
            assertThat(share).as("beside %s of the path", others).isBetween(0.37, 0.75);
        }
    }
}
