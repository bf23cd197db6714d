package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpCapabilities;
import dev.yodel.webrtc.RtpCodec;
import dev.yodel.webrtc.internal.jsep.Capabilities;
import dev.yodel.webrtc.internal.jsep.Codec;
import dev.yodel.webrtc.internal.jsep.HeaderExtension;
import java.util.ArrayList;
import java.util.List;

/** Codecs of negotiation in the words of the API, and back. */
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
                        .map(codec -> codec(kind, codec))
                        .toList(),
                Capabilities.extensions(kind).stream().map(HeaderExtension::uri).toList());
    }

    static RtpCodec codec(MediaKind kind, Codec codec) {
        return new RtpCodec(
                kind + "/" + codec.name(),
                codec.clockRateHz(),
                kind == MediaKind.VIDEO ? 0 : codec.channels(),
                codec.parameters());
    }

    /** W3C's checks of setCodecPreferences. */
    static List<Codec> preferences(MediaKind kind, List<RtpCodec> wanted) {
        List<Codec> result = new ArrayList<>();
        boolean media = wanted.isEmpty();
        for (RtpCodec one : wanted) {
            Codec found = null;
            for (Codec codec : Capabilities.codecs(kind)) {
                RtpCodec known = codec(kind, codec);
                if (known.mimeType().equalsIgnoreCase(one.mimeType())
                        && known.clockRate() == one.clockRate()
                        && known.channels() == one.channels()
                        && known.sdpFmtpLine().equals(one.sdpFmtpLine())) {
                    found = codec;
                }
            }
            if (found == null) {
                throw new InvalidModificationException(
                        one + " is no capability; choose among those of RtpReceiver.getCapabilities(" + kind + ")");
            }
            if (!result.contains(found)) {
                result.add(found);
            }
            media |= !found.isAuxiliary();
        }
        if (!media) {
            throw new InvalidModificationException("none of the preferred codecs carries media; name one that does");
        }
        return result;
    }
}
