package dev.yodel.rtp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.rtp.congestion.Bottleneck.Flow;
import dev.yodel.rtp.congestion.Bottleneck.Link;
import dev.yodel.rtp.congestion.Bottleneck.Sender;
import dev.yodel.rtp.congestion.Bottleneck.TcpLikeFlow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Issue 6's table: links of 3, 0.5 and 3 Mbit/s and of 1 Mbit/s, 50 ms of round trip, with losses at random and in
 * bursts, alone and beside a flow like TCP. What share of the link is used, how soon the target follows, how long
 * packets wait? The worst of some seeds is printed.
 */
final class LinkStepsTest {
    private static final int SEEDS = 5;
    private static final long HIGH = 3_000_000;
    private static final long LOW = 500_000;
    private static final long TICK = 100 * Time.MILLISECOND;

    /** The worst of all seeds. */
    private static final class Row {
        double used = 1;
        double usedLow = 1;
        double usedAgain = 1;
        double down;
        double up;
        long queue;
        long queueLow;
    }

    private static Link link(int seed, long bps, double loss, double inARow) {
        Link link = new Link(seed, bps, 25 * Time.MILLISECOND, loss);
        link.lostInARow = inARow;
        return link;
    }

    private static double share(long bytes, int seconds, long bps) {
        return bytes * 8.0 / seconds / bps;
    }

    /** A second in which a burst of ten falls has lost a tenth or a third. */
    private static double least(double inARow) {
        return inARow < 10 ? 0.7 : 0.4;
    }

    /** Alone on the link, which falls and rises again. */
    @ParameterizedTest
    @CsvSource({"0, 1", "0.02, 1", "0.1, 1", "0.02, 5", "0.05, 10"})
    void followsStepsOfTheRate(double loss, double inARow) {
        Row worst = new Row();
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = link(seed, HIGH, loss, inARow);
            Flow flow = new Flow(link, 0);
            List<Flow> flows = List.of(flow);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(20));
            link.delays.clear();
            long before = flow.received;
            Bottleneck.run(link, flows, Bottleneck.second(20), Bottleneck.second(40));
            worst.used = Math.min(worst.used, share(flow.received - before, 20, HIGH));
            worst.queue = Math.max(worst.queue, Bottleneck.percentile(link.delays, 0.95));
            link.bps = LOW;
            // The queue that the old rate filled is gone, too, when it has followed.
            worst.down = Math.max(worst.down, untilItStays(link, flow, 40, 50, true));
            link.delays.clear();
            before = flow.received;
            Bottleneck.run(link, flows, Bottleneck.second(50), Bottleneck.second(70));
            worst.usedLow = Math.min(worst.usedLow, share(flow.received - before, 20, LOW));
            worst.queueLow = Math.max(worst.queueLow, Bottleneck.percentile(link.delays, 0.95));
            link.bps = HIGH;
            worst.up = Math.max(worst.up, untilItStays(link, flow, 70, 100, false));
            before = flow.received;
            Bottleneck.run(link, flows, Bottleneck.second(100), Bottleneck.second(120));
            worst.usedAgain = Math.min(worst.usedAgain, share(flow.received - before, 20, HIGH));
        }
        String what = String.format(
                Locale.ROOT,
                "%.0f %% lost, %.0f in a row: 3 Mbit/s used %.2f, queue p95 %d ms; at 0.5 after %.1f s, used %.2f, p95 %d ms; 80 %%"
                        + " of 3 after %.1f s, used %.2f",
                100 * loss,
                inARow,
                worst.used,
                worst.queue / Time.MILLISECOND,
                worst.down,
                worst.usedLow,
                worst.queueLow / Time.MILLISECOND,
                worst.up,
                worst.usedAgain);
        System.out.println(what);
        assertThat(worst.queue).as(what).isLessThanOrEqualTo(150 * Time.MILLISECOND);
        assertThat(worst.queueLow).as(what).isLessThanOrEqualTo(150 * Time.MILLISECOND);
        assertThat(worst.down).as(what).isLessThanOrEqualTo(5);
        assertThat(worst.up).as(what).isLessThanOrEqualTo(15);
        assertThat(Math.min(worst.used, worst.usedLow)).as(what).isGreaterThan(least(inARow));
    }

    /**
     * Seconds until the target has followed the link: downwards until it and the queue stay low, upwards until four
     * fifths are reached first.
     */
    private static double untilItStays(Link link, Flow flow, int from, int until, boolean down) {
        double reached = down ? 0 : Double.MAX_VALUE;
        for (long now = Bottleneck.second(from); now < Bottleneck.second(until); now += TICK) {
            Bottleneck.run(link, List.of(flow), now, now + TICK);
            double passed = (double) (now + TICK - Bottleneck.second(from)) / Time.SECOND;
            boolean there = down
                    ? flow.estimator.targetBps() <= LOW * 11 / 10
                            && link.queueNanos(now + TICK) <= 150 * Time.MILLISECOND
                    : flow.estimator.targetBps() >= HIGH * 8 / 10;
            if (down && !there) {
                reached = passed;
            } else if (!down && there) {
                return passed;
            }
        }
        return reached;
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0.02, 1", "0.1, 1", "0.02, 5", "0.05, 10"})
    void usesAnEvenLink(double loss, double inARow) {
        Row worst = new Row();
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = link(seed, 1_000_000, loss, inARow);
            Flow flow = new Flow(link, 0);
            Bottleneck.run(link, List.of(flow), Bottleneck.second(0), Bottleneck.second(20));
            link.delays.clear();
            long before = flow.received;
            Bottleneck.run(link, List.of(flow), Bottleneck.second(20), Bottleneck.second(60));
            worst.used = Math.min(worst.used, share(flow.received - before, 40, 1_000_000));
            worst.queue = Math.max(worst.queue, Bottleneck.percentile(link.delays, 0.95));
        }
        String what = String.format(
                Locale.ROOT,
                "%.0f %% lost, %.0f in a row: 1 Mbit/s used %.2f, queue p95 %d ms",
                100 * loss,
                inARow,
                worst.used,
                worst.queue / Time.MILLISECOND);
        System.out.println(what);
        assertThat(worst.queue).as(what).isLessThanOrEqualTo(150 * Time.MILLISECOND);
        assertThat(worst.used).as(what).isGreaterThan(least(inARow));
    }

    /** Who fills queues until they overflow decides how long packets wait; each has its share. */
    @ParameterizedTest
    @CsvSource({"1000000", "3000000"})
    void sharesWithAFlowLikeTcp(long bps) {
        double least = 1;
        double most = 0;
        double sum = 1;
        List<Long> waits = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            Link link = link(seed, bps, 0, 1);
            Flow flow = new Flow(link, 0);
            TcpLikeFlow tcp = new TcpLikeFlow(link, 1);
            List<Sender> flows = List.of(flow, tcp);
            Bottleneck.run(link, flows, Bottleneck.second(0), Bottleneck.second(20));
            link.delays.clear();
            long before = flow.received;
            long tcpBefore = tcp.received;
            Bottleneck.run(link, flows, Bottleneck.second(20), Bottleneck.second(80));
            double ours = share(flow.received - before, 60, bps);
            least = Math.min(least, ours);
            most = Math.max(most, ours);
            sum = Math.min(sum, ours + share(tcp.received - tcpBefore, 60, bps));
            waits.addAll(link.delays);
        }
        String what = String.format(
                Locale.ROOT,
                "%d kbit/s beside a flow like TCP: %.2f to %.2f of the link are ours, %.2f used by both, queue p95 %d ms",
                bps / 1000,
                least,
                most,
                sum,
                Bottleneck.percentile(waits, 0.95) / Time.MILLISECOND);
        System.out.println(what);
        assertThat(least).as(what).isGreaterThan(0.1);
        assertThat(most).as(what).isLessThan(0.75);
        assertThat(sum).as(what).isGreaterThan(0.9);
    }
}
