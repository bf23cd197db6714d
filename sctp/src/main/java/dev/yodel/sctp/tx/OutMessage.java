package dev.yodel.sctp.tx;

/** A user message on its way out. Its bytes are not changed by anybody. */
public final class OutMessage {
    final int streamId;
    final int ppid;
    final byte[] data;
    final boolean unordered;
    final int maxRetransmits;
    final long expiresAtNanos;
    int sentBytes;
    /** Its stream sequence number or message identifier, once it was begun. */
    int number;
    /** Pieces that have a TSN. */
    int fragments;

    boolean begun;
    boolean abandoned;
    /** The TSNs of its first and last piece; other messages' may lie between. */
    long firstTsn = -1;

    long lastTsn = -1;

    public OutMessage(int streamId, int ppid, byte[] data, boolean unordered, int maxRetransmits, long expiresAtNanos) {
        this.streamId = streamId;
        this.ppid = ppid;
        this.data = data;
        this.unordered = unordered;
        this.maxRetransmits = maxRetransmits;
        this.expiresAtNanos = expiresAtNanos;
    }

    int unsentBytes() {
        return data.length - sentBytes;
    }

    boolean isWornOut(int sends, long now) {
        return now >= expiresAtNanos || (maxRetransmits >= 0 && sends > maxRetransmits);
    }
}
