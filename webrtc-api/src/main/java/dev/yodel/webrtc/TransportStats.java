package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCTransportStats: a transport: ICE and DTLS.
 *
 * @param stats the entry that this is a view of
 */
public record TransportStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public TransportStats {
        StatsMembers.checkType(stats, "transport");
    }

    /**
     * Packets that left, of any kind.
     *
     * @return a count
     */
    public long packetsSent() {
        return StatsMembers.count(stats(), "packetsSent");
    }

    /**
     * Packets that came, of any kind.
     *
     * @return a count
     */
    public long packetsReceived() {
        return StatsMembers.count(stats(), "packetsReceived");
    }

    /**
     * Bytes that left, without headers of IP and UDP.
     *
     * @return bytes
     */
    public long bytesSent() {
        return StatsMembers.count(stats(), "bytesSent");
    }

    /**
     * Bytes that came, without headers of IP and UDP.
     *
     * @return bytes
     */
    public long bytesReceived() {
        return StatsMembers.count(stats(), "bytesReceived");
    }

    /**
     * Who chooses the pair.
     *
     * @return our role
     */
    public IceRole iceRole() {
        return StatsMembers.constant(stats(), "iceRole", IceRole.values());
    }

    /**
     * Our fragment of the present generation.
     *
     * @return as in the description
     */
    public String iceLocalUsernameFragment() {
        return StatsMembers.text(stats(), "iceLocalUsernameFragment");
    }

    /**
     * DTLS.
     *
     * @return the state
     */
    public DtlsTransportState dtlsState() {
        return StatsMembers.constant(stats(), "dtlsState", DtlsTransportState.values());
    }

    /**
     * ICE.
     *
     * @return the state
     */
    public IceTransportState iceState() {
        return StatsMembers.constant(stats(), "iceState", IceTransportState.values());
    }

    /**
     * The pair that carries data.
     *
     * @return the id of an {@link IceCandidatePairStats}, null before there is one
     */
    public @Nullable String selectedCandidatePairId() {
        return stats().text("selectedCandidatePairId");
    }

    /**
     * Our certificate.
     *
     * @return the id of a {@link CertificateStats}
     */
    public String localCertificateId() {
        return StatsMembers.text(stats(), "localCertificateId");
    }

    /**
     * The peer's certificate.
     *
     * @return the id of a {@link CertificateStats}, null before the handshake
     */
    public @Nullable String remoteCertificateId() {
        return stats().text("remoteCertificateId");
    }

    /**
     * The version as two bytes in hex.
     *
     * @return for example FEFD, null before the handshake
     */
    public @Nullable String tlsVersion() {
        return stats().text("tlsVersion");
    }

    /**
     * The cipher suite.
     *
     * @return its name in the IANA registry, null before the handshake
     */
    public @Nullable String dtlsCipher() {
        return stats().text("dtlsCipher");
    }

    /**
     * Who began the handshake.
     *
     * @return our role
     */
    public @Nullable DtlsRole dtlsRole() {
        return StatsMembers.constantOrNull(stats(), "dtlsRole", DtlsRole.values());
    }

    /**
     * The protection profile of media.
     *
     * @return its name in the IANA registry, null without media
     */
    public @Nullable String srtpCipher() {
        return stats().text("srtpCipher");
    }

    /**
     * How often another pair was selected, the first one among them.
     *
     * @return a count
     */
    public long selectedCandidatePairChanges() {
        return StatsMembers.count(stats(), "selectedCandidatePairChanges");
    }

    /**
     * Packets of feedback by source and number that were sent (RFC 8888).
     *
     * @return a count, null without such feedback
     */
    public @Nullable Long ccfbMessagesSent() {
        return StatsMembers.countOrNull(stats(), "ccfbMessagesSent");
    }

    /**
     * Packets of feedback by source and number that came (RFC 8888).
     *
     * @return a count, null without such feedback
     */
    public @Nullable Long ccfbMessagesReceived() {
        return StatsMembers.countOrNull(stats(), "ccfbMessagesReceived");
    }
}
