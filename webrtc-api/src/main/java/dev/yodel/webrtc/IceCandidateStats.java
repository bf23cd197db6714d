package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceCandidateStats: a candidate, ours or the peer's as its type says.
 *
 * @param stats the entry that this is a view of
 */
public record IceCandidateStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public IceCandidateStats {
        StatsMembers.checkType(stats, "local-candidate", "remote-candidate");
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
     * The address, or a name ending in .local.
     *
     * @return as in the candidate
     */
    public String address() {
        return StatsMembers.text(stats(), "address");
    }

    /**
     * The port.
     *
     * @return 0 to 65535
     */
    public int port() {
        return (int) StatsMembers.count(stats(), "port");
    }

    /**
     * Over what it is reached.
     *
     * @return udp or tcp
     */
    public String protocol() {
        return StatsMembers.text(stats(), "protocol");
    }

    /**
     * Where it comes from (RFC 8445 5.1.1).
     *
     * @return the type
     */
    public IceCandidateType candidateType() {
        return StatsMembers.constant(stats(), "candidateType", IceCandidateType.values());
    }

    /**
     * Its priority (RFC 8445 5.1.2).
     *
     * @return 1 to 2^31-1
     */
    public long priority() {
        return StatsMembers.count(stats(), "priority");
    }

    /**
     * The server that it was got from.
     *
     * @return a STUN or TURN URL, null for host candidates and those of the peer
     */
    public @Nullable String url() {
        return stats().text("url");
    }

    /**
     * How we speak with the TURN server.
     *
     * @return null if it is not relayed by one of ours
     */
    public @Nullable IceServerTransportProtocol relayProtocol() {
        return StatsMembers.constantOrNull(stats(), "relayProtocol", IceServerTransportProtocol.values());
    }

    /**
     * Its foundation (RFC 8445 5.1.1.3).
     *
     * @return 1 to 32 characters
     */
    public String foundation() {
        return StatsMembers.text(stats(), "foundation");
    }

    /**
     * The address that it was derived from.
     *
     * @return null for host candidates
     */
    public @Nullable String relatedAddress() {
        return stats().text("relatedAddress");
    }

    /**
     * The port that it was derived from.
     *
     * @return null for host candidates
     */
    public @Nullable Integer relatedPort() {
        return StatsMembers.intOrNull(stats(), "relatedPort");
    }

    /**
     * The generation that it belongs to.
     *
     * @return null if its line did not say
     */
    public @Nullable String usernameFragment() {
        return stats().text("usernameFragment");
    }

    /**
     * Who opens the connection (RFC 6544 4.5).
     *
     * @return null for UDP
     */
    public @Nullable IceTcpCandidateType tcpType() {
        return StatsMembers.constantOrNull(stats(), "tcpType", IceTcpCandidateType.values());
    }
}
