package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.MediaKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One m-section as JSEP sees it.
 *
 * @param kind audio, video, application or anything else
 * @param port the m-line's port; 0 in a section that is rejected or bundle-only
 * @param protocol for example {@code UDP/TLS/RTP/SAVPF}
 * @param formats the formats of the m-line as written
 * @param mid the identification; null if the section has none
 * @param bundleOnly whether a=bundle-only is there
 * @param direction the writer's direction
 * @param rtcpMux whether a=rtcp-mux is there
 * @param reducedSizeRtcp whether a=rtcp-rsize is there
 * @param codecs formats with a known meaning, in order of preference
 * @param extensions header extensions
 * @param streams msid lines
 * @param ssrcs announced SSRCs in order
 * @param repairs the source of the retransmissions by the source that they repair (RFC 5576 4.2, FID)
 * @param protections the source of FlexFEC's parity by the source that it protects (RFC 5956 4.3, FEC-FR)
 * @param cname the RTCP name of those; null if none is told
 * @param transport its transport
 * @param data what an application section says; null in others and in one that is switched off
 * @param simulcast its simulcast streams
 */
public record MediaModel(
        String kind,
        int port,
        String protocol,
        List<String> formats,
        @Nullable String mid,
        boolean bundleOnly,
        Direction direction,
        boolean rtcpMux,
        boolean reducedSizeRtcp,
        List<Codec> codecs,
        List<HeaderExtension> extensions,
        List<StreamId> streams,
        List<Long> ssrcs,
        Map<Long, Long> repairs,
        Map<Long, Long> protections,
        @Nullable String cname,
        TransportModel transport,
        @Nullable DataModel data,
        SimulcastModel simulcast) {
    /** The only media protocol that WebRTC writes (RFC 8834 4.1); DTLS-SRTP in other spellings is accepted. */
    public static final String PROTOCOL = "UDP/TLS/RTP/SAVPF";

    public MediaModel {
        formats = List.copyOf(formats);
        codecs = List.copyOf(codecs);
        extensions = List.copyOf(extensions);
        streams = List.copyOf(streams);
        ssrcs = List.copyOf(ssrcs);
        repairs = Map.copyOf(repairs);
        protections = Map.copyOf(protections);
    }

    /**
     * Whether the section is switched off: port 0 without bundle-only (RFC 9143 6).
     *
     * @return true if rejected
     */
    public boolean rejected() {
        return port == 0 && !bundleOnly;
    }

    /**
     * The kind of its transceiver.
     *
     * @return null for application and unknown kinds
     */
    public @Nullable MediaKind mediaKind() {
        return switch (kind) {
            case "audio" -> MediaKind.AUDIO;
            case "video" -> MediaKind.VIDEO;
            default -> null;
        };
    }

    /** Whether it is for data channels and can be used. */
    boolean isData() {
        return data != null && !rejected();
    }

    MediaModel withTransport(TransportModel value) {
        return new MediaModel(
                kind,
                port,
                protocol,
                formats,
                mid,
                bundleOnly,
                direction,
                rtcpMux,
                reducedSizeRtcp,
                codecs,
                extensions,
                streams,
                ssrcs,
                repairs,
                protections,
                cname,
                value,
                data,
                simulcast);
    }

    MediaModel withMid(String value) {
        return new MediaModel(
                kind,
                port,
                protocol,
                formats,
                value,
                bundleOnly,
                direction,
                rtcpMux,
                reducedSizeRtcp,
                codecs,
                extensions,
                streams,
                ssrcs,
                repairs,
                protections,
                cname,
                transport,
                data,
                simulcast);
    }

    /** Whether its packets can say which section they belong to (RFC 9143 15). */
    boolean carriesMid() {
        return extensions.stream().anyMatch(extension -> extension.uri().equals(HeaderExtension.MID));
    }

    /** A section for data channels. */
    static MediaModel data(
            String protocol,
            @Nullable String mid,
            int port,
            boolean bundleOnly,
            DataModel data,
            TransportModel transport) {
        return new MediaModel(
                "application",
                port,
                protocol,
                List.of(data.legacy() ? Integer.toString(data.sctpPort()) : DataModel.FORMAT),
                mid,
                bundleOnly,
                Direction.SENDRECV,
                false,
                false,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                null,
                transport,
                data,
                SimulcastModel.NONE);
    }

    /** A section switched off, with the m-line's formats kept as RFC 3264 6 asks. */
    static MediaModel rejected(String kind, String protocol, List<String> formats, @Nullable String mid) {
        return new MediaModel(
                kind,
                0,
                protocol,
                formats,
                mid,
                false,
                Direction.INACTIVE,
                false,
                false,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                null,
                TransportModel.NONE,
                null,
                SimulcastModel.NONE);
    }
}
