package dev.yodel.sctp.tx;

import org.jspecify.annotations.Nullable;

/** Chunks in an order, linked through themselves: a chunk is in one list at most. */
final class ChunkList {
    private @Nullable OutChunk first;
    private @Nullable OutChunk last;

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    OutChunk first() {
        return first;
    }

    @Nullable
    OutChunk last() {
        return last;
    }

    void addLast(OutChunk chunk) {
        insertAfter(last, chunk);
    }

    /** Inserts by TSN; chunks come nearly in order, so the place is looked for from the end. */
    void addByTsn(OutChunk chunk) {
        OutChunk place = last;
        if (first != null && chunk.tsn < first.tsn) {
            place = null;
        }
        while (place != null && place.tsn > chunk.tsn) {
            place = place.before;
        }
        insertAfter(place, chunk);
    }

    /** Puts a chunk in front of all. */
    void addFirst(OutChunk chunk) {
        insertAfter(null, chunk);
    }

    private void insertAfter(@Nullable OutChunk place, OutChunk chunk) {
        OutChunk follower = place == null ? first : place.after;
        chunk.before = place;
        chunk.after = follower;
        if (place == null) {
            first = chunk;
        } else {
            place.after = chunk;
        }
        if (follower == null) {
            last = chunk;
        } else {
            follower.before = chunk;
        }
    }

    void remove(OutChunk chunk) {
        if (chunk.before == null) {
            first = chunk.after;
        } else {
            chunk.before.after = chunk.after;
        }
        if (chunk.after == null) {
            last = chunk.before;
        } else {
            chunk.after.before = chunk.before;
        }
        chunk.before = null;
        chunk.after = null;
    }
}
