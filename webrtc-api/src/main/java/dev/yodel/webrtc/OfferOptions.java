package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCOfferOptions. The two members about receiving are from before transceivers (WebRTC 1.0, 4.4.3.2); new code
 * calls {@link PeerConnection#addTransceiver(MediaKind, RtpTransceiverInit)}.
 *
 * @param iceRestart whether the offer asks for new ICE credentials and candidates
 * @param offerToReceiveAudio true adds a transceiver that receives audio if there is none, false stops receiving audio;
 *     null changes nothing
 * @param offerToReceiveVideo the same for video
 */
public record OfferOptions(
        boolean iceRestart, @Nullable Boolean offerToReceiveAudio, @Nullable Boolean offerToReceiveVideo) {
    /** No restart. */
    public static final OfferOptions DEFAULT = new OfferOptions(false);

    /**
     * What transceivers say about receiving counts.
     *
     * @param iceRestart whether the offer asks for new ICE credentials and candidates
     */
    public OfferOptions(boolean iceRestart) {
        this(iceRestart, null, null);
    }
}
