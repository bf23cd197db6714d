package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceCandidatePairStats: a pair of candidates that was checked or waits to be.
 *
 * @param stats the entry that this is a view of
 */
public record IceCandidatePairStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public IceCandidatePairStats {
        StatsMembers.checkType(stats, "candidate-pair");
    }

    /**
     * The transport that it belongs to.
     *
     * @return the id of a {@link TransportStats}
     */
    public String transportId() {
        return StatsMembers.text(stats(), "transportId");
    }

    /**
     * Our end.
     *
     * @return the id of an {@link IceCandidateStats}
     */
    public String localCandidateId() {
        return StatsMembers.text(stats(), "localCandidateId");
    }

    /**
     * The peer's end.
     *
     * @return the id of an {@link IceCandidateStats}
     */
    public String remoteCandidateId() {
        return StatsMembers.text(stats(), "remoteCandidateId");
    }

    /**
     * How far its check is (RFC 8445 6.1.2.6).
     *
     * @return the state
     */
    public StatsIceCandidatePairState state() {
        return StatsMembers.constant(stats(), "state", StatsIceCandidatePairState.values());
    }

    /**
     * Whether it was nominated (RFC 8445 8.1).
     *
     * @return true from then on
     */
    public boolean nominated() {
        return StatsMembers.flag(stats(), "nominated");
    }

    /**
     * Packets of media and data that left by it.
     *
     * @return a count
     */
    public long packetsSent() {
        return StatsMembers.count(stats(), "packetsSent");
    }

    /**
     * Packets of media and data that came by it.
     *
     * @return a count
     */
    public long packetsReceived() {
        return StatsMembers.count(stats(), "packetsReceived");
    }

    /**
     * Their bytes.
     *
     * @return bytes
     */
    public long bytesSent() {
        return StatsMembers.count(stats(), "bytesSent");
    }

    /**
     * Their bytes.
     *
     * @return bytes
     */
    public long bytesReceived() {
        return StatsMembers.count(stats(), "bytesReceived");
    }

    /**
     * The sum of the round trips of all checks that were answered.
     *
     * @return seconds
     */
    public double totalRoundTripTime() {
        return StatsMembers.number(stats(), "totalRoundTripTime");
    }

    /**
     * The last check's round trip.
     *
     * @return seconds, null before one was answered
     */
    public @Nullable Double currentRoundTripTime() {
        return stats().number("currentRoundTripTime");
    }

    /**
     * Checks that came.
     *
     * @return a count
     */
    public long requestsReceived() {
        return StatsMembers.count(stats(), "requestsReceived");
    }

    /**
     * Checks that were sent, resends and those for consent not among them.
     *
     * @return a count
     */
    public long requestsSent() {
        return StatsMembers.count(stats(), "requestsSent");
    }

    /**
     * Answers that came.
     *
     * @return a count
     */
    public long responsesReceived() {
        return StatsMembers.count(stats(), "responsesReceived");
    }

    /**
     * Answers that were sent.
     *
     * @return a count
     */
    public long responsesSent() {
        return StatsMembers.count(stats(), "responsesSent");
    }

    /**
     * Checks for consent that were sent (RFC 7675).
     *
     * @return a count
     */
    public long consentRequestsSent() {
        return StatsMembers.count(stats(), "consentRequestsSent");
    }

    /**
     * When the last data was sent to it.
     *
     * @return milliseconds since 1970, null if none was
     */
    public @Nullable Double lastPacketSentTimestamp() {
        return stats().number("lastPacketSentTimestamp");
    }

    /**
     * When the last data came from it.
     *
     * @return milliseconds since 1970, null if none did
     */
    public @Nullable Double lastPacketReceivedTimestamp() {
        return stats().number("lastPacketReceivedTimestamp");
    }

    /**
     * What congestion control allows to be sent.
     *
     * @return bits per second; null unless it is in use and media has been sent
     */
    public @Nullable Double availableOutgoingBitrate() {
        return stats().number("availableOutgoingBitrate");
    }

    /**
     * Packets of data that a full or closed socket did not take.
     *
     * @return a count
     */
    public long packetsDiscardedOnSend() {
        return StatsMembers.count(stats(), "packetsDiscardedOnSend");
    }

    /**
     * Their bytes.
     *
     * @return a count
     */
    public long bytesDiscardedOnSend() {
        return StatsMembers.count(stats(), "bytesDiscardedOnSend");
    }
}
