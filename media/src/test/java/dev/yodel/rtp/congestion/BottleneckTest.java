package dev.yodel.rtp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.rtp.feedback.ArrivalReporter;
import dev.yodel.rtp.feedback.StreamArrivals;
import dev.yodel.rtp.rtcp.CongestionFeedback;
import dev.yodel.rtp.rtcp.RtcpPacket;
import dev.yodel.rtp.rtcp.TransportFeedback;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The estimator against a link with one queue: what it uses, how soon it follows, how long the queue gets. */
final class BottleneckTest {
    private static final long STEP = Time.MILLISECOND;
    private static final int PACKET = 1_200;

    /** A link whose rate changes; its queue holds 500 ms at that rate. */
    private static final class Link {
        private record Arrival(long at, int flow, long number, int bytes) {}

        final PriorityQueue<Arrival> arrivals = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
        final Random random;
        final long propagation;
        double loss;
        long bps;
        long freeAt;
        final List<Long> delays = new ArrayList<>();

        Link(long seed, long bps, long propagation, double loss) {
            this.random = new Random(seed);
            this.bps = bps;
            this.propagation = propagation;
            this.loss = loss;
        }

        void send(int flow, long number, int bytes, long now) {
            long start = Math.max(now, freeAt);
            if (start - now > 500 * Time.MILLISECOND || random.nextDouble() < loss) {
                return;
            }
            freeAt = start + bytes * 8L * Time.SECOND / bps;
            delays.add(freeAt - now);
            arrivals.add(new Arrival(freeAt + propagation, flow, number, bytes));
        }
    }

    /** A sender that always has what it may send, paced, and its receiver, whose reports come back after the propagation. */
    private static final class Flow {
        private record Report(long at, RtcpPacket feedback) {}

        final BandwidthEstimator estimator = new BandwidthEstimator(300_000, 30_000, 20_000_000);
        final ArrivalReporter reporter = new ArrivalReporter();
        final StreamArrivals streamReporter = new StreamArrivals();
        final StreamFeedback streams = new StreamFeedback();
        boolean byStream;
        final ArrayDeque<Report> reports = new ArrayDeque<>();
        final Link link;
        final int id;
        double budget;
        double mediaDebt;
        long number;
        long received;
        /** The most that the encoder makes. */
        long encoderBps = Long.MAX_VALUE;

        Flow(Link link, int id) {
            this.link = link;
            this.id = id;
            estimator.onRoundTrip(2 * link.propagation);
        }

        void step(long now) {
            while (!reports.isEmpty() && reports.peek().at <= now) {
                RtcpPacket feedback = reports.poll().feedback;
                if (feedback instanceof TransportFeedback transport) {
                    estimator.onFeedback(transport, now);
                } else if (feedback instanceof CongestionFeedback stream) {
                    streams.onFeedback(stream, estimator, now);
                }
            }
            estimator.handleTimeout(now);
            // The encoder makes what the target says; a probe adds padding.
            mediaDebt = Math.min(
                    mediaDebt + Math.min(encoderBps, estimator.targetBps()) / 8.0 * STEP / Time.SECOND, 100_000);
            budget = Math.min(budget + estimator.pacingBps() / 8.0 * STEP / Time.SECOND, 2 * PACKET);
            while (budget >= PACKET && (mediaDebt >= PACKET || estimator.isProbing())) {
                // Two streams take turns: their numbers are not those of the packets.
                streams.onSent(2 + (int) (number & 1), (int) (number >> 1) + 60_000 & 0xffff, number);
                estimator.onSent(number, PACKET, now);
                link.send(id, number, PACKET, now);
                number++;
                budget -= PACKET;
                mediaDebt = Math.max(0, mediaDebt - PACKET);
            }
            RtcpPacket feedback = byStream ? streamReporter.poll(1, now) : reporter.poll(1, now);
            if (feedback != null) {
                reports.add(new Report(now + link.propagation, feedback));
            }
        }

        void arrive(Link.Arrival arrival, long now) {
            received += arrival.bytes;
            if (byStream) {
                streamReporter.onPacket(2 + (arrival.number & 1), (arrival.number >> 1) + 60_000, now);
            } else {
                reporter.onPacket((int) arrival.number & 0xffff, 2, now);
            }
        }
    }

    private static void run(Link link, List<Flow> flows, long from, long until) {
        for (long now = from; now < until; now += STEP) {
            while (!link.arrivals.isEmpty() && link.arrivals.peek().at <= now) {
                Link.Arrival arrival = link.arrivals.poll();
                flows.get(arrival.flow).arrive(arrival, arrival.at);
            }
            for (Flow flow : flows) {
                flow.step(now);
            }
        }
    }

    private static long percentile(List<Long> values, double share) {
        List<Long> sorted = new ArrayList<>(values);
        sorted.sort(Long::compare);
        return sorted.get((int) (sorted.size() * share));
    }

    private static long second(int count) {
        return Time.SECOND + count * Time.SECOND;
    }

    /** 50 ms round trip; 3 -> 0.5 -> 3 Mbit/s. */
    @Test
    void followsStepsOfTheRate() {
        for (int seed = 0; seed < 5; seed++) {
            Link link = new Link(seed, 3_000_000, 25 * Time.MILLISECOND, 0);
            Flow flow = new Flow(link, 0);
            List<Flow> flows = List.of(flow);
            run(link, flows, second(0), second(20));
            long before = flow.received;
            run(link, flows, second(20), second(40));
            double used = (flow.received - before) * 8.0 / 20 / 3_000_000;
            link.bps = 500_000;
            run(link, flows, second(40), second(45));
            long down = flow.estimator.targetBps();
            link.delays.clear();
            before = flow.received;
            run(link, flows, second(45), second(70));
            double usedLow = (flow.received - before) * 8.0 / 25 / 500_000;
            long queueLow = percentile(link.delays, 0.95) / Time.MILLISECOND;
            link.bps = 3_000_000;
            int upAfter = 0;
            for (int i = 0; i < 30; i++) {
                run(link, flows, second(70 + i), second(71 + i));
                if (flow.estimator.targetBps() >= 0.8 * 3_000_000) {
                    upAfter = i + 1;
                    break;
                }
            }
            String what = String.format(
                    "seed %d: %.2f of 3 Mbit/s, 5 s after the fall %d kbit/s, then %.2f of 0.5 Mbit/s, queue p95 %d ms, up"
                            + " after %d s",
                    seed, used, down / 1000, usedLow, queueLow, upAfter);
            System.out.println(what);
            assertThat(used).as(what).isGreaterThan(0.8);
            assertThat(down).as(what).isLessThan(550_000);
            assertThat(usedLow).as(what).isGreaterThan(0.7);
            assertThat(queueLow).as(what).isLessThan(150);
            assertThat(upAfter).as(what).isBetween(1, 15);
        }
    }

    @Test
    void usesLinksThatLoseAtRandom() {
        for (double loss : new double[] {0.02, 0.1}) {
            for (long bps : new long[] {1_000_000, 3_000_000}) {
                for (int seed = 0; seed < 3; seed++) {
                    Link link = new Link(seed, bps, 25 * Time.MILLISECOND, loss);
                    Flow flow = new Flow(link, 0);
                    run(link, List.of(flow), second(0), second(20));
                    long before = flow.received;
                    link.delays.clear();
                    run(link, List.of(flow), second(20), second(60));
                    double used = (flow.received - before) * 8.0 / 40 / (bps * (1 - loss));
                    String what = String.format(
                            "loss %.2f, %d kbit/s, seed %d: %.2f used, queue p95 %d ms",
                            loss, bps / 1000, seed, used, percentile(link.delays, 0.95) / Time.MILLISECOND);
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
            run(link, flows, second(0), second(20));
            assertThat(flow.estimator.targetBps()).as("seed %d", seed).isBetween(400_000L, 1_000_000L);
            link.bps = 20_000_000;
            link.delays.clear();
            run(link, flows, second(20), second(40));
            assertThat(flow.estimator.targetBps()).as("seed %d", seed).isBetween(1_900_000L, 2_000_000L);
            assertThat(percentile(link.delays, 0.99)).as("seed %d", seed).isLessThan(30 * Time.MILLISECOND);
        }
    }

    /** RFC 8888 tells arrivals to a millisecond, transport-wide feedback to a quarter of one: both lead to the same target. */
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
                    run(link, flows, second(40 * i), second(40 * i + 20));
                    long before = flow.received;
                    run(link, flows, second(40 * i + 20), second(40 * i + 40));
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
            for (long now = second(0); now < second(10); now += STEP) {
                run(link, List.of(one), now, now + STEP);
            }
            run(link, flows, second(10), second(40));
            long firstBefore = one.received;
            long secondBefore = two.received;
            run(link, flows, second(40), second(100));
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
