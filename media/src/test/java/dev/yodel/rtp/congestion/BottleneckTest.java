package dev.yodel.rtp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.rtp.congestion.Bottleneck.Flow;
import dev.yodel.rtp.congestion.Bottleneck.Link;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The estimator against a link with one queue: what it uses, how soon it follows, how long the queue gets. */
final class BottleneckTest {
    private static final long STEP = Time.MILLISECOND;

    @Test
    void usesLinksThatLoseAtRandom() {
        for (double loss : new double[] {0.02, 0.1}) {
            for (long bps : new long[] {1_000_000, 3_000_000}) {
                for (int seed = 0; seed < 3; seed++) {
                    Link link = new Link(seed, bps, 25 * Time.MILLISECOND, loss);
                    Flow flow = new Flow(link, 0);
                    Bottleneck.run(link, List.of(flow), Bottleneck.second(0), Bottleneck.second(20));
                    long before = flow.received;
                    link.delays.clear();
                    Bottleneck.run(link, List.of(flow), Bottleneck.second(20), Bottleneck.second(60));
                    double used = (flow.received - before) * 8.0 / 40 / (bps * (1 - loss));
                    String what = String.format(
                            "loss %.2f, %d kbit/s, seed %d: %.2f used, queue p95 %d ms",
                            loss, bps / 1000, seed, used, Bottleneck.percentile(link.delays, 0.95) / Time.MILLISECOND);
                    System.out.println(what);
                    assertThat(used).as(what).isGreaterThan(0.7);
                }
            }
        }
    }

    /** A forwarder of a small layer would send a large one as soon as it knew that there is room. */
    @Test
    void findsTheRoomThatIsWantedWhileLittleIsSent() {
        for (int seed = 0; seed < 5; seed++) {
            // At first there is room for half of what is wanted, which is the worst place to stop.
            Link link = new Link(seed, 900_000, 25 * Time.MILLISECOND, 0);
            Flow flow = new Flow(link, 0);
            flow.encoderBps = 400_000;
            flow.estimator.demand(2_000_000, true);
            List<Flow> flows = List.of(flow);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(20));
            assertThat(flow.estimator.targetBps()).as("seed %d", seed).isBetween(400_000L, 1_000_000L);
            link.bps = 20_000_000;
            link.delays.clear();
            Bottleneck.run(link, flows, Bottleneck.second(20), Bottleneck.second(40));
            assertThat(flow.estimator.targetBps()).as("seed %d", seed).isBetween(1_900_000L, 2_000_000L);
            assertThat(Bottleneck.percentile(link.delays, 0.99))
                    .as("seed %d", seed)
                    .isLessThan(30 * Time.MILLISECOND);
        }
    }

    /** A radio link stands still for a moment: what arrives then is no measure of the capacity of who sends little. */
    @Test
    void aPauseOfTheLinkCostsNoSecondsWhereLittleIsSent() {
        for (int seed = 0; seed < 5; seed++) {
            Link link = new Link(seed, 10_000_000, 25 * Time.MILLISECOND, 0);
            Flow flow = new Flow(link, 0);
            flow.encoderBps = 150_000;
            flow.estimator.demand(2_000_000, true);
            List<Flow> flows = List.of(flow);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(10));
            assertThat(flow.estimator.targetBps()).as("seed %d", seed).isBetween(1_900_000L, 2_000_000L);
            long now = Bottleneck.second(10);
            for (int pause = 0; pause < 4; pause++) {
                link.bps = 60_000;
                Bottleneck.run(link, flows, now, now + 300 * Time.MILLISECOND);
                link.bps = 10_000_000;
                Bottleneck.run(link, flows, now + 300 * Time.MILLISECOND, now + 400 * Time.MILLISECOND);
                now += 400 * Time.MILLISECOND;
            }
            assertThat(flow.estimator.targetBps()).as("seed %d", seed).isLessThan(400_000);
            Bottleneck.run(link, flows, now, now + 2 * Time.SECOND);
            assertThat(flow.estimator.targetBps()).as("seed %d", seed).isBetween(1_600_000L, 2_000_000L);
        }
    }

    /**
     * RFC 8888 tells arrivals to a millisecond, transport-wide feedback to a quarter of one: both lead to the same
     * target.
     */
    @Test
    void bothKindsOfFeedbackLeadToTheSameEstimate() {
        for (int seed = 0; seed < 3; seed++) {
            double[][] used = new double[2][3];
            for (int kind = 0; kind < 2; kind++) {
                Link link = new Link(seed, 3_000_000, 25 * Time.MILLISECOND, 0.01);
                Flow flow = new Flow(link, 0);
                flow.byStream = kind == 1;
                List<Flow> flows = List.of(flow);
                long[] rates = {3_000_000, 500_000, 3_000_000};
                for (int i = 0; i < 3; i++) {
                    link.bps = rates[i];
                    Bottleneck.run(link, flows, Bottleneck.second(40 * i), Bottleneck.second(40 * i + 20));
                    long before = flow.received;
                    Bottleneck.run(link, flows, Bottleneck.second(40 * i + 20), Bottleneck.second(40 * i + 40));
                    used[kind][i] = (flow.received - before) * 8.0 / 20 / rates[i];
                }
            }
            String what = String.format(
                    "seed %d: transport-wide %.2f, %.2f, %.2f of 3, 0.5, 3 Mbit/s; by stream %.2f, %.2f, %.2f",
                    seed, used[0][0], used[0][1], used[0][2], used[1][0], used[1][1], used[1][2]);
            System.out.println(what);
            for (int i = 0; i < 3; i++) {
                assertThat(used[1][i]).as(what).isBetween(used[0][i] - 0.1, used[0][i] + 0.1);
            }
        }
    }

    @Test
    void twoFlowsShare() {
        for (int seed = 0; seed < 3; seed++) {
            Link link = new Link(seed, 3_000_000, 25 * Time.MILLISECOND, 0);
            Flow one = new Flow(link, 0);
            Flow two = new Flow(link, 1);
            List<Flow> flows = List.of(one, two);
            for (long now = Bottleneck.second(0); now < Bottleneck.second(10); now += STEP) {
                Bottleneck.run(link, List.of(one), now, now + STEP);
            }
            Bottleneck.run(link, flows, Bottleneck.second(10), Bottleneck.second(40));
            long firstBefore = one.received;
            long secondBefore = two.received;
            Bottleneck.run(link, flows, Bottleneck.second(40), Bottleneck.second(100));
            double first = one.received - firstBefore;
            double second = two.received - secondBefore;
            double jain = (first + second) * (first + second) / (2 * (first * first + second * second));
            String what = String.format(
                    "seed %d: %.0f and %.0f kbit/s, Jain %.3f", seed, first * 8 / 60e3, second * 8 / 60e3, jain);
            System.out.println(what);
            assertThat(jain).as(what).isGreaterThan(0.9);
        }
    }
}
