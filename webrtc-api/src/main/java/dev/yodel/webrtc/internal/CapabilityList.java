package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpCapabilities;
import dev.yodel.webrtc.RtpCodec;
import dev.yodel.webrtc.RtpHeaderExtensionCapability;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.internal.jsep.Capabilities;
import dev.yodel.webrtc.internal.jsep.Codec;
import dev.yodel.webrtc.internal.jsep.CodecMatch;
import dev.yodel.webrtc.internal.jsep.HeaderExtension;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Capabilities in the words of the API, and W3C's checks against them. */
public final class CapabilityList {
    private CapabilityList() {}

    /**
     * What can be negotiated.
     *
     * @param kind audio or video
     * @return the capabilities
     */
    public static RtpCapabilities of(MediaKind kind) {
        return new RtpCapabilities(
                Capabilities.codecs(kind).stream()
                        .map(codec -> CodecMatch.shown(kind, codec))
                        .toList(),
                Capabilities.extensions(kind).stream()
                        .map(extension ->
                                new RtpHeaderExtensionCapability(extension.uri(), RtpTransceiverDirection.SENDRECV))
                        .toList());
    }

    /** The capability that a codec of the application stands for. */
    static @Nullable Codec find(MediaKind kind, RtpCodec wanted) {
        for (Codec codec : Capabilities.codecs(kind)) {
            if (CodecMatch.match(CodecMatch.shown(kind, codec), wanted, false)) {
                return codec;
            }
        }
        return null;
    }

    /** W3C's checks of setHeaderExtensionsToNegotiate (webrtc-extensions): the same list, with other directions. */
    static void checkExtensions(List<RtpHeaderExtensionCapability> present, List<RtpHeaderExtensionCapability> wanted) {
        if (wanted.size() != present.size()) {
            throw new InvalidModificationException("there are " + present.size() + " header extensions and not "
                    + wanted.size() + "; change only directions of what getHeaderExtensionsToNegotiate() gave");
        }
        for (int i = 0; i < wanted.size(); i++) {
            RtpHeaderExtensionCapability extension = wanted.get(i);
            if (!extension.uri().equals(present.get(i).uri())) {
                throw new InvalidModificationException("the header extension at " + i + " is "
                        + present.get(i).uri() + " and not " + extension.uri() + "; keep names and order");
            }
            // RFC 9143 15: without it a bundled section does not know its packets.
            if (extension.uri().equals(HeaderExtension.MID)
                    && extension.direction() != RtpTransceiverDirection.SENDRECV) {
                throw new InvalidModificationException(extension.uri() + " must be used both ways");
            }
        }
    }

    /** W3C's checks of setCodecPreferences: duplicates go, unknown ones are refused, some must carry media. */
    static List<Codec> preferences(MediaKind kind, List<RtpCodec> wanted) {
        List<Codec> result = new ArrayList<>();
        for (RtpCodec one : wanted) {
            Codec found = find(kind, one);
            if (found == null) {
                throw new InvalidModificationException(
                        one + " is no capability; choose among those of RtpReceiver.getCapabilities(" + kind + ")");
            }
            if (!result.contains(found)) {
                result.add(found);
            }
        }
        if (!wanted.isEmpty() && result.stream().allMatch(Codec::isAuxiliary)) {
            throw new InvalidModificationException("none of the preferred codecs carries media; name one that does");
        }
        return result;
    }
}
