package dev.yodel.sdp;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The names of attributes that have a type, and how each is read. */
@SuppressWarnings("ImmutableEnumChecker") // The readers are method references, the properties other enums.
enum KnownAttribute {
    CANDIDATE("candidate", value -> new CandidateLine(value.rest())),
    EXTMAP("extmap", Extmap::check, Extmap::parse),
    FINGERPRINT("fingerprint", Fingerprint::parse),
    FMTP("fmtp", Fmtp::check, Fmtp::parse),
    GROUP("group", Group::check, Group::parse),
    ICE_OPTIONS("ice-options", IceOptions::parse),
    ICE_PWD("ice-pwd", value -> new IcePwd(value.rest())),
    ICE_UFRAG("ice-ufrag", value -> new IceUfrag(value.rest())),
    MAX_MESSAGE_SIZE("max-message-size", MaxMessageSize::parse),
    MAXPTIME("maxptime", Ptime::check, MaxPtime::parse),
    MID("mid", value -> value.checkToken("mid"), value -> new Mid(value.rest())),
    MSID("msid", Msid::check, Msid::parse),
    MSID_SEMANTIC("msid-semantic", MsidSemantic::parse),
    PTIME("ptime", Ptime::check, Ptime::parse),
    RID("rid", Rid::check, Rid::parse),
    RTCP("rtcp", RtcpAddress::check, RtcpAddress::parse),
    RTCP_FB("rtcp-fb", RtcpFeedback::parse),
    RTPMAP("rtpmap", Rtpmap::check, Rtpmap::parse),
    SCTP_INIT("sctp-init", value -> new SctpInitLine(value.rest())),
    SCTP_PORT("sctp-port", SctpPort::parse),
    SCTPMAP("sctpmap", Sctpmap::parse),
    SETUP("setup", Setup::parse),
    SIMULCAST("simulcast", Simulcast::check, Simulcast::parse),
    SSRC("ssrc", Ssrc::check, Ssrc::parse),
    SSRC_GROUP("ssrc-group", SsrcGroup::check, SsrcGroup::parse),
    TLS_ID("tls-id", value -> new TlsId(value.rest())),
    BUNDLE_ONLY(Flag.BUNDLE_ONLY),
    ICE_LITE(Flag.ICE_LITE),
    END_OF_CANDIDATES(Flag.END_OF_CANDIDATES),
    EXTMAP_ALLOW_MIXED(Flag.EXTMAP_ALLOW_MIXED),
    RTCP_MUX(Flag.RTCP_MUX),
    RTCP_MUX_ONLY(Flag.RTCP_MUX_ONLY),
    RTCP_RSIZE(Flag.RTCP_RSIZE),
    CRYPTEX(Flag.CRYPTEX),
    SENDRECV(Direction.SENDRECV),
    SENDONLY(Direction.SENDONLY),
    RECVONLY(Direction.RECVONLY),
    INACTIVE(Direction.INACTIVE);

    private static final List<KnownAttribute> ALL = Arrays.asList(values());

    private final String attributeName;
    private final @Nullable Consumer<Cursor> checker;
    private final @Nullable Function<Cursor, Attribute> reader;
    private final @Nullable Attribute property;

    /** One whose reading costs little beside its shortest text: it is checked by being read. */
    KnownAttribute(String attributeName, Function<Cursor, Attribute> reader) {
        this.attributeName = attributeName;
        this.checker = null;
        this.reader = reader;
        this.property = null;
    }

    /** One with a check that makes no strings, and refuses what the reader refuses. */
    KnownAttribute(String attributeName, Consumer<Cursor> checker, Function<Cursor, Attribute> reader) {
        this.attributeName = attributeName;
        this.checker = checker;
        this.reader = reader;
        this.property = null;
    }

    KnownAttribute(Attribute property) {
        this.attributeName = property.attributeName();
        this.checker = null;
        this.reader = null;
        this.property = property;
    }

    static @Nullable KnownAttribute of(String text, int start, int end) {
        int length = end - start;
        for (int i = 0; i < ALL.size(); i++) {
            KnownAttribute known = ALL.get(i);
            if (known.attributeName.length() == length && text.startsWith(known.attributeName, start)) {
                return known;
            }
        }
        return null;
    }

    /** The attribute of a line without a colon. */
    Attribute property() {
        Attribute attribute = property;
        if (attribute == null) {
            throw Grammar.bad("attribute " + attributeName + " needs a value");
        }
        return attribute;
    }

    /** Throws unless this can stand behind the colon. */
    void check(Cursor value) {
        Consumer<Cursor> grammar = checker;
        if (grammar == null) {
            Attribute unused = parse(value);
        } else {
            grammar.accept(value);
        }
    }

    /** The attribute of a line with a colon and what stands behind it. */
    Attribute parse(Cursor value) {
        Function<Cursor, Attribute> parser = reader;
        if (parser == null) {
            throw Grammar.bad("attribute " + attributeName + " has no value");
        }
        return parser.apply(value);
    }
}
