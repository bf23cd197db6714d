package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCError: what failed inside media or transport, with the details that exist for that failure.
 *
 * @param errorDetail what failed
 * @param message in words
 * @param sdpLineNumber the line of the description, 1 for the first; null unless a description is wrong
 * @param sentAlert the fatal DTLS alert that was sent, 0 to 255; null if none
 * @param receivedAlert the fatal DTLS alert that came, 0 to 255; null if none
 * @param sctpCauseCode the cause of an SCTP abort; null if none
 */
public record RtcError(
        RtcErrorDetail errorDetail,
        String message,
        @Nullable Integer sdpLineNumber,
        @Nullable Integer sentAlert,
        @Nullable Integer receivedAlert,
        @Nullable Integer sctpCauseCode) {
    /**
     * A failure without further details.
     *
     * @param errorDetail what failed
     * @param message in words
     */
    public RtcError(RtcErrorDetail errorDetail, String message) {
        this(errorDetail, message, null, null, null, null);
    }
}
