package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.TransportFeedback;

/**
 * How much may be sent? Google's congestion control over transport-wide feedback (draft-ietf-rmcat-gcc-02,
 * draft-holmer-rmcat-transport-wide-cc-extensions): the lesser of what delay and loss allow, raised by probes, capped by
 * the receiver's own estimate. Without such feedback the losses of receiver reports decide. It sends nothing itself and
 * paces nothing. A core: one thread, time as an argument.
 */
public final class BandwidthEstimator {
    /** What media leaves faster than the target at most, so that a large frame does not take long. */
    private static final int PACING_FACTOR_PERCENT = 250;

    /** Stands in {@link #onPacket} for a packet that did not arrive. */
    public static final long NOT_RECEIVED = Long.MIN_VALUE;

    private static final long UNKNOWN_ROUND_TRIP_NANOS = 200 * Time.MILLISECOND;
    private static final long QUIET_BEFORE_PROBE_NANOS = 2 * Time.SECOND;
    private static final long PROBE_NEAR_CAPACITY_NANOS = 8 * Time.SECOND;
    private static final long SILENCE_NANOS = Time.SECOND;
    private static final long SILENCE_STEP_NANOS = 500 * Time.MILLISECOND;
    /** Smaller packets are sound: a probe of them would find the rate of sound. */
    private static final int MIN_PROBE_BYTES = 200;

    /** A target that falls below this share of itself at once fell far. */
    private static final double LARGE_DROP = 0.66;

    private static final int RECOVERED_PERCENT = 85;
    private static final long SETTLED_NANOS = 200 * Time.MILLISECOND;
    private static final int FIRST_PROBE = 3;
    private static final int SECOND_PROBE = 6;

    private final long minBps;
    private final long maxBps;
    private final SentNumbers sent = new SentNumbers();
    private final ArrivalGroups groups = new ArrivalGroups();
    private final DelayTrend trend = new DelayTrend();
    private final RecentBitrate acknowledged = new RecentBitrate();
    private final RecentBitrate sentRate = new RecentBitrate();
    private final RateControl delay;
    private final LossControl losses = new LossControl();
    private final StandingQueue queue = new StandingQueue();
    private final Probes probes = new Probes();
    private long lossBps;
    private long receiverBps = Long.MAX_VALUE;
    private long demandBps;
    private boolean demandKnown;
    /** What was wanted when the last probe was planned. */
    private long soughtBps;

    /** The target before a large fall while little was sent, until a probe has looked for it again; 0 if there was none. */
    private long droppedFromBps;

    private boolean begun;
    /** Reports have told what came and what did not before this number. */
    private long toldUntil;

    private long roundTripNanos = UNKNOWN_ROUND_TRIP_NANOS;
    private int lastReference;
    private long reference;
    private boolean anyReference;
    private boolean anyFeedback;
    private long feedbackNanos = Time.NEVER;
    private long silenceStepNanos = Time.NEVER;

    // Of the report in hand.
    private int settled;
    private int lost;
    private DelayTrend.Usage usage = DelayTrend.Usage.NORMAL;
    private boolean measured;
    private long probed;

    /**
     * An estimator.
     *
     * @param startBps the first target, bits per second
     * @param minBps what is never gone below
     * @param maxBps what is never gone above
     */
    public BandwidthEstimator(long startBps, long minBps, long maxBps) {
        this.minBps = minBps;
        this.maxBps = maxBps;
        this.delay = new RateControl(startBps, minBps, maxBps);
        this.lossBps = maxBps;
        this.demandBps = maxBps;
    }

    /**
     * What the senders could use at the most; nothing is probed beyond it.
     *
     * @param bps bits per second
     * @param known whether they would use so much if the path carried it, as a forwarder does that waits to send a
     *     better layer: then more is looked for although they use little now
     */
    public void demand(long bps, boolean known) {
        demandBps = bps;
        demandKnown = known;
    }

    /**
     * A packet leaves now.
     *
     * @param number its transport-wide sequence number, not wrapped, in steps of one
     * @param bytes its size with all headers
     * @param now the time
     */
    public void onSent(long number, int bytes, long now) {
        if (feedbackNanos == Time.NEVER) {
            feedbackNanos = now;
            silenceStepNanos = now + SILENCE_NANOS;
        } else if (sent.inFlightBytes() == 0) {
            // After a pause of ours the peer had nothing to report: its silence begins now.
            silenceStepNanos = Math.max(silenceStepNanos, now + SILENCE_NANOS);
        }
        if (!begun && bytes >= MIN_PROBE_BYTES && delay.bps() * FIRST_PROBE <= demandBps) {
            begun = true;
            soughtBps = Math.min(delay.bps() * SECOND_PROBE, demandBps);
            probes.plan(delay.bps() * FIRST_PROBE, soughtBps, now);
        }
        int probe = probes.current();
        sentRate.add(now / 1_000, bytes);
        sent.onSent(number, bytes, probe, now);
        if (probe != Probes.NONE) {
            probes.onSent(bytes, now);
        }
    }

    /**
     * The peer reports arrivals by transport-wide number.
     *
     * @param feedback parsed
     * @param now the time
     */
    public void onFeedback(TransportFeedback feedback, long now) {
        beginFeedback(now);
        long shift = unwrapReference(feedback.referenceTime()) - feedback.referenceTime() * 64_000L;
        int base = feedback.baseSequenceNumber();
        long first = sent.unwrap(base);
        // A report may claim to tell of 65,535 packets in a few bytes, and many reports come in one datagram: only
        // what was sent is looked at, and that a packet did not come is heard once.
        long end = Math.min(first + feedback.packetStatusCount(), sent.highest() + 1);
        long next = Math.max(first, Math.max(toldUntil, sent.oldest()));
        TransportFeedback.Cursor cursor = feedback.received();
        while (cursor.next()) {
            long number = first + (cursor.sequenceNumber() - base & 0xffff);
            if (number >= end) {
                break;
            }
            missing(next, number, now);
            next = Math.max(next, number + 1);
            onPacket(number, cursor.arrivalMicros() + shift, now);
        }
        missing(next, end, now);
        toldUntil = Math.max(toldUntil, end);
        endFeedback(now);
    }

    private void missing(long from, long until, long now) {
        for (long number = from; number < until; number++) {
            onPacket(number, NOT_RECEIVED, now);
        }
    }

    /**
     * A report begins; {@link #onPacket} and {@link #endFeedback} follow.
     *
     * @param now the time
     */
    public void beginFeedback(long now) {
        anyFeedback = true;
        feedbackNanos = now;
        silenceStepNanos = now + SILENCE_NANOS;
        settled = 0;
        lost = 0;
        queue.begin(now);
        usage = trend.usage();
        measured = false;
        probed = -1;
    }

    /**
     * What a report says about one packet, in the order of sending.
     *
     * @param number as told to {@link #onSent}; another one is ignored
     * @param arrivalMicros when it arrived by any clock, or {@link #NOT_RECEIVED}
     * @param now the time
     */
    public void onPacket(long number, long arrivalMicros, long now) {
        if (!sent.knows(number)) {
            return;
        }
        boolean received = arrivalMicros != NOT_RECEIVED;
        SentNumbers.Fate before = sent.fate(number);
        if (received && before != SentNumbers.Fate.RECEIVED) {
            // One that counted as lost and came late takes its loss back.
            settled += before == SentNumbers.Fate.UNKNOWN ? 1 : 0;
            lost -= before == SentNumbers.Fate.LOST ? 1 : 0;
            sent.settle(number, SentNumbers.Fate.RECEIVED);
            long left = sent.sentNanos(number);
            acknowledged.add(arrivalMicros, sent.bytes(number));
            queue.add(left, arrivalMicros);
            if (groups.add(left, arrivalMicros)) {
                usage = worse(measured, usage, trend.update(groups.sentDeltaMillis(), groups.arrivalDeltaMillis()));
                measured = true;
            }
            if (sent.probe(number) != Probes.NONE) {
                long shown = probes.onArrival(sent.probe(number), left, arrivalMicros, sent.bytes(number), now);
                probed = Math.max(probed, shown);
            }
        } else if (!received && before == SentNumbers.Fate.UNKNOWN) {
            settled++;
            lost++;
            sent.settle(number, SentNumbers.Fate.LOST);
        }
    }

    /**
     * The report is over: what it means for the target.
     *
     * @param now the time
     */
    public void endFeedback(long now) {
        judge(usage, settled, lost, probed, now);
    }

    private static DelayTrend.Usage worse(boolean measured, DelayTrend.Usage before, DelayTrend.Usage now) {
        return measured && before == DelayTrend.Usage.OVERUSE ? before : now;
    }

    private void judge(DelayTrend.Usage state, int known, int missing, long shownByProbe, long now) {
        long acknowledgedBps = acknowledged.bps();
        if (shownByProbe > 0 && state != DelayTrend.Usage.OVERUSE) {
            // A probe that found less than what flows already says nothing.
            long shown = Math.min(shownByProbe, demandBps);
            if (shown > delay.bps()) {
                delay.set(shown, now);
                lossBps = Math.max(lossBps, shown);
            }
        }
        // Who sends much less than it may fills no link: what arrives then is not what the link carries.
        boolean limitedBySender = sentRate.bps() * 2 < delay.bps();
        long target = delay.bps();
        delay.update(state, acknowledgedBps, limitedBySender, roundTripNanos, now);
        if (limitedBySender && delay.bps() < target * LARGE_DROP) {
            droppedFromBps = Math.max(droppedFromBps, target);
        }
        long before = Math.min(lossBps, delay.bps());
        long after = losses.update(known, missing, queue.stands(), before, roundTripNanos, now);
        if (queue.stands() && acknowledgedBps >= 0) {
            // The path carries what arrives, and not more.
            after = Math.min(after, Math.max(before, acknowledgedBps));
        }
        lossBps = after < before ? Math.max(minBps, after) : Math.min(maxBps, Math.max(lossBps, after));
        if (droppedFromBps > 0
                && state == DelayTrend.Usage.NORMAL
                && now - delay.decreasedNanos() > SETTLED_NANOS + roundTripNanos
                && probes.isDue(true, now)) {
            recover(now);
        }
        if (probes.isDue(demandKnown && demandBps > soughtBps * 6 / 5, now)
                && state == DelayTrend.Usage.NORMAL
                && now - delay.decreasedNanos()
                        > (delay.nearCapacity() ? PROBE_NEAR_CAPACITY_NANOS : QUIET_BEFORE_PROBE_NANOS)
                && targetBps() < demandBps
                && (demandKnown || acknowledgedBps * 2 > targetBps())
                && losses.fraction() < 0.3) {
            soughtBps = demandBps;
            probes.plan(Math.min(targetBps() * 2, demandBps), -1, now);
        }
    }

    /** One probe, right after such a fall: if it fails, the fall was real. */
    private void recover(long now) {
        long sought = Math.min(droppedFromBps * RECOVERED_PERCENT / 100, demandBps);
        droppedFromBps = 0;
        if (sought > targetBps()) {
            soughtBps = sought;
            probes.plan(sought, -1, now);
        }
    }

    private long unwrapReference(int wire) {
        reference = anyReference ? reference + ((wire - lastReference) << 8 >> 8) : wire;
        anyReference = true;
        lastReference = wire;
        return reference * 64_000L;
    }

    /**
     * A receiver report, for peers without transport-wide feedback.
     *
     * @param packets sent since the report before
     * @param fractionLost 0 to 1
     * @param now the time
     */
    public void onReport(long packets, double fractionLost, long now) {
        if (!anyFeedback && packets > 0) {
            int count = (int) Math.min(packets, 10_000);
            long before = targetBps();
            long after =
                    losses.update(count, (int) Math.round(count * fractionLost), false, before, roundTripNanos, now);
            lossBps = Math.max(minBps, Math.min(Math.min(maxBps, demandBps), after));
            if (lossBps > delay.bps()) {
                delay.set(lossBps, now);
            }
        }
    }

    /**
     * The receiver's own estimate (REMB).
     *
     * @param bps bits per second
     */
    public void onReceiverEstimate(long bps) {
        receiverBps = Math.max(minBps, bps);
    }

    /**
     * A round trip.
     *
     * @param nanos how long
     */
    public void onRoundTrip(long nanos) {
        roundTripNanos = nanos;
    }

    /**
     * When {@link #handleTimeout} wants to be called.
     *
     * @return a time, {@link Time#NEVER} if nothing is under way
     */
    public long nextTimeout() {
        return anyFeedback && sent.inFlightBytes() > 0 ? silenceStepNanos : Time.NEVER;
    }

    /**
     * The peer that used to report is silent while packets are under way: less is sent.
     *
     * @param now the time
     */
    public void handleTimeout(long now) {
        if (now >= nextTimeout()) {
            silenceStepNanos = now + SILENCE_STEP_NANOS;
            delay.set(Math.max(minBps, targetBps() * 7 / 10), now);
        }
    }

    /**
     * What may be sent.
     *
     * @return bits per second, with all headers
     */
    public long targetBps() {
        return Math.max(minBps, Math.min(Math.min(delay.bps(), lossBps), receiverBps));
    }

    /**
     * How fast packets may leave one after the other.
     *
     * @return bits per second
     */
    public long pacingBps() {
        long media = targetBps() * PACING_FACTOR_PERCENT / 100;
        return isProbing() ? Math.max(probes.bps(), targetBps()) : media;
    }

    /**
     * Whether a probe wants packets now; where there is no media, padding.
     *
     * @return true while a cluster is not complete
     */
    public boolean isProbing() {
        return probes.current() != Probes.NONE;
    }

    /**
     * What arrived lately.
     *
     * @return bits per second, -1 if unknown
     */
    public long acknowledgedBps() {
        return acknowledged.bps();
    }

    @Override
    public String toString() {
        return "target " + targetBps() / 1000 + " kbit/s, delay " + delay.bps() / 1000 + ", loss " + lossBps / 1000
                + " (" + Math.round(losses.fraction() * 100) + " %), " + trend.usage();
    }
}
