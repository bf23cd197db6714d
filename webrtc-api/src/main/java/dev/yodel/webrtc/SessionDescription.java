package dev.yodel.webrtc;

import java.util.Objects;

/**
 * W3C's RTCSessionDescription: a type and the SDP that goes with it.
 *
 * @param type offer, answer, pranswer or rollback
 * @param sdp the text with CRLF line ends; empty for a rollback
 */
public record SessionDescription(SdpType type, String sdp) {
    public SessionDescription {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(sdp, "sdp");
    }

    /**
     * An offer.
     *
     * @param sdp the text
     * @return the description
     */
    public static SessionDescription offer(String sdp) {
        return new SessionDescription(SdpType.OFFER, sdp);
    }

    /**
     * An answer.
     *
     * @param sdp the text
     * @return the description
     */
    public static SessionDescription answer(String sdp) {
        return new SessionDescription(SdpType.ANSWER, sdp);
    }

    /**
     * A provisional answer.
     *
     * @param sdp the text
     * @return the description
     */
    public static SessionDescription pranswer(String sdp) {
        return new SessionDescription(SdpType.PRANSWER, sdp);
    }

    /**
     * Takes back the offer that is under way.
     *
     * @return the description, with an empty text
     */
    public static SessionDescription rollback() {
        return new SessionDescription(SdpType.ROLLBACK, "");
    }

    /** One line without secrets: the ICE password inside the text is not shown. */
    @Override
    public String toString() {
        return type + ", " + sdp.length() + " characters";
    }
}
