package dev.yodel.webrtc;

/**
 * W3C's RTCStats with its members as methods: a typed view of one entry of a {@link StatsReport}. A member that is
 * not always measured is null when it is not. Members that are always there throw {@link
 * java.util.NoSuchElementException} if the entry was made by hand and lacks them.
 *
 * <p>What this library never measures has no method; the reasons stand in {@code stats.tsv} among the module's tests.
 */
public sealed interface StatsView
        permits RtpStreamStats,
                CodecStats,
                MediaSourceStats,
                PeerConnectionStats,
                DataChannelStats,
                TransportStats,
                IceCandidateStats,
                IceCandidatePairStats,
                CertificateStats {
    /**
     * The entry with everything that was measured, under W3C's keys.
     *
     * @return the entry
     */
    Stats stats();

    /**
     * Its name in the report.
     *
     * @return unique in a report, the same in later ones
     */
    default String id() {
        return stats().id();
    }

    /**
     * When it was measured.
     *
     * @return milliseconds since 1970, never running backwards
     */
    default double timestamp() {
        return stats().timestamp();
    }

    /**
     * The view of an entry.
     *
     * @param stats an entry of a report
     * @return the view for its type
     * @throws IllegalArgumentException if W3C has no such type, or this library does not report it
     */
    static StatsView of(Stats stats) {
        return switch (stats.type()) {
            case "codec" -> new CodecStats(stats);
            case "inbound-rtp" -> new InboundRtpStreamStats(stats);
            case "remote-inbound-rtp" -> new RemoteInboundRtpStreamStats(stats);
            case "outbound-rtp" -> new OutboundRtpStreamStats(stats);
            case "remote-outbound-rtp" -> new RemoteOutboundRtpStreamStats(stats);
            case "media-source" -> new MediaSourceStats(stats);
            case "peer-connection" -> new PeerConnectionStats(stats);
            case "data-channel" -> new DataChannelStats(stats);
            case "transport" -> new TransportStats(stats);
            case "local-candidate", "remote-candidate" -> new IceCandidateStats(stats);
            case "candidate-pair" -> new IceCandidatePairStats(stats);
            case "certificate" -> new CertificateStats(stats);
            default ->
                throw new IllegalArgumentException("no statistics of type " + stats.type()
                        + " are reported; read the members of the entry itself");
        };
    }
}
