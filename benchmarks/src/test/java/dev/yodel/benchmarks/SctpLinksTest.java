package dev.yodel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import org.junit.jupiter.api.Test;

/** The figures of {@link SctpLinks}, in small: handshake and slow start weigh more here. */
class SctpLinksTest {
    private static final long SLOW = 100_000_000;

    @Test
    void aLinkWithoutLossIsFilled() {
        for (int roundTripMillis : new int[] {10, 50, 100, 200}) {
            assertThat(SctpLinks.share(SLOW, roundTripMillis, 0, 25, 1, 1, false))
                    .as("%s ms", roundTripMillis)
                    .isGreaterThan(0.8);
        }
        assertThat(SctpLinks.share(1_000_000_000, 50, 0, 6, 1, 1, false)).isGreaterThan(0.8);
    }

    @Test
    void withLossItIsNotBelowTcp() {
        for (double loss : new double[] {0.001, 0.01}) {
            for (int roundTripMillis : new int[] {20, 50, 100}) {
                int seconds = loss > 0.001 ? 60 : 20;
                double ours = SctpLinks.share(SLOW, roundTripMillis, loss, seconds, 1, 2, false);
                double tcp = SctpLinks.share(SLOW, roundTripMillis, loss, seconds, 1, 2, true);
                // Few losses in little time: a tenth is chance.
                assertThat(ours)
                        .as("%s ms, loss %s, TCP %s", roundTripMillis, loss, tcp)
                        .isGreaterThan(0.9 * tcp);
            }
        }
    }

    @Test
    void flowsShareALink() {
        for (String kinds : new String[] {"YY", "YYYY", "YT", "TY"}) {
            double[][] bytes = LinkFairness.bytes(SLOW, 20, kinds, Time.SECOND, 6, 1);
            double[] shares = LinkFairness.sum(bytes, 3, 6);
            assertThat(LinkFairness.jain(shares)).as("%s: %s", kinds, shares).isGreaterThan(0.9);
        }
    }
}
