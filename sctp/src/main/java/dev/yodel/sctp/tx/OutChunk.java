package dev.yodel.sctp.tx;

/** A DATA chunk that has a TSN. */
final class OutChunk {
    enum State {
        IN_FLIGHT,
        ACKNOWLEDGED,
        LOST,
        ABANDONED
    }

    final long tsn;
    final OutMessage message;
    final int offset;
    final int length;
    State state = State.LOST;
    int sends;
    int misses;
    long sentAt;
    boolean resentFast;

    OutChunk(long tsn, OutMessage message, int offset, int length) {
        this.tsn = tsn;
        this.message = message;
        this.offset = offset;
        this.length = length;
    }
}
