package dev.yodel.webrtc;

import java.util.List;

/** W3C's RTCRtpParameters: what was negotiated for one direction of a transceiver. Immutable values. */
public sealed interface RtpParameters permits RtpSendParameters, RtpReceiveParameters {
    /**
     * Negotiated header extensions.
     *
     * @return an immutable list; empty before an answer
     */
    List<RtpHeaderExtensionParameters> headerExtensions();

    /**
     * What RTCP does.
     *
     * @return the parameters
     */
    RtcpParameters rtcp();

    /**
     * The negotiated codecs, those of retransmission, redundancy and DTMF among them.
     *
     * @return an immutable list, the preferred one first; empty before an answer
     */
    List<RtpCodecParameters> codecs();
}
