package dev.yodel.sctp;

import dev.yodel.sctp.state.Counts;

/** Counts of what an association has seen. Every value only grows. */
public final class SctpCounters {
    private final Counts counts;

    SctpCounters(Counts counts) {
        this.counts = counts;
    }

    /**
     * Packets given to the association.
     *
     * @return count
     */
    public long packetsReceived() {
        return counts.packetsReceived;
    }

    /**
     * Packets taken from the association.
     *
     * @return count
     */
    public long packetsSent() {
        return counts.packetsSent;
    }

    /**
     * Packets that came with zero in place of a checksum and were taken, RFC 9653.
     *
     * @return count
     */
    public long zeroChecksumsReceived() {
        return counts.zeroChecksumsReceived;
    }

    /**
     * Packets sent with zero in place of a checksum, RFC 9653.
     *
     * @return count
     */
    public long zeroChecksumsSent() {
        return counts.zeroChecksumsSent;
    }

    /**
     * Messages that were given up before anything of them was sent, because their lifetime was over. RFC 7496 4.3.
     *
     * @return count
     */
    public long abandonedUnsent() {
        return counts.abandonedUnsent;
    }

    /**
     * Messages that were given up after something of them was sent; the peer may have some or all of it. RFC 7496 4.3.
     *
     * @return count
     */
    public long abandonedSent() {
        return counts.abandonedSent;
    }

    /**
     * Packets with a wrong checksum.
     *
     * @return count
     */
    public long checksumErrors() {
        return counts.checksumErrors;
    }

    /**
     * Packets whose lengths or counts lie.
     *
     * @return count
     */
    public long malformedPackets() {
        return counts.malformedPackets;
    }

    /**
     * Packets with a wrong verification tag.
     *
     * @return count
     */
    public long wrongTags() {
        return counts.wrongTags;
    }

    /**
     * DATA chunks dropped for want of room or for a stream or TSN that cannot be, and control chunks beyond what is
     * answered.
     *
     * @return count
     */
    public long droppedChunks() {
        return counts.droppedChunks;
    }

    /**
     * DATA chunks that came more than once.
     *
     * @return count
     */
    public long duplicateChunks() {
        return counts.duplicateChunks;
    }

    /**
     * Cookies that were forged, stale or of no use.
     *
     * @return count
     */
    public long badCookies() {
        return counts.badCookies;
    }

    /**
     * Chunks of an unknown type.
     *
     * @return count
     */
    public long unknownChunks() {
        return counts.unknownChunks;
    }

    /**
     * SACKs, or parts of them, that were too old or acknowledged what was never sent.
     *
     * @return count
     */
    public long ignoredSacks() {
        return counts.ignoredSacks;
    }

    /**
     * DATA chunks that were sent again.
     *
     * @return count
     */
    public long retransmissions() {
        return counts.retransmissions;
    }

    /**
     * Times when nothing of what was under way was answered. RFC 9260 6.3.3
     *
     * @return count
     */
    public long retransmissionTimeouts() {
        return counts.retransmissionTimeouts;
    }

    /**
     * Packets that asked for a SACK because none came for two round trips. RFC 8985 7
     *
     * @return count
     */
    public long tailProbes() {
        return counts.probes;
    }

    /**
     * Times when all that was taken for lost had arrived after all, and the congestion window was given back.
     *
     * @return count
     */
    public long mistakenRecoveries() {
        return counts.mistakenRecoveries;
    }

    /**
     * Probes for larger packets that were sent. RFC 8899
     *
     * @return count
     */
    public long pathProbes() {
        return counts.pathProbes;
    }

    /**
     * Times when packets became small again because nothing was answered for a whole time-out. RFC 8899 4.3
     *
     * @return count
     */
    public long pathReductions() {
        return counts.pathReductions;
    }
}
