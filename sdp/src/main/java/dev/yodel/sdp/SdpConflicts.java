package dev.yodel.sdp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Does a description say two things where it may say one? (RFC 8866, RFC 9143, RFC 8285, RFC 5576,
 * RFC 8851, RFC 8853.) A line that is repeated letter for letter where only one meaning results is no conflict.
 */
final class SdpConflicts {
    private static final String MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid";

    private static final int MAX_RIDS = 16;
    private static final int MAX_FINGERPRINTS = 16;

    private static final Set<Class<? extends Attribute>> ONCE = Set.of(
            Mid.class,
            Setup.class,
            IceUfrag.class,
            IcePwd.class,
            IceOptions.class,
            SctpInitLine.class,
            TlsId.class,
            Direction.class,
            RtcpAddress.class,
            SctpPort.class,
            Sctpmap.class,
            MaxMessageSize.class,
            Ptime.class,
            MaxPtime.class,
            Simulcast.class);

    private final Sdp sdp;
    private final SdpProblems problems;

    SdpConflicts(Sdp sdp, SdpProblems problems) {
        this.sdp = sdp;
        this.problems = problems;
    }

    void check() {
        checkLevel(problems::forEachSessionAttribute);
        checkGroups();
        checkMids();
        checkSources();
        for (int i = 0; i < sdp.media().size(); i++) {
            int index = i;
            checkLevel(visitor -> problems.forEachAttribute(index, visitor));
            checkFormats(index);
            checkStreams(index);
            checkRids(index);
        }
        for (Group group : sdp.bundleGroups()) {
            checkSharedCodecs(group);
        }
    }

    private interface Level {
        void forEach(SdpProblems.Visitor visitor);
    }

    private void checkLevel(Level level) {
        Map<Class<?>, Attribute> seen = new HashMap<>();
        ExtmapTable extmaps = new ExtmapTable();
        int[] fingerprints = new int[1];
        level.forEach((attribute, number) -> {
            if (ONCE.contains(attribute.getClass()) && seen.put(attribute.getClass(), attribute) != null) {
                problems.at(
                        number,
                        attribute,
                        attribute.getClass() == Direction.class
                                ? "a second direction"
                                : "a second " + attribute.attributeName());
            }
            if (attribute instanceof Extmap extmap) {
                extmaps.add(extmap, number);
            } else if (attribute instanceof Fingerprint && ++fingerprints[0] == MAX_FINGERPRINTS + 1) {
                problems.at(number, attribute, "more than " + MAX_FINGERPRINTS + " fingerprints");
            }
        });
    }

    /** RFC 8285 section 5: an identifier stands for one extension, and an extension has one identifier a direction. */
    private final class ExtmapTable {
        private final Map<Integer, Extmap> byId = new HashMap<>();
        private final Map<String, Extmap> byUri = new HashMap<>();

        void add(Extmap extmap, int number) {
            if (byId.putIfAbsent(extmap.id(), extmap) != null) {
                problems.at(number, extmap, "extmap id " + extmap.id() + " is taken (RFC 8285 section 5)");
            }
            Extmap sameUri = byUri.putIfAbsent(extmap.uri() + " " + extmap.attributes(), extmap);
            if (sameUri != null && sameUri.id() != extmap.id() && overlap(sameUri, extmap)) {
                problems.at(number, extmap, "the extension has id " + sameUri.id() + " already (RFC 8285 section 5)");
            }
        }

        private boolean overlap(Extmap one, Extmap other) {
            Direction first = one.direction() == null ? Direction.SENDRECV : one.direction();
            Direction second = other.direction() == null ? Direction.SENDRECV : other.direction();
            return (first.sends() && second.sends()) || (first.receives() && second.receives());
        }
    }

    /** RFC 9143: a mid is in at most one BUNDLE group, once; RFC 5888: it exists. */
    private void checkGroups() {
        Set<String> bundled = new HashSet<>();
        Set<String> known = new HashSet<>();
        sdp.media().forEach(section -> {
            if (section.mid() != null) {
                known.add(section.mid());
            }
        });
        problems.forEachSessionAttribute((attribute, number) -> {
            if (attribute instanceof Group group && group.isBundle()) {
                for (String mid : group.mids()) {
                    if (!bundled.add(mid)) {
                        problems.at(number, group, "mid " + mid + " is bundled twice (RFC 9143)");
                    }
                    if (!known.contains(mid)) {
                        problems.at(number, group, "no section has mid " + mid + " (RFC 5888)");
                    }
                }
            }
        });
    }

    private void checkMids() {
        Set<String> mids = new HashSet<>();
        for (int i = 0; i < sdp.media().size(); i++) {
            String mid = sdp.media().get(i).mid();
            problems.forEachAttribute(i, (attribute, number) -> {
                if (attribute instanceof Mid found && found.id().equals(mid) && !mids.add(mid)) {
                    problems.at(number, attribute, "another section has this mid (RFC 5888 section 4)");
                }
            });
        }
    }

    /** RFC 5576 section 4.1: a source is in one section and has one cname. */
    private void checkSources() {
        Map<Long, Integer> sections = new HashMap<>();
        for (int i = 0; i < sdp.media().size(); i++) {
            int index = i;
            Map<Long, String> cnames = new HashMap<>();
            problems.forEachAttribute(i, (attribute, number) -> {
                if (attribute instanceof Ssrc ssrc) {
                    Integer first = sections.putIfAbsent(ssrc.ssrc(), index);
                    if (first != null && first != index) {
                        problems.at(number, ssrc, "another section has this ssrc (RFC 5576 section 4.1)");
                    }
                    String text = ssrc.attributeText();
                    if (ssrc.attribute().equals("cname") && text != null) {
                        String cname = cnames.putIfAbsent(ssrc.ssrc(), text);
                        if (cname != null && !cname.equals(text)) {
                            problems.at(number, ssrc, "a second cname for this ssrc (RFC 5576 section 6.1)");
                        }
                    }
                } else if (attribute instanceof SsrcGroup group) {
                    if (new HashSet<>(group.ssrcs()).size() != group.ssrcs().size()) {
                        problems.at(number, group, "an ssrc is in the group twice (RFC 5576 section 4.2)");
                    }
                    if (group.semantics().equals("FID") && group.ssrcs().size() != 2) {
                        problems.at(number, group, "a FID group has two sources (RFC 5576 section 4.2)");
                    }
                }
            });
        }
    }

    /** RFC 8866 sections 5.14, 6.6 and 6.15: each format once, one codec and one set of parameters for it. */
    private void checkFormats(int index) {
        MediaSection section = sdp.media().get(index);
        Set<String> formats = new HashSet<>();
        for (String format : section.formats()) {
            if (!formats.add(format)) {
                problems.atMediaLine(index, "format " + format + " stands there twice (RFC 8866 section 5.14)");
            }
        }
        Map<Integer, Rtpmap> rtpmaps = new HashMap<>();
        Map<String, Fmtp> fmtps = new HashMap<>();
        problems.forEachAttribute(index, (attribute, number) -> {
            if (attribute instanceof Rtpmap rtpmap) {
                Rtpmap first = rtpmaps.putIfAbsent(rtpmap.payloadType(), rtpmap);
                if (first != null && !first.sameCodec(rtpmap)) {
                    problems.at(number, rtpmap, "a second codec for this payload type (RFC 8866 section 6.6)");
                }
            } else if (attribute instanceof Fmtp fmtp) {
                Fmtp first = fmtps.putIfAbsent(fmtp.format(), fmtp);
                if (first != null && !first.parameterMap().equals(fmtp.parameterMap())) {
                    problems.at(number, fmtp, "other parameters for this format (RFC 8866 section 6.15)");
                }
            }
        });
    }

    /** RFC 8830 section 2 and RFC 9429 section 5.2.1: one track a section, each stream once. */
    private void checkStreams(int index) {
        List<Msid> seen = new ArrayList<>();
        problems.forEachAttribute(index, (attribute, number) -> {
            if (attribute instanceof Msid msid) {
                for (Msid other : seen.subList(0, Math.min(seen.size(), MAX_RIDS))) {
                    if (other.trackId() != null
                            && msid.trackId() != null
                            && !other.trackId().equals(msid.trackId())) {
                        problems.at(number, msid, "a second track for this section (RFC 9429 section 5.2.1)");
                        break;
                    }
                    if (other.streamId().equals(msid.streamId()) && !other.equals(msid)) {
                        problems.at(number, msid, "the stream stands there twice (RFC 8830 section 2)");
                        break;
                    }
                }
                seen.add(msid);
            }
        });
    }

    /** RFC 8851 section 10, RFC 8853 section 5.2. */
    private void checkRids(int index) {
        MediaSection section = sdp.media().get(index);
        List<Integer> payloadTypes = section.payloadTypes();
        Map<String, Rid> rids = new HashMap<>();
        problems.forEachAttribute(index, (attribute, number) -> {
            if (attribute instanceof Rid rid) {
                if (rids.putIfAbsent(rid.id(), rid) != null) {
                    problems.at(number, rid, "a second rid of this name (RFC 8851 section 4)");
                } else if (rids.size() == MAX_RIDS + 1) {
                    problems.at(number, rid, "more than " + MAX_RIDS + " rids");
                }
                if (section.isRtp() && !payloadTypes.containsAll(rid.payloadTypes())) {
                    problems.at(number, rid, "a payload type that the section does not have (RFC 8851 section 6)");
                }
            }
        });
        problems.forEachAttribute(index, (attribute, number) -> {
            if (attribute instanceof Simulcast simulcast) {
                Set<String> used = new HashSet<>();
                checkSimulcast(simulcast, simulcast.send(), true, rids, used, number);
                checkSimulcast(simulcast, simulcast.recv(), false, rids, used, number);
            }
        });
    }

    private void checkSimulcast(
            Simulcast simulcast,
            List<List<Simulcast.Alternative>> streams,
            boolean send,
            Map<String, Rid> rids,
            Set<String> used,
            int number) {
        for (List<Simulcast.Alternative> stream : streams) {
            for (Simulcast.Alternative alternative : stream) {
                Rid rid = rids.get(alternative.rid());
                if (!used.add(alternative.rid())) {
                    problems.at(number, simulcast, "rid " + alternative.rid() + " twice (RFC 8853 section 5.2)");
                } else if (rid == null) {
                    problems.at(number, simulcast, "no rid line " + alternative.rid() + " (RFC 8853 section 5.2)");
                } else if (rid.send() != send) {
                    problems.at(number, simulcast, "rid " + alternative.rid() + " goes the other way");
                }
            }
        }
    }

    /**
     * RFC 9143 section 9.1: within a group a payload type means one codec. Firefox breaks this rule when it adds a section
     * to a session whose numbers are the peer's; that does no harm between sections whose packets carry the section's name
     * (section 9.2). Header extensions should keep to the same rule, but aiortc numbers them anew in each
     * section, so that is not held against an offer.
     */
    private void checkSharedCodecs(Group group) {
        Map<Integer, Rtpmap> codecs = new HashMap<>();
        Map<Integer, Integer> sections = new HashMap<>();
        Set<String> mids = new HashSet<>(group.mids());
        for (int i = 0; i < sdp.media().size(); i++) {
            MediaSection section = sdp.media().get(i);
            String mid = section.mid();
            if (mid == null || !mids.contains(mid) || section.isRejected() || !section.isRtp()) {
                continue;
            }
            int index = i;
            problems.forEachAttribute(i, (attribute, number) -> {
                if (attribute instanceof Rtpmap rtpmap) {
                    int earlier = sections.computeIfAbsent(rtpmap.payloadType(), type -> index);
                    Rtpmap first = codecs.putIfAbsent(rtpmap.payloadType(), rtpmap);
                    if (first != null
                            && !areToldApart(earlier, index)
                            && rtpmap.equals(section.rtpmap(rtpmap.payloadType()))
                            && !first.sameCodec(rtpmap)) {
                        problems.at(number, rtpmap, "the bundle has another codec here (RFC 9143 section 9.1)");
                    }
                }
            });
        }
    }

    private boolean areToldApart(int one, int other) {
        MediaSection first = sdp.media().get(one);
        MediaSection second = sdp.media().get(other);
        return one != other && carriesMid(first) && carriesMid(second);
    }

    private static boolean carriesMid(MediaSection section) {
        for (Extmap extmap : section.attributes().all(Extmap.class)) {
            if (extmap.uri().equals(MID_EXTENSION)) {
                return true;
            }
        }
        return false;
    }
}
