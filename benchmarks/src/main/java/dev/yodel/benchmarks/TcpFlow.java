package dev.yodel.benchmarks;

import dev.yodel.io.Time;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A model of TCP with CUBIC as Linux has it: segments of 1448 bytes, ten at first, HyStart, an acknowledgement for every
 * second segment and at once for a hole, selective acknowledgements that know all, losses found by order of sending,
 * proportional rate reduction, a probe for the tail, a window of the peer that never limits. RFC 9438, 8985, 6937.
 */
final class TcpFlow implements ModelFlow {
    private static final int SEGMENT_BYTES = 1_448;
    private static final int WIRE_BYTES = 1_500;
    private static final int ACK_BYTES = 52;
    private static final double CUBE = 0.4;
    private static final double KEPT = 0.7;
    private static final long DELAYED_ACK_NANOS = 40 * Time.MILLISECOND;
    private static final int SLOTS = 1 << 17;
    private static final byte UNSENT = 0;
    private static final byte IN_FLIGHT = 1;
    private static final byte ARRIVED = 2;
    private static final byte LOST = 3;

    private final ModelLink forth;
    private final ModelLink back;

    // The receiver.
    private final BitSet beyond = new BitSet();
    private long received;
    private int unacknowledged;
    private long ackAt = Long.MAX_VALUE;
    /** Every arrival in order: an acknowledgement names how many of them it reports. */
    private long[] arrivals = new long[1 << 16];

    private int arrivalCount;

    // The sender.
    private final byte[] state = new byte[SLOTS];
    private final long[] sending = new long[SLOTS];
    private final long[] sentAt = new long[SLOTS];
    /** Segments in the order of their sendings. */
    private final long[] order = new long[SLOTS];

    private int seenArrivals;
    private long acknowledged;
    private long next;
    private long sendings;
    private long oldest;
    private long newestArrived = -1;
    private long inFlight;
    private long lostCount;
    private long lowestLost;
    private double window = 10;
    private double threshold = Double.MAX_VALUE;
    private double windowOfLoss;
    private long epoch = -1;
    private double origin;
    private double secondsToLoss;
    private double friendly;
    private long recoveryEnd = -1;
    private double flightAtLoss;
    private double arrivedInRecovery;
    private double sentInRecovery;
    private long roundEnd;
    private long roundMin = Long.MAX_VALUE;
    private long pathMin = Long.MAX_VALUE;
    private int roundSamples;
    private long smoothed = -1;
    private long variation;
    private long timeoutAt;
    private long probeAt = Long.MAX_VALUE;
    private int backOff;

    TcpFlow(ModelLink forth, ModelLink back, long start) {
        this.forth = forth;
        this.back = back;
        this.timeoutAt = start;
    }

    private static int slot(long number) {
        return (int) number & (SLOTS - 1);
    }

    @Override
    public void arrivedForth(ModelLink.Packet packet, long now) {
        if (arrivalCount == arrivals.length) {
            arrivals = Arrays.copyOf(arrivals, 2 * arrivals.length);
        }
        arrivals[arrivalCount++] = packet.sending << 32 | packet.number;
        int number = (int) packet.number;
        boolean isInOrder = number == received && beyond.isEmpty();
        if (number == received) {
            received = beyond.nextClearBit(number + 1);
            beyond.clear(number, (int) received);
        } else if (number > received) {
            beyond.set(number);
        }
        if (++unacknowledged >= 2 || !isInOrder) {
            acknowledge(now);
        } else if (ackAt == Long.MAX_VALUE) {
            ackAt = now + DELAYED_ACK_NANOS;
        }
    }

    private void acknowledge(long now) {
        unacknowledged = 0;
        ackAt = Long.MAX_VALUE;
        ModelLink.Packet ack = back.packet(this);
        ack.number = received;
        ack.sending = arrivalCount;
        back.send(ack, ACK_BYTES, now);
    }

    @Override
    public void arrivedBack(ModelLink.Packet packet, long now) {
        long newly = 0;
        long sample = -1;
        for (; seenArrivals < packet.sending; seenArrivals++) {
            long number = arrivals[seenArrivals] & 0xffff_ffffL;
            long which = arrivals[seenArrivals] >>> 32;
            int slot = slot(number);
            if (number < acknowledged || state[slot] == ARRIVED || state[slot] == UNSENT) {
                continue;
            }
            if (state[slot] == IN_FLIGHT) {
                inFlight--;
            } else {
                lostCount--;
            }
            state[slot] = ARRIVED;
            newly++;
            if (which > newestArrived) {
                newestArrived = which;
                sample = now - sentAt[slot];
            }
        }
        long before = acknowledged;
        while (acknowledged < packet.number) {
            state[slot(acknowledged)] = UNSENT;
            acknowledged++;
        }
        lowestLost = Math.max(lowestLost, acknowledged);
        if (sample >= 0) {
            measured(sample);
        }
        if (newly > 0) {
            backOff = 0;
        }
        findLosses();
        grow(newly, now);
        if (acknowledged > before || newly > 0) {
            arm(now);
        }
        transmit(now);
    }

    private void measured(long sample) {
        if (smoothed < 0) {
            smoothed = sample;
            variation = sample / 2;
        } else {
            variation = (3 * variation + Math.abs(smoothed - sample)) / 4;
            smoothed = (7 * smoothed + sample) / 8;
        }
        // HyStart: the delay of the first samples of a round.
        if (window < threshold) {
            if (acknowledged >= roundEnd) {
                roundEnd = next;
                roundMin = Long.MAX_VALUE;
                roundSamples = 0;
            }
            if (roundSamples < 8) {
                roundSamples++;
                roundMin = Math.min(roundMin, sample);
            }
            pathMin = Math.min(pathMin, sample);
            long rise = Math.max(4 * Time.MILLISECOND, Math.min(16 * Time.MILLISECOND, pathMin / 8));
            if (window >= 16 && roundSamples >= 8 && roundMin > pathMin + rise) {
                threshold = window;
            }
        }
        pathMin = Math.min(pathMin, sample);
    }

    private void findLosses() {
        boolean isLoss = false;
        long flightBefore = inFlight;
        // Nothing overtakes here: what was sent three sendings before something that has arrived is lost.
        for (; oldest + 3 <= newestArrived; oldest++) {
            long number = order[slot(oldest)];
            int slot = slot(number);
            if (number >= acknowledged && state[slot] == IN_FLIGHT && sending[slot] == oldest) {
                state[slot] = LOST;
                lostCount++;
                inFlight--;
                lowestLost = Math.min(lowestLost, number);
                isLoss = true;
            }
        }
        if (isLoss && recoveryEnd < 0) {
            reduce();
            recoveryEnd = next;
            flightAtLoss = flightBefore;
            arrivedInRecovery = 0;
            sentInRecovery = 0;
        }
        if (recoveryEnd >= 0 && acknowledged >= recoveryEnd) {
            recoveryEnd = -1;
            window = threshold;
        }
    }

    private void reduce() {
        windowOfLoss = window < windowOfLoss ? window * (1 + KEPT) / 2 : window;
        threshold = Math.max(2, window * KEPT);
        epoch = -1;
    }

    private void grow(long newly, long now) {
        if (recoveryEnd >= 0) {
            arrivedInRecovery += newly;
            double allowed;
            if (inFlight > threshold) {
                allowed = Math.ceil(arrivedInRecovery * threshold / flightAtLoss) - sentInRecovery;
            } else {
                allowed = Math.min(
                        threshold - inFlight,
                        Math.max(arrivedInRecovery - sentInRecovery, (double) newly) + (newly > 0 ? 1 : 0));
            }
            window = inFlight + Math.max(sentInRecovery == 0 ? 1 : 0, allowed);
            return;
        }
        if (newly == 0) {
            return;
        }
        if (window < threshold) {
            window = Math.min(window + newly, Math.max(threshold, window));
            return;
        }
        if (epoch < 0) {
            epoch = now;
            friendly = window;
            origin = Math.max(window, windowOfLoss);
            secondsToLoss = Math.cbrt((origin - window) / CUBE);
        }
        double seconds = (now - epoch + smoothed) / 1e9 - secondsToLoss;
        double target = Math.min(origin + CUBE * seconds * seconds * seconds, 1.5 * window);
        friendly += (friendly < windowOfLoss ? 3 * (1 - KEPT) / (1 + KEPT) : 1) * newly / window;
        window += Math.max(0, target - window) * newly / window;
        window = Math.max(window, friendly);
    }

    private void transmit(long now) {
        while (inFlight < (long) window && next - acknowledged < SLOTS / 2) {
            if (lostCount > 0) {
                while (state[slot(lowestLost)] != LOST) {
                    lowestLost++;
                }
                lostCount--;
                send(lowestLost, now);
            } else {
                send(next, now);
                next++;
            }
        }
    }

    private void send(long number, long now) {
        int slot = slot(number);
        state[slot] = IN_FLIGHT;
        inFlight++;
        sending[slot] = sendings;
        sentAt[slot] = now;
        order[slot(sendings)] = number;
        sentInRecovery++;
        ModelLink.Packet packet = forth.packet(this);
        packet.number = number;
        packet.sending = sendings++;
        forth.send(packet, WIRE_BYTES, now);
        arm(now);
    }

    private void arm(long now) {
        long margin = Math.max(200 * Time.MILLISECOND, 4 * variation);
        timeoutAt = now + (smoothed < 0 ? Time.SECOND : (smoothed + margin) << Math.min(backOff, 8));
        boolean mayProbe = smoothed >= 0 && recoveryEnd < 0 && lostCount == 0;
        probeAt = mayProbe ? now + 2 * smoothed + 2 * Time.MILLISECOND : Long.MAX_VALUE;
    }

    @Override
    public long nextTimeout() {
        return Math.min(Math.min(timeoutAt, probeAt), ackAt);
    }

    @Override
    public void handleTimeout(long now) {
        if (now >= ackAt) {
            acknowledge(now);
        }
        if (now >= timeoutAt) {
            if (next > acknowledged) {
                timedOut();
            }
            transmit(now);
            arm(now);
        } else if (now >= probeAt) {
            probeAt = Long.MAX_VALUE;
            if (next > acknowledged && state[slot(next - 1)] == IN_FLIGHT) {
                inFlight--;
                send(next - 1, now);
                probeAt = Long.MAX_VALUE;
            }
        }
    }

    private void timedOut() {
        for (long number = acknowledged; number < next; number++) {
            int slot = slot(number);
            if (state[slot] == IN_FLIGHT) {
                state[slot] = LOST;
                lostCount++;
                inFlight--;
            }
        }
        lowestLost = acknowledged;
        oldest = sendings;
        if (backOff++ == 0) {
            reduce();
        }
        recoveryEnd = -1;
        window = 1;
    }

    @Override
    public long deliveredBytes() {
        return received * SEGMENT_BYTES;
    }
}
