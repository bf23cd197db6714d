package dev.yodel.rtp.feedback;

import dev.yodel.io.Time;
import dev.yodel.rtp.LossReports;
import dev.yodel.rtp.rtcp.CongestionFeedback;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When did which packet of which source arrive, and when is that told to the sender (RFC 8888 3, 5)? A packet that
 * comes late is told again together with all behind it. It sends nothing itself. Bounded: {@link #MAX_STREAMS}
 * sources, the longest silent one makes room, and {@link #CAPACITY} packets of each.
 */
public final class StreamArrivals {
    static final int MAX_STREAMS = 64;
    static final int CAPACITY = 1 << 10;

    /** Most bytes of a report. */
    private static final int MAX_REPORT = 1_160;

    private static final long NONE = CongestionFeedback.NOT_RECEIVED;

    private static final class Stream {
        final long ssrc;
        final long[] arrivals = new long[CAPACITY];
        /** Of each place whether its packet was reported as lost, and not as received since. */
        final boolean[] told = new boolean[CAPACITY];

        long lost;
        long recovered;
        long next;
        long highest;
        long lastNanos;

        Stream(long ssrc, long first) {
            this.ssrc = ssrc;
            this.next = first;
            this.highest = first - 1;
            Arrays.fill(arrivals, NONE);
        }

        int slot(long number) {
            return (int) number & (CAPACITY - 1);
        }

        void onPacket(long number, long now) {
            if (number > highest) {
                if (number - highest > CAPACITY) {
                    Arrays.fill(arrivals, NONE);
                    Arrays.fill(told, false);
                    next = number;
                } else {
                    for (long missing = highest + 1; missing < number; missing++) {
                        arrivals[slot(missing)] = NONE;
                        told[slot(missing)] = false;
                    }
                    told[slot(number)] = false;
                }
                highest = number;
            } else if (number <= highest - CAPACITY || arrivals[slot(number)] != NONE) {
                return;
            }
            arrivals[slot(number)] = now / 1000;
            next = Math.max(Math.min(next, number), highest - CAPACITY + 1);
            lastNanos = now;
        }

        /** What is about to be reported of a packet. */
        long tell(long number) {
            int at = slot(number);
            boolean missing = arrivals[at] == NONE;
            if (missing && !told[at]) {
                lost++;
            } else if (!missing && told[at]) {
                recovered++;
            }
            told[at] = missing;
            return arrivals[at];
        }
    }

    private final List<Stream> streams = new ArrayList<>();
    private final long[] micros = new long[CAPACITY];
    private long dueNanos = Time.NEVER;

    /** Nothing arrived so far. */
    public StreamArrivals() {}

    /**
     * A packet came.
     *
     * @param ssrc its source
     * @param number its extended sequence number
     * @param now time of arrival
     */
    public void onPacket(long ssrc, long number, long now) {
        Stream found = null;
        Stream oldest = null;
        for (int i = 0; i < streams.size(); i++) {
            Stream stream = streams.get(i);
            if (stream.ssrc == ssrc) {
                found = stream;
                break;
            }
            oldest = oldest == null || stream.lastNanos < oldest.lastNanos ? stream : oldest;
        }
        if (found == null) {
            if (streams.size() == MAX_STREAMS) {
                streams.remove(oldest);
            }
            found = new Stream(ssrc, number);
            streams.add(found);
        }
        found.onPacket(number, now);
        if (dueNanos == Time.NEVER) {
            dueNanos = now + ArrivalReporter.INTERVAL_NANOS;
        }
    }

    /**
     * When {@link #poll} has something to say.
     *
     * @return a time, or {@link Time#NEVER}
     */
    public long nextTimeout() {
        return dueNanos;
    }

    /**
     * What was reported about a source.
     *
     * @param ssrc the source
     * @return counts since its first packet
     */
    public LossReports reported(long ssrc) {
        for (Stream stream : streams) {
            if (stream.ssrc == ssrc) {
                return new LossReports(stream.lost, stream.recovered);
            }
        }
        return LossReports.NONE;
    }

    /**
     * The next report that is due.
     *
     * @param senderSsrc who speaks
     * @param now the time
     * @return the report, or null if none is due
     */
    public @Nullable CongestionFeedback poll(long senderSsrc, long now) {
        if (now < dueNanos) {
            return null;
        }
        CongestionFeedback.Builder report = null;
        boolean more = false;
        for (int i = 0; i < streams.size(); i++) {
            Stream stream = streams.get(i);
            if (stream.next > stream.highest) {
                continue;
            }
            CongestionFeedback.Builder builder =
                    report == null ? new CongestionFeedback.Builder(senderSsrc, now / 1000, MAX_REPORT) : report;
            report = builder;
            int count = (int) Math.min(builder.room(), stream.highest - stream.next + 1);
            if (count > 0) {
                for (int at = 0; at < count; at++) {
                    micros[at] = stream.tell(stream.next + at);
                }
                builder.stream(stream.ssrc, (int) stream.next & 0xffff, micros, count);
                stream.next += count;
            }
            more |= stream.next <= stream.highest;
        }
        dueNanos = more ? now : Time.NEVER;
        return report == null ? null : report.build();
    }
}
