package dev.yodel.sctp.rx;

import java.util.HashMap;
import java.util.Map;

/** From which size on does a stream's message come in pieces? It outlives a restart of the association. */
public final class PieceThresholds {
    private final long ofAll;
    private final Map<Integer, Integer> ofStream = new HashMap<>();

    /** Negative for never. */
    public PieceThresholds(int ofAll) {
        this.ofAll = ofAll;
    }

    /** Overrides the threshold of all for one stream; negative for never. */
    public void set(int streamId, int thresholdBytes) {
        ofStream.put(streamId, thresholdBytes);
    }

    /** A stream is again like all others. */
    public void clear(int streamId) {
        ofStream.remove(streamId);
    }

    private long of(int streamId) {
        if (ofStream.isEmpty()) {
            return ofAll;
        }
        Integer own = ofStream.get(streamId);
        return own == null ? ofAll : own;
    }

    /** Whether a stream's messages may be of any size. */
    boolean isUnlimited(int streamId) {
        return of(streamId) >= 0;
    }

    /** Whether a message that has so many bytes comes in pieces. */
    boolean isExceeded(int streamId, long bytes) {
        long threshold = of(streamId);
        return threshold >= 0 && bytes > threshold;
    }
}
