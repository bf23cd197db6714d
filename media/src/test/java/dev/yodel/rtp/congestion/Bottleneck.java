package dev.yodel.rtp.congestion;

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
import java.util.TreeSet;

/** A simulated link with one queue, and flows that share it: of the estimator, and one like TCP. */
final class Bottleneck {
    private static final long STEP = Time.MILLISECOND;
    private static final int PACKET = 1_200;

    private Bottleneck() {}

    /** A link whose rate changes; its queue holds 500 ms at that rate. */
    static final class Link {
        record Arrival(long at, int flow, long number, int bytes) {}

        final PriorityQueue<Arrival> arrivals = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
        final Random random;
        long propagation;
        double loss;
        /** How many packets in a row are lost on average, where more than one (Gilbert). */
        double lostInARow = 1;

        private boolean losing;
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
            if (start - now > 500 * Time.MILLISECOND || isLost()) {
                return;
            }
            freeAt = start + bytes * 8L * Time.SECOND / bps;
            delays.add(freeAt - now);
            arrivals.add(new Arrival(freeAt + propagation, flow, number, bytes));
        }

        private boolean isLost() {
            double chance = random.nextDouble();
            if (lostInARow <= 1) {
                return chance < loss;
            }
            losing = losing ? chance >= 1 / lostInARow : chance < loss / (1 - loss) / lostInARow;
            return losing;
        }

        /** How long a packet waits that is sent now. */
        long queueNanos(long now) {
            return Math.max(0, freeAt - now);
        }
    }

    /** Who sends over the link. */
    interface Sender {
        void step(long now);

        void arrive(Link.Arrival arrival, long now);
    }

    /**
     * As much as a window allows, which grows by a packet a round trip and is halved by a loss (Reno); its reports
     * are not lost.
     */
    static final class TcpLikeFlow implements Sender {
        private static final int DUPLICATES = 3;

        final Link link;
        final int id;
        long received;
        private final ArrayDeque<Long> acknowledgements = new ArrayDeque<>();
        private final ArrayDeque<Long> numbers = new ArrayDeque<>();
        private final TreeSet<Long> underWay = new TreeSet<>();
        private double window = 10;
        private double threshold = Double.MAX_VALUE;
        private long next;
        private long recoverAt;
        private long lastNanos;

        TcpLikeFlow(Link link, int id) {
            this.link = link;
            this.id = id;
        }

        @Override
        public void step(long now) {
            while (!acknowledgements.isEmpty() && acknowledgements.peek() <= now) {
                acknowledgements.poll();
                acknowledge(numbers.remove());
                lastNanos = now;
            }
            if (!underWay.isEmpty() && now - lastNanos > Time.SECOND) {
                underWay.clear();
                threshold = Math.max(2, window / 2);
                window = 1;
                lastNanos = now;
            }
            while (underWay.size() < (int) window) {
                lastNanos = underWay.isEmpty() ? now : lastNanos;
                underWay.add(next);
                link.send(id, next++, PACKET, now);
            }
        }

        private void acknowledge(long number) {
            underWay.remove(number);
            window += window < threshold ? 1 : 1 / window;
            boolean lost = false;
            while (!underWay.isEmpty() && underWay.first() <= number - DUPLICATES) {
                lost |= underWay.pollFirst() >= recoverAt;
            }
            if (lost) {
                threshold = Math.max(2, window / 2);
                window = threshold;
                recoverAt = next;
            }
        }

        @Override
        public void arrive(Link.Arrival arrival, long now) {
            received += arrival.bytes;
            acknowledgements.add(now + link.propagation);
            numbers.add(arrival.number);
        }
    }

    /**
     * A sender that always has what it may send, paced, and its receiver, whose reports come back after the
     * propagation.
     */
    static final class Flow implements Sender {
        private record Report(long at, RtcpPacket feedback) {}

        final BandwidthEstimator estimator;
        final ArrivalReporter reporter = new ArrivalReporter();
        final StreamArrivals streamReporter = new StreamArrivals();
        final StreamFeedback streams = new StreamFeedback();
        boolean byStream;
        final ArrayDeque<Report> reports = new ArrayDeque<>();
        final Link link;
        final int id;
        double budget;
        double mediaDebt;
        boolean silent;
        long number;
        long received;
        /** The most that the encoder makes. */
        long encoderBps = Long.MAX_VALUE;

        Flow(Link link, int id) {
            this(link, id, new BandwidthEstimator(300_000, 30_000, 20_000_000));
        }

        Flow(Link link, int id, BandwidthEstimator estimator) {
            this.link = link;
            this.id = id;
            this.estimator = estimator;
            estimator.onRoundTrip(2 * link.propagation);
        }

        @Override
        public void step(long now) {
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
            double made = silent ? 0 : Math.min(encoderBps, estimator.targetBps());
            mediaDebt = Math.min(mediaDebt + made / 8.0 * STEP / Time.SECOND, 100_000);
            budget = Math.min(budget + estimator.pacingBps() / 8.0 * STEP / Time.SECOND, 2 * PACKET);
            while (!silent && budget >= PACKET && (mediaDebt >= PACKET || estimator.isProbing())) {
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

        @Override
        public void arrive(Link.Arrival arrival, long now) {
            received += arrival.bytes;
            if (byStream) {
                streamReporter.onPacket(2 + (arrival.number & 1), (arrival.number >> 1) + 60_000, now);
            } else {
                reporter.onPacket((int) arrival.number & 0xffff, 2, now);
            }
        }
    }

    static void run(Link link, List<? extends Sender> flows, long from, long until) {
        for (long now = from; now < until; now += STEP) {
            while (!link.arrivals.isEmpty() && link.arrivals.peek().at <= now) {
                Link.Arrival arrival = link.arrivals.poll();
                flows.get(arrival.flow).arrive(arrival, arrival.at);
            }
            for (Sender flow : flows) {
                flow.step(now);
            }
        }
    }

    static long percentile(List<Long> values, double share) {
        List<Long> sorted = new ArrayList<>(values);
        sorted.sort(Long::compare);
        return sorted.get((int) (sorted.size() * share));
    }

    static long second(int count) {
        return Time.SECOND + count * Time.SECOND;
    }
}
