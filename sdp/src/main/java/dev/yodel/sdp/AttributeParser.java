package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/** Which type does an {@code a=} line have? It does not know where in a description the line stands. */
final class AttributeParser {
    private AttributeParser() {}

    /** The attribute in what stands behind {@code a=}; an IllegalArgumentException if a known one breaks its grammar. */
    static Attribute parse(String text) {
        int colon = text.indexOf(':');
        return colon < 0 ? property(text) : valued(text.substring(0, colon), text.substring(colon + 1));
    }

    private static Attribute property(String name) {
        Attribute flag = Flag.of(name);
        Attribute direction = flag != null ? flag : Direction.of(name);
        if (direction != null) {
            return direction;
        }
        if (needsValue(name)) {
            throw Grammar.bad("attribute " + name + " needs a value");
        }
        return new UnknownAttribute(name, null);
    }

    private static Attribute valued(String name, String value) {
        if (Flag.of(name) != null || Direction.of(name) != null) {
            throw Grammar.bad("attribute " + name + " has no value");
        }
        Attribute known = known(name, value);
        return known != null ? known : new UnknownAttribute(name, value);
    }

    private static boolean needsValue(String name) {
        return switch (name) {
            case "candidate",
                    "extmap",
                    "fingerprint",
                    "fmtp",
                    "group",
                    "ice-options",
                    "ice-pwd",
                    "ice-ufrag",
                    "max-message-size",
                    "maxptime",
                    "mid",
                    "msid",
                    "msid-semantic",
                    "ptime",
                    "rid",
                    "rtcp",
                    "rtcp-fb",
                    "rtpmap",
                    "sctp-port",
                    "sctpmap",
                    "setup",
                    "simulcast",
                    "ssrc",
                    "ssrc-group",
                    "tls-id" -> true;
            default -> false;
        };
    }

    private static @Nullable Attribute known(String name, String value) {
        return switch (name) {
            case "candidate" -> new CandidateLine(value);
            case "extmap" -> Extmap.parse(value);
            case "fingerprint" -> Fingerprint.parse(value);
            case "fmtp" -> Fmtp.parse(value);
            case "group" -> Group.parse(value);
            case "ice-options" -> IceOptions.parse(value);
            case "ice-pwd" -> new IcePwd(value);
            case "ice-ufrag" -> new IceUfrag(value);
            case "max-message-size" -> MaxMessageSize.parse(value);
            case "maxptime" -> MaxPtime.parse(value);
            case "mid" -> new Mid(value);
            case "msid" -> Msid.parse(value);
            case "msid-semantic" -> MsidSemantic.parse(value);
            case "ptime" -> Ptime.parse(value);
            case "rid" -> Rid.parse(value);
            case "rtcp" -> RtcpAddress.parse(value);
            case "rtcp-fb" -> RtcpFeedback.parse(value);
            case "rtpmap" -> Rtpmap.parse(value);
            case "sctp-port" -> SctpPort.parse(value);
            case "sctpmap" -> Sctpmap.parse(value);
            case "setup" -> Setup.parse(value);
            case "simulcast" -> Simulcast.parse(value);
            case "ssrc" -> Ssrc.parse(value);
            case "ssrc-group" -> SsrcGroup.parse(value);
            case "tls-id" -> new TlsId(value);
            default -> null;
        };
    }
}
