package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One {@code m=} line and the lines that belong to it (RFC 8866 section 5.14). Immutable; usable from any thread.
 *
 * <p>It does not see the session level: what may stand there is asked of {@link Sdp}, e.g. {@link Sdp#setup}.
 */
public final class MediaSection {
    /** The media line and those behind it. */
    private final Lines all;
    /** Made when it is first asked for, so that reading a description that is then refused costs none; never changed. */
    private volatile @Nullable Content content;

    /** What the lines say; codecs are made when they are first asked for. */
    private static final class Content {
        private final MediaLine media;
        private final Lines lines;
        private final Attributes attributes;
        private final @Nullable Connection connection;
        private volatile @Nullable Map<Integer, Rtpmap> rtpmaps;
        private volatile @Nullable Map<String, Fmtp> fmtps;

        private Content(Lines all) {
            this.media = MediaLine.parse(all.get(0));
            this.lines = all.tail();
            this.attributes = new Attributes(lines);
            SdpLine line = lines.first('c');
            this.connection = line == null ? null : Connection.parse(line.cursor());
        }
    }

    /** The grammar of all lines has been checked; the first is the media line. */
    MediaSection(Lines all) {
        this.all = all;
    }

    /** A section of lines whose grammar has been checked. */
    static MediaSection of(SdpLine media, List<SdpLine> lines) {
        List<SdpLine> all = new ArrayList<>(lines.size() + 1);
        all.add(media);
        all.addAll(lines);
        return new MediaSection(Lines.of(all));
    }

    private Content content() {
        Content made = content;
        if (made == null) {
            made = new Content(all);
            content = made;
        }
        return made;
    }

    /**
     * Begins a new section.
     *
     * @param type {@code audio}, {@code video} or {@code application}
     * @param protocol e.g. {@code UDP/TLS/RTP/SAVPF}
     * @return a builder with port 9 and {@code c=IN IP4 0.0.0.0}
     */
    public static MediaSectionBuilder builder(String type, String protocol) {
        return new MediaSectionBuilder(type, protocol);
    }

    /**
     * Begins a changed copy.
     *
     * @return a builder that holds this section's lines with their exact text
     */
    public MediaSectionBuilder toBuilder() {
        return new MediaSectionBuilder(this);
    }

    /**
     * The kind of media.
     *
     * @return e.g. {@code audio}
     */
    public String type() {
        return content().media.type();
    }

    /**
     * The port of the media line.
     *
     * @return 0 to 65535
     */
    public int port() {
        return content().media.port();
    }

    /**
     * The number of ports, which WebRTC does not use.
     *
     * @return 1 unless the line says otherwise
     */
    public int portCount() {
        return content().media.portCount();
    }

    /**
     * The transport protocol.
     *
     * @return e.g. {@code UDP/TLS/RTP/SAVPF}
     */
    public String protocol() {
        return content().media.protocol();
    }

    /**
     * The formats of the media line.
     *
     * @return payload types for RTP, else names; in order of preference, never empty
     */
    public List<String> formats() {
        return content().media.formats();
    }

    /**
     * The payload types of an RTP section.
     *
     * @return them in order of preference; empty for a section that is not RTP
     */
    public List<Integer> payloadTypes() {
        List<Integer> types = new ArrayList<>(formats().size());
        if (isRtp()) {
            formats().forEach(format -> types.add(Grammar.payloadType(format)));
        }
        return types;
    }

    /**
     * The {@code m=} line.
     *
     * @return it with its exact text
     */
    public SdpLine mediaLine() {
        return content().media.line();
    }

    /**
     * The lines behind the {@code m=} line.
     *
     * @return them in the order written, unmodifiable
     */
    public List<SdpLine> lines() {
        return content().lines;
    }

    /**
     * The attributes of this section.
     *
     * @return them in order and by type
     */
    public Attributes attributes() {
        return content().attributes;
    }

    /**
     * The section's own {@code c=} line.
     *
     * @return the first one, or null
     */
    public @Nullable Connection connection() {
        return content().connection;
    }

    /**
     * The section's identifier.
     *
     * @return the value of its {@code mid} line, or null
     */
    public @Nullable String mid() {
        Mid mid = attributes().first(Mid.class);
        return mid == null ? null : mid.id();
    }

    /**
     * Whether the section carries RTP.
     *
     * @return true if the protocol has a profile of RTP
     */
    public boolean isRtp() {
        return content().media.isRtp();
    }

    /**
     * Whether the section carries data channels, in the notation of RFC 8841 or the older one ({@code DTLS/SCTP}).
     *
     * @return true for an application section over SCTP over DTLS
     */
    public boolean isDataChannel() {
        return type().equals("application")
                && (protocol().equals("UDP/DTLS/SCTP")
                        || protocol().equals("TCP/DTLS/SCTP")
                        || protocol().equals("DTLS/SCTP"));
    }

    /**
     * Whether the section is switched off (RFC 8866 section 5.14, RFC 9143 section 6).
     *
     * @return true if the port is 0 and the section is not {@code bundle-only}
     */
    public boolean isRejected() {
        return port() == 0 && !attributes().has(Flag.BUNDLE_ONLY);
    }

    /**
     * The codec behind a payload type.
     *
     * @param payloadType 0 to 127
     * @return the {@code rtpmap} line, or the static assignment of RFC 3551 for PCMU, PCMA, G722 and CN, or null
     */
    public @Nullable Rtpmap rtpmap(int payloadType) {
        Content content = content();
        Map<Integer, Rtpmap> index = content.rtpmaps;
        if (index == null) {
            index = new HashMap<>();
            for (Rtpmap each : attributes().all(Rtpmap.class)) {
                index.putIfAbsent(each.payloadType(), each);
            }
            content.rtpmaps = index;
        }
        Rtpmap rtpmap = index.get(payloadType);
        if (rtpmap != null || !type().equals("audio")) {
            return rtpmap;
        }
        return switch (payloadType) {
            case 0 -> new Rtpmap(0, "PCMU", 8000, "");
            case 8 -> new Rtpmap(8, "PCMA", 8000, "");
            case 9 -> new Rtpmap(9, "G722", 8000, "");
            case 13 -> new Rtpmap(13, "CN", 8000, "");
            default -> null;
        };
    }

    /**
     * The parameters of a payload type.
     *
     * @param payloadType 0 to 127
     * @return the first {@code fmtp} line for it, or null
     */
    public @Nullable Fmtp fmtp(int payloadType) {
        Content content = content();
        Map<String, Fmtp> index = content.fmtps;
        if (index == null) {
            index = new HashMap<>();
            for (Fmtp each : attributes().all(Fmtp.class)) {
                index.putIfAbsent(each.format(), each);
            }
            content.fmtps = index;
        }
        return index.get(Integer.toString(payloadType));
    }

    /**
     * The feedback that may be sent for a payload type.
     *
     * @param payloadType 0 to 127
     * @return the {@code rtcp-fb} lines for it or for every payload type, each once, in the order written
     */
    public List<RtcpFeedback> feedback(int payloadType) {
        return attributes().all(RtcpFeedback.class).stream()
                .filter(feedback -> feedback.appliesTo(payloadType))
                .distinct()
                .toList();
    }

    /**
     * The candidates.
     *
     * @return what stands behind {@code candidate:}, in the order written
     */
    public List<String> candidates() {
        return attributes().all(CandidateLine.class).stream()
                .map(CandidateLine::candidate)
                .toList();
    }

    /**
     * The SCTP port, in the notation of RFC 8841 or the older one.
     *
     * @return the port, or null if neither stands there
     */
    public @Nullable Integer sctpPort() {
        SctpPort port8841 = attributes().first(SctpPort.class);
        if (port8841 != null) {
            return port8841.port();
        }
        Sctpmap sctpmap = attributes().first(Sctpmap.class);
        return sctpmap == null ? null : sctpmap.port();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MediaSection that && all.equals(that.all);
    }

    @Override
    public int hashCode() {
        return all.hashCode();
    }

    /** The media line and the number of lines behind it. */
    @Override
    public String toString() {
        return "MediaSection[" + mediaLine().text() + ", mid=" + mid() + ", lines=" + lines().size() + "]";
    }
}
