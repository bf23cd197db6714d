package dev.yodel.media;

import dev.yodel.io.Time;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * When is a received video frame to be shown? It keeps frames in decoding order for as long as the network's jitter, a wish
 * for delay, or the sound that belongs to them asks for, and stamps each with its time. A frame that comes later than that
 * is handed out at once; none is dropped or reordered here. It is a core: one thread, time as an argument.
 *
 * <p>Its delay is counted from when the fastest frames of the last two seconds would have come, as in {@link JitterBuffer}.
 * It grows at once and shrinks slowly, so that pictures do not stutter, at the sound's pace;
 * with sound it grows at that pace, too.
 */
public final class VideoPlayout {
    /** Most bytes that wait; more push the oldest out early. */
    static final int MAX_BYTES = 4 << 20;

    private static final int MAX_FRAMES = 256;

    /** A timestamp this far from the one before it begins a new stream. */
    private static final long JUMP = 3 * Time.SECOND;

    /**
     * The delay changes by at most this part of the time that passes, as far as it does so slowly: a tenth, as the sound's,
     * which comes nearer to its delay by 10 ms in five frames of 20 ms.
     */
    private static final int PACE = 10;

    private record Waiting(EncodedFrame frame, long mediaNanos, long arrivalNanos) {}

    private final int clockRateHz;
    private final JitterBufferOptions options;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final JitterEstimate estimate = new JitterEstimate();
    private boolean anything;
    private long newestTimestamp;
    private int bytes;
    private long requested;
    private long synchronizing;
    private boolean withSound;
    private long least;
    private long most = JitterBufferOptions.MAX_DELAY_NANOS;
    private long delay;
    private long delayNanosAt;
    private long shown;
    private long late;
    private long delayTotal;

    /**
     * An empty playout.
     *
     * @param clockRateHz of the RTP timestamps, positive
     * @param options bounds of the delay that jitter may cost
     */
    public VideoPlayout(int clockRateHz, JitterBufferOptions options) {
        this.clockRateHz = clockRateHz;
        this.options = options;
    }

    /**
     * A frame is complete.
     *
     * @param frame with an RTP timestamp; the next one in decoding order
     * @param arrivalNanos when its last packet came
     */
    public void insert(EncodedFrame frame, long arrivalNanos) {
        long timestamp = unwrap(frame.rtpTimestamp());
        if (!anything || Math.abs(nanos(timestamp - newestTimestamp)) > JUMP) {
            anything = true;
            timestamp = frame.rtpTimestamp();
            newestTimestamp = timestamp;
            estimate.forgetPath();
        }
        newestTimestamp = Math.max(newestTimestamp, timestamp);
        long media = nanos(timestamp);
        estimate.add(arrivalNanos, media);
        adapt(arrivalNanos);
        queue.addLast(new Waiting(frame, media, arrivalNanos));
        bytes += frame.data().length;
    }

    private long unwrap(long rtpTimestamp) {
        return newestTimestamp + ((int) rtpTimestamp - (int) newestTimestamp);
    }

    private void adapt(long now) {
        long wanted = targetDelayNanos();
        long passed = Math.max(0, now - delayNanosAt);
        if (wanted < delay) {
            delay = Math.max(wanted, delay - passed / PACE);
        } else if (withSound) {
            // It follows the sound at once, and lets the sound follow where it needs longer itself.
            delay = Math.min(wanted, Math.max(Math.max(delay, synchronizing), delay + passed / PACE));
        } else {
            delay = wanted;
        }
        delayNanosAt = now;
    }

    private long playNanos(Waiting waiting) {
        return estimate.base() + waiting.mediaNanos + delay;
    }

    /**
     * When {@link #poll} has something to give.
     *
     * @return a time, or {@link Time#NEVER}
     */
    public long nextTimeout() {
        if (queue.isEmpty()) {
            return Time.NEVER;
        }
        if (full()) {
            return Long.MIN_VALUE;
        }
        // What is shown later may have to be decoded earlier.
        long next = Time.NEVER;
        for (Waiting waiting : queue) {
            next = Math.min(next, playNanos(waiting));
        }
        return next;
    }

    private boolean full() {
        return queue.size() > MAX_FRAMES || bytes > MAX_BYTES;
    }

    /**
     * The next frame whose time has come.
     *
     * @param now the time
     * @return the frame with {@link EncodedFrame#presentationNanos()}, or null if none is due
     */
    public @Nullable EncodedFrame poll(long now) {
        if (nextTimeout() > now) {
            return null;
        }
        Waiting first = queue.removeFirst();
        bytes -= first.frame.data().length;
        long at = playNanos(first);
        if (at < first.arrivalNanos) {
            late++;
        }
        shown++;
        delayTotal += Math.max(0, now - first.arrivalNanos);
        return first.frame.withPresentation(at);
    }

    /**
     * The delay it aims at, beyond the fastest frames, for the jitter and for what was asked for.
     *
     * @return nanoseconds
     */
    public long targetDelayNanos() {
        return Math.max(ownDelayNanos(), Math.min(synchronizing, JitterBufferOptions.MAX_DELAY_NANOS));
    }

    /**
     * The delay it would aim at if no sound belonged to it.
     *
     * @return nanoseconds
     */
    public long ownDelayNanos() {
        return Math.min(most, Math.max(neededDelayNanos(), requested));
    }

    /**
     * The delay that the network and the sender ask for, whatever else was wished.
     *
     * @return nanoseconds
     */
    public long neededDelayNanos() {
        long jitter = anything ? Math.min(estimate.spread(), options.maxDelayNanos()) : 0;
        return Math.min(most, Math.max(Math.max(options.minDelayNanos(), least), jitter));
    }

    /**
     * When a moment of the stream would have come at the earliest.
     *
     * @param rtpTimestamp of the moment, 0 to 2^32-1
     * @return loop time, or {@link Time#NEVER} before the first frame
     */
    public long fastestArrivalNanos(long rtpTimestamp) {
        return anything ? estimate.base() + nanos(unwrap(rtpTimestamp)) : Time.NEVER;
    }

    /**
     * Asks for a delay of at least this (W3C jitterBufferTarget).
     *
     * @param nanos 0 to 4 s; 0 for what the network needs
     */
    public void requestDelay(long nanos) {
        requested = nanos;
    }

    /**
     * The delay at which the picture belongs to the sound.
     *
     * @param nanos 0 and more
     */
    public void synchronize(long nanos) {
        synchronizing = nanos;
        withSound |= nanos > 0;
    }

    /**
     * What the sender allows (the playout-delay header extension); sound that is later still counts more.
     *
     * @param minNanos 0 and more
     * @param maxNanos at least {@code minNanos}
     */
    public void limit(long minNanos, long maxNanos) {
        least = Math.min(minNanos, JitterBufferOptions.MAX_DELAY_NANOS);
        most = Math.max(maxNanos, least);
    }

    /**
     * Frames handed out.
     *
     * @return a count since the beginning
     */
    public long shown() {
        return shown;
    }

    /**
     * Frames that came after their time.
     *
     * @return a count since the beginning
     */
    public long late() {
        return late;
    }

    /**
     * How long all frames waited here.
     *
     * @return nanoseconds
     */
    public long delayTotalNanos() {
        return delayTotal;
    }

    private long nanos(long ticks) {
        return Math.floorDiv(ticks, clockRateHz) * Time.SECOND
                + Math.floorMod(ticks, (long) clockRateHz) * Time.SECOND / clockRateHz;
    }

    @Override
    public String toString() {
        return "VideoPlayout[" + queue.size() + " frames, delay " + delay / Time.MILLISECOND + " ms]";
    }
}
