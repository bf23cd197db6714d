package dev.yodel.sctp;

/** Counts of what an association has seen. Every value only grows. */
public final class SctpCounters {
    long packetsReceived;
    long packetsSent;
    long checksumErrors;
    long malformedPackets;
    long wrongTags;
    long droppedChunks;
    long duplicateChunks;
    long badCookies;
    long unknownChunks;

    SctpCounters() {}

    /**
     * Packets given to the association.
     *
     * @return count
     */
    public long packetsReceived() {
        return packetsReceived;
    }

    /**
     * Packets taken from the association.
     *
     * @return count
     */
    public long packetsSent() {
        return packetsSent;
    }

    /**
     * Packets with a wrong checksum.
     *
     * @return count
     */
    public long checksumErrors() {
        return checksumErrors;
    }

    /**
     * Packets whose lengths or counts lie.
     *
     * @return count
     */
    public long malformedPackets() {
        return malformedPackets;
    }

    /**
     * Packets with a wrong verification tag.
     *
     * @return count
     */
    public long wrongTags() {
        return wrongTags;
    }

    /**
     * DATA chunks dropped for want of room or for a stream or TSN that cannot be, and control chunks beyond what is answered.
     *
     * @return count
     */
    public long droppedChunks() {
        return droppedChunks;
    }

    /**
     * DATA chunks that came more than once.
     *
     * @return count
     */
    public long duplicateChunks() {
        return duplicateChunks;
    }

    /**
     * Cookies that were forged, stale or of no use.
     *
     * @return count
     */
    public long badCookies() {
        return badCookies;
    }

    /**
     * Chunks of an unknown type.
     *
     * @return count
     */
    public long unknownChunks() {
        return unknownChunks;
    }
}
