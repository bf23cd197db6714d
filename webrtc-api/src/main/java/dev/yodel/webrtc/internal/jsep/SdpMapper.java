package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.ice.IceCredentials;
import dev.yodel.rtp.FrameExtension;
import dev.yodel.sdp.CandidateLine;
import dev.yodel.sdp.Connection;
import dev.yodel.sdp.Direction;
import dev.yodel.sdp.Extmap;
import dev.yodel.sdp.Fingerprint;
import dev.yodel.sdp.Flag;
import dev.yodel.sdp.Fmtp;
import dev.yodel.sdp.Group;
import dev.yodel.sdp.IceOptions;
import dev.yodel.sdp.IcePwd;
import dev.yodel.sdp.IceUfrag;
import dev.yodel.sdp.MaxMessageSize;
import dev.yodel.sdp.MediaSection;
import dev.yodel.sdp.MediaSectionBuilder;
import dev.yodel.sdp.Mid;
import dev.yodel.sdp.Msid;
import dev.yodel.sdp.MsidSemantic;
import dev.yodel.sdp.Origin;
import dev.yodel.sdp.Rid;
import dev.yodel.sdp.RtcpAddress;
import dev.yodel.sdp.RtcpFeedback;
import dev.yodel.sdp.Rtpmap;
import dev.yodel.sdp.SctpInitLine;
import dev.yodel.sdp.SctpPort;
import dev.yodel.sdp.Sctpmap;
import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.SdpBuilder;
import dev.yodel.sdp.SdpParseException;
import dev.yodel.sdp.SdpProblem;
import dev.yodel.sdp.SdpValidator;
import dev.yodel.sdp.Setup;
import dev.yodel.sdp.Simulcast;
import dev.yodel.sdp.Ssrc;
import dev.yodel.sdp.SsrcGroup;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.RtcError;
import dev.yodel.webrtc.RtcErrorDetail;
import dev.yodel.webrtc.RtcErrorException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SDP text to {@link SessionModel} and back. It does not judge whether a description fits the connection. */
final class SdpMapper {
    private static final String FEC_GROUP = "FEC-FR";

    private SdpMapper() {}

    /**
     * Reads a description.
     *
     * @param text the SDP
     * @param offer whether it is an offer, else an answer
     * @return what it says
     * @throws RtcErrorException {@code sdp-syntax-error} with the line number
     * @throws InvalidAccessException if it cannot be acted upon
     */
    static SessionModel read(String text, boolean offer) {
        Sdp sdp;
        try {
            sdp = Sdp.parse(text);
        } catch (SdpParseException e) {
            throw new RtcErrorException(new RtcError(
                    RtcErrorDetail.SDP_SYNTAX_ERROR, String.valueOf(e.getMessage()), e.lineNumber(), null, null, null));
        }
        checkTracks(sdp);
        List<SdpProblem> problems = offer ? SdpValidator.offer(sdp) : SdpValidator.answer(sdp);
        if (!problems.isEmpty()) {
            throw new InvalidAccessException("the description cannot be used, " + problems.get(0)
                    + (problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : ""));
        }
        List<MediaModel> media = new ArrayList<>();
        for (MediaSection section : sdp.media()) {
            media.add(readSection(sdp, section));
        }
        List<Group> groups = sdp.bundleGroups();
        List<String> bundle = groups.isEmpty() ? List.of() : groups.get(0).mids();
        Origin origin = sdp.origin();
        return new SessionModel(origin.sessionId(), origin.sessionVersion(), bundle, media);
    }

    /** RFC 8830 2: a track is in one section. */
    private static void checkTracks(Sdp sdp) {
        Map<Msid, Integer> sections = new HashMap<>();
        for (int i = 0; i < sdp.media().size(); i++) {
            for (Msid msid : sdp.media().get(i).attributes().all(Msid.class)) {
                Integer other = msid.trackId() == null ? null : sections.putIfAbsent(msid, i);
                if (other != null && other != i) {
                    throw new OperationException("m-sections " + other + " and " + i + " are both for the track "
                            + msid.trackId() + " (RFC 8830 2); each section has a track of its own");
                }
            }
        }
    }

    private static MediaModel readSection(Sdp sdp, MediaSection section) {
        List<HeaderExtension> extensions = new ArrayList<>();
        for (Extmap extmap : section.attributes().all(Extmap.class)) {
            Direction direction = extmap.direction();
            extensions.add(
                    new HeaderExtension(extmap.id(), extmap.uri(), direction == null ? Direction.SENDRECV : direction));
        }
        Set<Long> ssrcs = new LinkedHashSet<>();
        String cname = null;
        for (Ssrc ssrc : section.attributes().all(Ssrc.class)) {
            ssrcs.add(ssrc.ssrc());
            if (ssrc.attribute().equals("cname") && ssrc.attributeText() != null) {
                cname = ssrc.attributeText();
            }
        }
        String ufrag = sdp.iceUfrag(section);
        String password = sdp.icePwd(section);
        List<DtlsFingerprint> fingerprints = new ArrayList<>();
        for (Fingerprint fingerprint : sdp.fingerprints(section)) {
            fingerprints.add(new DtlsFingerprint(fingerprint.algorithm(), fingerprint.digest()));
        }
        List<String> candidates = new ArrayList<>();
        for (String candidate : section.candidates()) {
            candidates.add(candidate.startsWith("candidate:") ? candidate : "candidate:" + candidate);
        }
        TransportModel transport = new TransportModel(
                credentials(section, ufrag, password),
                fingerprints,
                sdp.setup(section),
                candidates,
                sdp.hasEndOfCandidates(section),
                sdp.isIceLite(),
                section.attributes().has(Flag.CRYPTEX) || sdp.attributes().has(Flag.CRYPTEX));
        return new MediaModel(
                section.type(),
                section.port(),
                section.protocol(),
                section.formats(),
                section.mid(),
                section.attributes().has(Flag.BUNDLE_ONLY),
                sdp.direction(section),
                section.attributes().has(Flag.RTCP_MUX),
                section.attributes().has(Flag.RTCP_RSIZE),
                readCodecs(section),
                extensions,
                readStreams(section),
                new ArrayList<>(ssrcs),
                readGroups(section, "FID"),
                readGroups(section, FEC_GROUP),
                cname,
                transport,
                readData(section),
                readSimulcast(section));
    }

    /** RFC 8841, and what was written before it: the port in the m-line and {@code a=sctpmap}. */
    private static @Nullable DataModel readData(MediaSection section) {
        if (!section.isDataChannel()) {
            return null;
        }
        MaxMessageSize size = section.attributes().first(MaxMessageSize.class);
        long maxMessageBytes = size == null ? DataModel.UNSAID_MAX_MESSAGE_BYTES : size.sizeBytes();
        SctpInitLine init = section.attributes().first(SctpInitLine.class);
        String sctpInit = init == null ? null : init.base64();
        Sctpmap map = section.attributes().first(Sctpmap.class);
        if (section.formats().contains(DataModel.FORMAT)) {
            SctpPort port = section.attributes().first(SctpPort.class);
            return new DataModel(false, port == null ? DataModel.USUAL_PORT : port.port(), maxMessageBytes, sctpInit);
        }
        return map != null && map.application().equals(DataModel.FORMAT)
                ? new DataModel(true, map.port(), maxMessageBytes, sctpInit)
                : null;
    }

    private static SimulcastModel readSimulcast(MediaSection section) {
        Simulcast simulcast = section.attributes().first(Simulcast.class);
        return simulcast == null
                ? SimulcastModel.NONE
                : new SimulcastModel(readStreamIds(simulcast.send()), readStreamIds(simulcast.recv()));
    }

    private static List<String> readStreamIds(List<List<Simulcast.Alternative>> streams) {
        return streams.stream().map(stream -> stream.get(0).rid()).toList();
    }

    /**
     * RFC 5576 4.2: a group FID of two is a source and its retransmissions (RFC 4588 8.7), FEC-FR a source and its
     * parity.
     */
    private static Map<Long, Long> readGroups(MediaSection section, String semantics) {
        Map<Long, Long> repairs = new LinkedHashMap<>();
        for (SsrcGroup group : section.attributes().all(SsrcGroup.class)) {
            if (group.semantics().equals(semantics) && group.ssrcs().size() == 2) {
                repairs.putIfAbsent(group.ssrcs().get(0), group.ssrcs().get(1));
            }
        }
        return repairs;
    }

    /** A section that is switched off may carry anything; what could not be used there is as good as absent. */
    private static @Nullable IceCredentials credentials(
            MediaSection section, @Nullable String ufrag, @Nullable String password) {
        return ufrag == null || password == null || section.isRejected() ? null : new IceCredentials(ufrag, password);
    }

    private static List<Codec> readCodecs(MediaSection section) {
        List<Codec> codecs = new ArrayList<>();
        for (int payloadType : section.payloadTypes()) {
            Rtpmap rtpmap = section.rtpmap(payloadType);
            if (rtpmap == null) {
                continue;
            }
            Fmtp fmtp = section.fmtp(payloadType);
            List<String> feedback = new ArrayList<>();
            for (RtcpFeedback value : section.feedback(payloadType)) {
                feedback.add((value.type() + " " + value.parameters()).strip());
            }
            codecs.add(new Codec(
                    payloadType,
                    rtpmap.encoding(),
                    rtpmap.clockRateHz(),
                    rtpmap.channels(),
                    fmtp == null ? "" : fmtp.parameters(),
                    feedback));
        }
        return codecs;
    }

    /** RFC 8830: msid lines; peers of the time before it put the same into a=ssrc lines. */
    private static List<StreamId> readStreams(MediaSection section) {
        List<StreamId> streams = new ArrayList<>();
        for (Msid msid : section.attributes().all(Msid.class)) {
            streams.add(new StreamId(msid.streamId(), msid.trackId()));
        }
        if (!streams.isEmpty()) {
            return streams;
        }
        for (Ssrc ssrc : section.attributes().all(Ssrc.class)) {
            String text = ssrc.attributeText();
            if (ssrc.attribute().equals("msid") && text != null) {
                int space = text.indexOf(' ');
                StreamId stream = new StreamId(
                        space < 0 ? text : text.substring(0, space),
                        space < 0 ? null : text.substring(space + 1).strip());
                if (!streams.contains(stream)) {
                    streams.add(stream);
                }
            }
        }
        return streams;
    }

    /**
     * Writes a description as RFC 9429 5.2 and 5.3 order it.
     *
     * @param model what to say
     * @return the SDP with CRLF line ends
     */
    static String write(SessionModel model) {
        SdpBuilder builder = Sdp.builder(origin(model));
        if (!model.bundle().isEmpty()) {
            builder.add(new Group(Group.BUNDLE, model.bundle()));
        }
        builder.add(new MsidSemantic("WMS", List.of("*")));
        if (model.media().stream().anyMatch(section -> section.transport().lite())) {
            // RFC 8839 5.3: a property of the agent, so of the session.
            builder.add(Flag.ICE_LITE);
        }
        if (model.media().stream()
                .flatMap(section -> section.extensions().stream())
                .anyMatch(extension -> extension.uri().equals(FrameExtension.DEPENDENCY_DESCRIPTOR.uri()))) {
            // RFC 8285 6: descriptors with their structure are too long for the one-byte form.
            builder.add(Flag.EXTMAP_ALLOW_MIXED);
        }
        for (MediaModel section : model.media()) {
            builder.media(writeSection(section));
        }
        return builder.build().write();
    }

    private static Origin origin(SessionModel model) {
        return new Origin("-", model.sessionId(), model.version(), new Connection("IN", "IP4", "127.0.0.1"));
    }

    private static MediaSection writeSection(MediaModel section) {
        MediaSectionBuilder builder = MediaSection.builder(section.kind(), section.protocol());
        builder.port(section.port());
        for (String format : section.formats()) {
            builder.format(format);
        }
        String mid = section.mid();
        if (section.rejected()) {
            if (mid != null) {
                builder.add(new Mid(mid));
            }
            return builder.add(Direction.INACTIVE).build();
        }
        DefaultCandidate shown = DefaultCandidate.of(section.transport().candidates());
        if (shown != null && section.port() != 0) {
            builder.port(shown.port());
            builder.connection(new Connection("IN", shown.addressType(), shown.address()));
        }
        DataModel data = section.data();
        if (data == null) {
            builder.add(new RtcpAddress(9, Connection.UNSPECIFIED));
        }
        writeTransport(builder, section.transport());
        if (mid != null) {
            builder.add(new Mid(mid));
        }
        for (HeaderExtension extension : section.extensions()) {
            Direction direction = extension.direction() == Direction.SENDRECV ? null : extension.direction();
            builder.add(new Extmap(extension.id(), direction, extension.uri(), ""));
        }
        if (section.bundleOnly()) {
            builder.add(Flag.BUNDLE_ONLY);
        }
        if (data != null) {
            return writeData(builder, data).build();
        }
        builder.add(section.direction());
        for (StreamId stream : section.streams()) {
            builder.add(new Msid(stream.stream(), stream.track()));
        }
        if (section.rtcpMux()) {
            builder.add(Flag.RTCP_MUX);
        }
        if (section.reducedSizeRtcp()) {
            builder.add(Flag.RTCP_RSIZE);
        }
        if (section.transport().cryptex()) {
            builder.add(Flag.CRYPTEX);
        }
        for (Codec codec : section.codecs()) {
            writeCodec(builder, codec);
        }
        if (section.codecs().stream().anyMatch(codec -> codec.feedback().contains(CodecNegotiation.CCFB))) {
            // RFC 8888 6: of all payload types, and in no other way.
            builder.add(new RtcpFeedback(RtcpFeedback.ANY, "ack", "ccfb"));
        }
        writeSimulcast(builder, section.simulcast());
        for (Map.Entry<Long, Long> repair : section.repairs().entrySet()) {
            builder.add(new SsrcGroup("FID", List.of(repair.getKey(), repair.getValue())));
        }
        for (Map.Entry<Long, Long> protection : section.protections().entrySet()) {
            builder.add(new SsrcGroup(FEC_GROUP, List.of(protection.getKey(), protection.getValue())));
        }
        for (long ssrc : section.ssrcs()) {
            builder.add(new Ssrc(ssrc, "cname", section.cname()));
        }
        return builder.build();
    }

    private static void writeSimulcast(MediaSectionBuilder builder, SimulcastModel simulcast) {
        if (simulcast.isNone()) {
            return;
        }
        for (String id : simulcast.send()) {
            builder.add(new Rid(id, true, ""));
        }
        for (String id : simulcast.receive()) {
            builder.add(new Rid(id, false, ""));
        }
        builder.add(new Simulcast(streams(simulcast.send()), streams(simulcast.receive())));
    }

    private static List<List<Simulcast.Alternative>> streams(List<String> ids) {
        return ids.stream()
                .map(id -> List.of(new Simulcast.Alternative(id, false)))
                .toList();
    }

    private static MediaSectionBuilder writeData(MediaSectionBuilder builder, DataModel data) {
        builder.add(
                data.legacy() ? new Sctpmap(data.sctpPort(), DataModel.FORMAT, 65_535) : new SctpPort(data.sctpPort()));
        builder.add(new MaxMessageSize(data.maxMessageBytes()));
        String init = data.sctpInit();
        return init == null ? builder : builder.add(new SctpInitLine(init));
    }

    private static void writeTransport(MediaSectionBuilder builder, TransportModel transport) {
        for (String candidate : transport.candidates()) {
            builder.add(new CandidateLine(candidate.substring("candidate:".length())));
        }
        IceCredentials credentials = transport.credentials();
        if (credentials != null) {
            builder.add(new IceUfrag(credentials.ufrag()));
            builder.add(new IcePwd(credentials.password()));
            builder.add(new IceOptions(List.of("trickle", "ice2", "renomination")));
        }
        for (DtlsFingerprint fingerprint : transport.fingerprints()) {
            builder.add(new Fingerprint(fingerprint.algorithm(), fingerprint.value()));
        }
        Setup setup = transport.setup();
        if (setup != null) {
            builder.add(setup);
        }
        if (transport.endOfCandidates()) {
            builder.add(Flag.END_OF_CANDIDATES);
        }
    }

    private static void writeCodec(MediaSectionBuilder builder, Codec codec) {
        int payloadType = codec.payloadType();
        builder.add(new Rtpmap(
                payloadType,
                codec.name(),
                codec.clockRateHz(),
                codec.channels() == 1 ? "" : Integer.toString(codec.channels())));
        for (String feedback : codec.feedback()) {
            if (feedback.equals(CodecNegotiation.CCFB)) {
                continue;
            }
            int space = feedback.indexOf(' ');
            builder.add(new RtcpFeedback(
                    payloadType,
                    space < 0 ? feedback : feedback.substring(0, space),
                    space < 0 ? "" : feedback.substring(space + 1)));
        }
        if (!codec.parameters().isEmpty()) {
            builder.add(new Fmtp(Integer.toString(payloadType), codec.parameters()));
        }
    }

    /** RFC 9429 5.2.1 and RFC 8839 4.2.1.2: the candidate that stands in the m-line, for what cannot do ICE. */
    record DefaultCandidate(String address, String addressType, int port) {
        static @Nullable DefaultCandidate of(List<String> candidates) {
            DefaultCandidate best = null;
            int bestRank = -1;
            for (String candidate : candidates) {
                List<String> words = words(candidate);
                if (words.size() < 8
                        || !words.get(1).equals("1")
                        || !words.get(2).equalsIgnoreCase("udp")) {
                    continue;
                }
                String address = words.get(4);
                if (address.endsWith(".local")) {
                    continue;
                }
                boolean four = address.indexOf(':') < 0;
                int rank = (four ? 1 : 0)
                        + switch (words.get(7)) {
                            case "relay" -> 4;
                            case "srflx" -> 2;
                            default -> 0;
                        };
                if (rank > bestRank) {
                    bestRank = rank;
                    best = new DefaultCandidate(address, four ? "IP4" : "IP6", Integer.parseInt(words.get(5)));
                }
            }
            return best;
        }

        private static List<String> words(String line) {
            List<String> words = new ArrayList<>();
            int start = 0;
            for (int end = line.indexOf(' '); end >= 0; end = line.indexOf(' ', start)) {
                words.add(line.substring(start, end));
                start = end + 1;
            }
            words.add(line.substring(start));
            return words;
        }
    }
}
