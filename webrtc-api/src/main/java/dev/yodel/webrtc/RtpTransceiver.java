package dev.yodel.webrtc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpTransceiver: a sender and a receiver that share an m-section. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcrtptransceiver-interface">WebRTC 1.0, 5.4</a>
 */
public interface RtpTransceiver {
    /**
     * The m-section's identification.
     *
     * @return null before one is negotiated
     */
    @Nullable
    String mid();

    /**
     * The sending half.
     *
     * @return always the same
     */
    RtpSender sender();

    /**
     * The receiving half.
     *
     * @return always the same
     */
    RtpReceiver receiver();

    /**
     * What the application wants.
     *
     * @return stopped after {@link #stop()}
     */
    RtpTransceiverDirection direction();

    /**
     * Changes what the application wants; takes effect with the next negotiation, which becomes needed.
     *
     * @param direction all but stopped
     * @throws InvalidStateException if the transceiver is stopped or the connection closed
     * @throws IllegalArgumentException for stopped
     */
    void direction(RtpTransceiverDirection direction);

    /**
     * What was negotiated.
     *
     * @return null before an answer; stopped when the end is negotiated
     */
    @Nullable
    RtpTransceiverDirection currentDirection();

    /**
     * Whether it is stopped for good: the peer knows it, or the connection is closed. W3C had this attribute before
     * {@link RtpTransceiverDirection#STOPPED}, and browsers still have it.
     *
     * @return the same as {@code currentDirection() == STOPPED}
     */
    boolean stopped();

    /**
     * Ends sending and receiving at once and for good; the next negotiation tells the peer.
     *
     * @throws InvalidStateException if the connection is closed
     */
    void stop();

    /**
     * The header extensions that the next description will name (webrtc-extensions).
     *
     * @return all that are known for this kind, stopped ones among them
     */
    List<RtpHeaderExtensionCapability> getHeaderExtensionsToNegotiate();

    /**
     * Chooses how header extensions are used; takes effect with the next negotiation (webrtc-extensions).
     *
     * @param extensions what {@link #getHeaderExtensionsToNegotiate()} gave, with other directions
     * @throws InvalidModificationException if other extensions or another order are given, or one that must be used is not
     */
    void setHeaderExtensionsToNegotiate(List<RtpHeaderExtensionCapability> extensions);

    /**
     * What became of them in the last negotiation (webrtc-extensions).
     *
     * @return all that are known for this kind, stopped where none was negotiated
     */
    List<RtpHeaderExtensionCapability> getNegotiatedHeaderExtensions();

    /**
     * Chooses among the codecs of {@link RtpSender#getCapabilities} and their order.
     *
     * @param codecs in order of preference; empty for the default
     * @throws InvalidModificationException if one is not a capability, or none of them carries media
     */
    void setCodecPreferences(List<RtpCodec> codecs);
}
