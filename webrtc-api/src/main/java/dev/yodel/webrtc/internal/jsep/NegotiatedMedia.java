package dev.yodel.webrtc.internal.jsep;

import java.util.List;
import java.util.Map;

/**
 * What both descriptions of an exchange agree on for one section.
 *
 * @param sendCodecs what the peer accepts, with its payload types
 * @param receiveCodecs what we accept, with ours
 * @param extensions header extensions
 * @param remoteSsrcs what the peer announced
 * @param remoteRepairs the peer's source of retransmissions by the source that they repair
 * @param reducedSizeRtcp whether both said rtcp-rsize
 */
public record NegotiatedMedia(
        List<Codec> sendCodecs,
        List<Codec> receiveCodecs,
        List<HeaderExtension> extensions,
        List<Long> remoteSsrcs,
        Map<Long, Long> remoteRepairs,
        boolean reducedSizeRtcp) {
    /** Nothing negotiated. */
    public static final NegotiatedMedia NONE =
            new NegotiatedMedia(List.of(), List.of(), List.of(), List.of(), Map.of(), false);

    public NegotiatedMedia {
        sendCodecs = List.copyOf(sendCodecs);
        receiveCodecs = List.copyOf(receiveCodecs);
        extensions = List.copyOf(extensions);
        remoteSsrcs = List.copyOf(remoteSsrcs);
        remoteRepairs = Map.copyOf(remoteRepairs);
    }
}
