package dev.yodel.webrtc;

/**
 * W3C's RTCOfferOptions.
 *
 * @param iceRestart whether the offer asks for new ICE credentials and candidates
 */
public record OfferOptions(boolean iceRestart) {
    /** No restart. */
    public static final OfferOptions DEFAULT = new OfferOptions(false);
}
