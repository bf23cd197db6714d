package dev.yodel.sctp.state;

/** What the parts of an association count; {@code SctpCounters} shows it to the owner. Every value only grows. */
public final class Counts {
    public long packetsReceived;
    public long packetsSent;
    public long abandonedUnsent;
    public long abandonedSent;
    public long bytesReceived;
    public long reportBytes;
    public long zeroChecksumsReceived;
    public long zeroChecksumsSent;
    public long checksumErrors;
    public long malformedPackets;
    public long wrongTags;
    public long droppedChunks;
    public long duplicateChunks;
    public long badCookies;
    public long unknownChunks;
    public long ignoredSacks;
    public long retransmissions;
    public long retransmissionTimeouts;
    public long probes;
    public long mistakenRecoveries;
    public long pathProbes;
    public long pathReductions;
}
