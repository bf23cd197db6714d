package dev.yodel.rtp.congestion;

import dev.yodel.rtp.LossReports;
import dev.yodel.rtp.rtcp.CongestionFeedback;
import java.util.Arrays;

/**
 * Which packets does feedback by source and sequence number speak of (RFC 8888)? It gives the estimator the same that
 * transport-wide feedback does: packets by their running number, in the order in which they were sent. Bounded: the latest
 * {@link #WINDOW} packets of {@link #MAX_SOURCES} sources. A core: one thread.
 */
public final class StreamFeedback {
    static final int WINDOW = 1 << 11;
    static final int MAX_SOURCES = 256;

    /** Most packets of one report that are looked at. */
    private static final int MAX_PACKETS = 1 << 12;

    private static final long UNKNOWN = -1;

    private int[] ssrcs = new int[8];
    private long[][] numbersBySource = new long[8][];
    /** By source and place: packets that the last report about them had as lost. */
    private boolean[][] lostBySource = new boolean[8][];

    private long[] lost = new long[8];
    private long[] recovered = new long[8];
    private int sources;
    private int latest;
    private final long[] order = new long[MAX_PACKETS];
    private final long[] arrivals = new long[MAX_PACKETS];
    private boolean anyTimestamp;
    private int lastTimestamp;
    private long timestamp;

    /** Nothing was sent. */
    public StreamFeedback() {}

    private int find(int ssrc) {
        if (latest < sources && ssrcs[latest] == ssrc) {
            return latest;
        }
        for (int i = 0; i < sources; i++) {
            if (ssrcs[i] == ssrc) {
                latest = i;
                return i;
            }
        }
        return -1;
    }

    /**
     * A packet leaves.
     *
     * @param ssrc its source
     * @param sequenceNumber 0 to 65535
     * @param number its running number
     */
    public void onSent(int ssrc, int sequenceNumber, long number) {
        int source = find(ssrc);
        if (source < 0) {
            if (sources == MAX_SOURCES) {
                clear();
            }
            if (sources == ssrcs.length) {
                ssrcs = Arrays.copyOf(ssrcs, 2 * sources);
                numbersBySource = Arrays.copyOf(numbersBySource, 2 * sources);
                lostBySource = Arrays.copyOf(lostBySource, 2 * sources);
                lost = Arrays.copyOf(lost, 2 * sources);
                recovered = Arrays.copyOf(recovered, 2 * sources);
            }
            source = sources++;
            ssrcs[source] = ssrc;
            numbersBySource[source] = new long[WINDOW];
            Arrays.fill(numbersBySource[source], UNKNOWN);
            lostBySource[source] = new boolean[WINDOW];
            lost[source] = 0;
            recovered[source] = 0;
        }
        lostBySource[source][sequenceNumber & (WINDOW - 1)] = false;
        numbersBySource[source][sequenceNumber & (WINDOW - 1)] = number << 16 | sequenceNumber;
    }

    /** Forgets what was sent: sources are gone. */
    public void clear() {
        sources = 0;
        latest = 0;
        Arrays.fill(numbersBySource, new long[0]);
        Arrays.fill(lostBySource, new boolean[0]);
    }

    private long number(int ssrc, int sequenceNumber) {
        int source = find(ssrc);
        long found = source < 0 ? UNKNOWN : numbersBySource[source][sequenceNumber & (WINDOW - 1)];
        return found != UNKNOWN && (found & 0xffff) == sequenceNumber ? found >> 16 : UNKNOWN;
    }

    /** Counts a packet that {@link #number} has just found. */
    private void note(int sequenceNumber, boolean received) {
        boolean[] told = lostBySource[latest];
        int at = sequenceNumber & (WINDOW - 1);
        if (received && told[at]) {
            recovered[latest]++;
        } else if (!received && !told[at]) {
            lost[latest]++;
        }
        told[at] = !received;
    }

    /**
     * What was reported about a source.
     *
     * @param ssrc the source
     * @return counts since it first sent, or since sources went
     */
    public LossReports reported(int ssrc) {
        int source = find(ssrc);
        return source < 0 ? LossReports.NONE : new LossReports(lost[source], recovered[source]);
    }

    /**
     * Tells an estimator what a report says.
     *
     * @param feedback parsed
     * @param to gets it
     * @param now the time
     */
    public void onFeedback(CongestionFeedback feedback, BandwidthEstimator to, long now) {
        timestamp =
                anyTimestamp ? timestamp + (feedback.timestamp() - lastTimestamp) : feedback.timestamp() & 0xffff_ffffL;
        anyTimestamp = true;
        lastTimestamp = feedback.timestamp();
        long reportMicros = (timestamp * 1_000_000) >> 16;
        int count = 0;
        CongestionFeedback.Cursor cursor = feedback.packets();
        while (count < MAX_PACKETS && cursor.next()) {
            long number = number((int) cursor.ssrc(), cursor.sequenceNumber());
            if (number != UNKNOWN) {
                note(cursor.sequenceNumber(), cursor.received());
            }
            if (number == UNKNOWN || (cursor.received() && !cursor.timed())) {
                continue;
            }
            arrivals[count] = cursor.received() ? reportMicros - cursor.ageMicros() : BandwidthEstimator.NOT_RECEIVED;
            order[count] = number << 12 | count;
            count++;
        }
        Arrays.sort(order, 0, count);
        to.beginFeedback(now);
        for (int i = 0; i < count; i++) {
            to.onPacket(order[i] >> 12, arrivals[(int) order[i] & (MAX_PACKETS - 1)], now);
        }
        to.endFeedback(now);
    }
}
