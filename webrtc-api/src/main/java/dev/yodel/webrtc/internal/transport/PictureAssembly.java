package dev.yodel.webrtc.internal.transport;

/**
 * How long did it take until the pictures that came in several packets were there? It remembers when the latest packets came.
 * Loop thread only.
 */
public final class PictureAssembly {
    /** As many as a picture may have. */
    private static final int PACKETS = 1_024;

    /**
     * The counts of one moment.
     *
     * @param frames pictures of more than one packet
     * @param seconds sum of the times between their first packet and their last
     */
    public record Snapshot(long frames, double seconds) {}

    private final long[] sequences = new long[PACKETS];
    private final long[] arrivals = new long[PACKETS];
    private long frames;
    private long nanos;

    PictureAssembly() {
        java.util.Arrays.fill(sequences, Long.MIN_VALUE);
    }

    void onPacket(long sequence, long arrivalNanos) {
        int at = (int) sequence & (PACKETS - 1);
        sequences[at] = sequence;
        arrivals[at] = arrivalNanos;
    }

    /** A picture is whole. */
    void onFrame(long firstSequence, long lastSequence) {
        if (firstSequence == lastSequence) {
            return;
        }
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
        frames++;
        nanos += Math.max(0, latest - earliest);
    }

    Snapshot snapshot() {
        return new Snapshot(frames, nanos / 1e9);
    }
}
