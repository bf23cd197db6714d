package dev.yodel.webrtc.internal.transport;

import java.util.Arrays;

/**
 * How long are pictures on their way from their first packet to whoever takes them: until they are whole, and until
 * their time has come? It remembers when the latest packets came. Loop thread only.
 */
public final class PictureAssembly {
    /** As many as a picture may have. */
    private static final int PACKETS = 1_024;

    /** As many as may wait for their time. */
    private static final int PICTURES = 256;

    /**
     * The counts of one moment.
     *
     * @param frames pictures of more than one packet
     * @param seconds sum of the times between their first packet and their last
     * @param shown pictures that were handed over
     * @param delaySeconds sum of the times between their first packet and that
     * @param targetDelaySeconds sum of the delays that were aimed at then
     * @param minimumDelaySeconds sum of those that network and sender asked for
     */
    public record Snapshot(
            long frames,
            double seconds,
            long shown,
            double delaySeconds,
            double targetDelaySeconds,
            double minimumDelaySeconds) {}

    private final long[] sequences = new long[PACKETS];
    private final long[] arrivals = new long[PACKETS];
    private final long[] timestamps = new long[PICTURES];
    private final long[] begun = new long[PICTURES];
    private int next;
    private long frames;
    private long nanos;
    private long shown;
    private long delayNanos;
    private long targetNanos;
    private long minimumNanos;

    PictureAssembly() {
        Arrays.fill(sequences, Long.MIN_VALUE);
        Arrays.fill(timestamps, -1);
    }

    void onPacket(long sequence, long arrivalNanos) {
        int at = (int) sequence & (PACKETS - 1);
        sequences[at] = sequence;
        arrivals[at] = arrivalNanos;
    }

    /** A picture is whole. */
    void onFrame(long firstSequence, long lastSequence, long rtpTimestamp) {
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        for (long sequence = Math.max(firstSequence, lastSequence - PACKETS + 1);
                sequence <= lastSequence;
                sequence++) {
            int at = (int) sequence & (PACKETS - 1);
            if (sequences[at] == sequence) {
                earliest = Math.min(earliest, arrivals[at]);
                latest = Math.max(latest, arrivals[at]);
            }
        }
        if (firstSequence != lastSequence) {
            frames++;
            nanos += Math.max(0, latest - earliest);
        }
        timestamps[next] = rtpTimestamp;
        begun[next] = earliest;
        next = (next + 1) % PICTURES;
    }

    /** A picture is handed over. */
    void onShown(long rtpTimestamp, long target, long minimum, long now) {
        for (int i = 0; i < PICTURES; i++) {
            if (timestamps[i] == rtpTimestamp) {
                timestamps[i] = -1;
                shown++;
                delayNanos += Math.max(0, now - begun[i]);
                targetNanos += target;
                minimumNanos += Math.min(target, minimum);
                return;
            }
        }
    }

    Snapshot snapshot() {
        return new Snapshot(frames, nanos / 1e9, shown, delayNanos / 1e9, targetNanos / 1e9, minimumNanos / 1e9);
    }
}
