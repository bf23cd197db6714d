package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;
import dev.yodel.media.JitterBufferOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How long must each track of a stream wait so that what was captured together is heard and seen together (RFC 3550 6.4.1)?
 * The peer's sender reports say at which time of the peer's clock a moment of each track was captured; the difference
 * to when it would be played here is the same for all tracks that are in sync. It plays nothing. Loop thread only.
 */
final class LipSync {
    /** Clocks that are further apart say nothing about each other. */
    private static final long MAX_APART_NANOS = JitterBufferOptions.MAX_DELAY_NANOS;

    private static final long REFRESH_NANOS = 100 * Time.MILLISECOND;

    /** A moment of a track by the sender's clock. */
    private record Moment(long ntpNanos, long rtpTimestamp) {}

    /** One track that takes part. */
    private record Part(DecodedMedia media, long ownNanos, long lagNanos) {}

    private final Map<MediaReceiver, Moment> moments = new HashMap<>();

    /** By the clock of who captured: what stands behind a mixer or forwarder is in sync by that alone. */
    private final Map<MediaReceiver, Moment> captures = new HashMap<>();

    private final Map<MediaReceiver, Set<String>> streams = new HashMap<>();

    private long refreshedNanos = Long.MIN_VALUE / 2;

    /** What is received, and which streams it belongs to. */
    void configure(List<MediaSectionPlan> sections) {
        streams.clear();
        for (MediaSectionPlan section : sections) {
            if (section.receive() != null) {
                streams.put(section.receiver(), new HashSet<>(section.remoteStreams()));
            }
        }
        moments.keySet().retainAll(streams.keySet());
        captures.keySet().retainAll(streams.keySet());
    }

    /**
     * The peer said which time a moment was captured at.
     *
     * @param ntpTime 32.32 seconds by the peer's clock
     */
    void onMoment(MediaReceiver receiver, long ssrc, long ntpTime, long rtpTimestamp) {
        onMoment(moments, receiver, ssrc, ntpTime, rtpTimestamp);
    }

    /**
     * A packet said when it was captured (abs-capture-time). Where all tracks of a stream say that, it counts instead
     * of reports.
     *
     * @param ntpTime 32.32 seconds by the clock of who captured it
     */
    void onCapture(MediaReceiver receiver, long ssrc, long ntpTime, long rtpTimestamp) {
        onMoment(captures, receiver, ssrc, ntpTime, rtpTimestamp);
    }

    private void onMoment(
            Map<MediaReceiver, Moment> into, MediaReceiver receiver, long ssrc, long ntpTime, long rtpTimestamp) {
        Set<String> mine = streams.get(receiver);
        if (mine == null || mine.isEmpty() || receiver.track().decoded().playedSsrc() != ssrc) {
            return;
        }
        into.put(receiver, new Moment(nanos(ntpTime), rtpTimestamp));
        align(mine);
    }

    /**
     * Packets come. What the reports say holds until the next ones, but the sound comes nearer to the delay that it
     * needs, or has to play later, from tenth to tenth of a second, and the picture follows it.
     */
    void refresh(long now) {
        if (now - refreshedNanos < REFRESH_NANOS) {
            return;
        }
        refreshedNanos = now;
        Set<Set<String>> aligned = new HashSet<>();
        for (MediaReceiver receiver : moments.keySet()) {
            Set<String> mine = streams.getOrDefault(receiver, Set.of());
            if (!mine.isEmpty() && aligned.add(mine)) {
                align(mine);
            }
        }
    }

    /** Lets the tracks of some streams wait for the latest of them. */
    private void align(Set<String> mine) {
        boolean captured = captures.keySet().containsAll(moments.keySet());
        Map<MediaReceiver, Moment> counting = captured ? captures : moments;
        long latest = Long.MIN_VALUE;
        long heard = Long.MIN_VALUE;
        Map<MediaReceiver, Part> parts = new HashMap<>();
        for (Map.Entry<MediaReceiver, Moment> entry : counting.entrySet()) {
            DecodedMedia media = entry.getKey().track().decoded();
            Moment moment = entry.getValue();
            long arrival = media.fastestArrivalNanos(moment.rtpTimestamp);
            Set<String> others = streams.getOrDefault(entry.getKey(), Set.of());
            if (arrival != Time.NEVER && shares(mine, others)) {
                long own = media.ownDelayNanos();
                Part part = new Part(media, own, arrival - moment.ntpNanos + own);
                parts.put(entry.getKey(), part);
                latest = Math.max(latest, part.lagNanos);
                heard = Math.max(heard, part.lagNanos + media.currentDelayNanos() - own);
            }
        }
        for (Part part : parts.values()) {
            // A picture waits at once; sound gets there by playing slower, and until then the picture goes by what is
            // heard.
            long wait = (part.media.isSound() ? latest : Math.max(latest, heard)) - part.lagNanos;
            part.media.synchronize(wait == 0 || wait > MAX_APART_NANOS ? 0 : part.ownNanos + wait);
        }
    }

    private static boolean shares(Set<String> some, Set<String> others) {
        for (String stream : some) {
            if (others.contains(stream)) {
                return true;
            }
        }
        return false;
    }

    private static long nanos(long ntpTime) {
        return (ntpTime >>> 32) * Time.SECOND + (((ntpTime & 0xffff_ffffL) * Time.SECOND) >>> 32);
    }
}
