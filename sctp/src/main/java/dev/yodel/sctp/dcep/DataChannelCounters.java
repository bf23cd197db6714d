package dev.yodel.sctp.dcep;

/** Counts of what {@link DataChannels} refused. Every value only grows. */
public final class DataChannelCounters {
    long opensRefused;
    long messagesDropped;
    long resetsRefused;
    long resetsPresumed;

    DataChannelCounters() {}

    /**
     * OPEN messages that were malformed, one too many, or for a stream that was not the peer's to open.
     *
     * @return count
     */
    public long opensRefused() {
        return opensRefused;
    }

    /**
     * Messages for channels that are not open, of an unknown kind, or ACKs to nothing.
     *
     * @return count
     */
    public long messagesDropped() {
        return messagesDropped;
    }

    /**
     * Channels whose stream the peer would not reset, so that their ids are lost.
     *
     * @return count
     */
    public long resetsRefused() {
        return resetsRefused;
    }

    /**
     * Channels that the peer did not reset while it answered otherwise, and that count as closed.
     *
     * @return count
     */
    public long resetsPresumed() {
        return resetsPresumed;
    }
}
