package dev.yodel.rtp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.rtp.congestion.Bottleneck.Flow;
import dev.yodel.rtp.congestion.Bottleneck.Link;
import dev.yodel.rtp.congestion.Bottleneck.TcpLikeFlow;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The links and bounds of the scenarios that libwebrtc publishes for its estimator
 * (goog_cc_network_control_unittest.cc, 2026-07), run with ours. Their senders are simulated encoders, ours always
 * has what it may send. Not among them: those of field trials, and the one without feedback, where ours goes on
 * through losses at random on purpose.
 */
final class PublishedScenariosTest {
    private static final int SEEDS = 5;

    private static BandwidthEstimator estimator(long startBps, long minBps, long maxBps) {
        return new BandwidthEstimator(startBps, minBps, maxBps);
    }

    private static long kbps(Flow flow) {
        return flow.estimator.targetBps() / 1000;
    }

    /** UpdatesTargetRateBasedOnLinkCapacity: 450 +- 100, 750 +- 150 and 90 +- 25 kbit/s. */
    @Test
    void theTargetFollowsTheLink() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = new Link(seed, 500_000, 100 * Time.MILLISECOND, 0);
            Flow flow = new Flow(link, 0, estimator(300_000, 10_000, 1_500_000));
            List<Flow> flows = List.of(flow);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(25));
            long first = kbps(flow);
            link.bps = 800_000;
            Bottleneck.run(link, flows, Bottleneck.second(25), Bottleneck.second(45));
            long second = kbps(flow);
            link.bps = 100_000;
            link.propagation = 200 * Time.MILLISECOND;
            Bottleneck.run(link, flows, Bottleneck.second(45), Bottleneck.second(95));
            long third = kbps(flow);
            System.out.printf(
                    Locale.ROOT, "seed %d: 500, 800, 100 kbit/s: target %d, %d, %d%n", seed, first, second, third);
            assertThat(first).isBetween(350L, 550L);
            assertThat(second).isBetween(600L, 900L);
            assertThat(third).isBetween(65L, 115L);
        }
    }

    /** LossBasedControlDoesModestBackoffToHighLoss: more than 100 kbit/s. */
    @Test
    void aTenthLostAtRandomDoesNotEndTheFlow() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = new Link(seed, 2_000_000, 200 * Time.MILLISECOND, 0.1);
            Flow flow = new Flow(link, 0, estimator(300_000, 10_000, 1_500_000));
            Bottleneck.run(link, List.of(flow), Bottleneck.second(0), Bottleneck.second(120));
            System.out.printf(Locale.ROOT, "seed %d: 2 Mbit/s, 10 %% lost: target %d%n", seed, kbps(flow));
            assertThat(kbps(flow)).isGreaterThan(100);
        }
    }

    /** FastRampupOnRembCapLifted: more than 1,500, then 250, then more than 1,500 kbit/s. */
    @Test
    void aBoundOfTheReceiverIsKeptAndForgotten() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = new Link(seed, 2_000_000, 50 * Time.MILLISECOND, 0);
            Flow flow = new Flow(link, 0, estimator(1_000_000, 10_000, 20_000_000));
            List<Flow> flows = List.of(flow);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(10));
            long before = kbps(flow);
            flow.estimator.onReceiverEstimate(250_000);
            Bottleneck.run(link, flows, Bottleneck.second(10), Bottleneck.second(11));
            long bound = kbps(flow);
            flow.estimator.onReceiverEstimate(10_000_000);
            Bottleneck.run(link, flows, Bottleneck.second(11), Bottleneck.second(21));
            System.out.printf(
                    Locale.ROOT,
                    "seed %d: 2 Mbit/s, REMB 250 kbit/s and lifted: target %d, %d, %d%n",
                    seed,
                    before,
                    bound,
                    kbps(flow));
            assertThat(before).isGreaterThan(1_500);
            assertThat(bound).isEqualTo(250);
            assertThat(kbps(flow)).isGreaterThan(1_500);
        }
    }

    /** NoRttBackoffCollapseWhenVideoStops: more than 1,000 kbit/s. */
    @Test
    void aSenderThatStopsKeepsItsEstimate() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = new Link(seed, 2_000_000, 100 * Time.MILLISECOND, 0);
            Flow flow = new Flow(link, 0, estimator(1_000_000, 10_000, 20_000_000));
            List<Flow> flows = List.of(flow);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(1));
            flow.silent = true;
            Bottleneck.run(link, flows, Bottleneck.second(1), Bottleneck.second(5));
            System.out.printf(Locale.ROOT, "seed %d: 2 Mbit/s, silent for 4 s: target %d%n", seed, kbps(flow));
            assertThat(kbps(flow)).isGreaterThanOrEqualTo(1_000);
        }
    }

    /**
     * IsFairToTCP: less than 750 kbit/s of 1,000 after 10 s. The same for a minute: TCP has its share, and so has the
     * picture.
     */
    @Test
    void aFlowLikeTcpHasItsShare() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = new Link(seed, 1_000_000, 50 * Time.MILLISECOND, 0);
            Flow flow = new Flow(link, 0, estimator(1_000_000, 10_000, 20_000_000));
            TcpLikeFlow tcp = new TcpLikeFlow(link, 1);
            List<Bottleneck.Sender> flows = List.of(flow, tcp);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(10));
            long after10 = kbps(flow);
            long before = flow.received;
            long tcpBefore = tcp.received;
            Bottleneck.run(link, flows, Bottleneck.second(10), Bottleneck.second(70));
            double ours = (flow.received - before) * 8.0 / 60_000;
            double theirs = (tcp.received - tcpBefore) * 8.0 / 60_000;
            System.out.printf(
                    Locale.ROOT,
                    "seed %d: 1 Mbit/s with a flow like TCP: target %d after 10 s, then %.0f beside %.0f kbit/s%n",
                    seed,
                    after10,
                    ours,
                    theirs);
            assertThat(after10).isLessThan(750);
            assertThat(theirs).isGreaterThan(250);
            assertThat(ours).isGreaterThan(25);
        }
    }
}
