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
 * @param cryptex whether both take encrypted header extensions (RFC 9335)
 * @param sendRids the simulcast streams that we send, in the order of the encodings; empty without simulcast
 * @param receiveRids the simulcast streams that we receive; empty without simulcast
 */
public record NegotiatedMedia(
        List<Codec> sendCodecs,
        List<Codec> receiveCodecs,
        List<HeaderExtension> extensions,
        List<Long> remoteSsrcs,
        Map<Long, Long> remoteRepairs,
        boolean reducedSizeRtcp,
        boolean cryptex,
        List<String> sendRids,
        List<String> receiveRids) {
    /** Nothing negotiated. */
    public static final NegotiatedMedia NONE = new NegotiatedMedia(
            List.of(), List.of(), List.of(), List.of(), Map.of(), false, false, List.of(), List.of());

    public NegotiatedMedia {
        sendCodecs = List.copyOf(sendCodecs);
        receiveCodecs = List.copyOf(receiveCodecs);
        extensions = List.copyOf(extensions);
        remoteSsrcs = List.copyOf(remoteSsrcs);
        remoteRepairs = Map.copyOf(remoteRepairs);
        sendRids = List.copyOf(sendRids);
        receiveRids = List.copyOf(receiveRids);
    }
}
