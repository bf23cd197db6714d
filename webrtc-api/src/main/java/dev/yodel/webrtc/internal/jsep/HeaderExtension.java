package dev.yodel.webrtc.internal.jsep;

/**
 * A header extension of an m-section (RFC 8285).
 *
 * @param id 1 to 14, or to 255 with two-byte headers
 * @param uri its name
 */
public record HeaderExtension(int id, String uri) {
    /** The m-section a packet belongs to (RFC 9143 15). */
    public static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /** The loudness of the audio in a packet (RFC 6464). */
    public static final String AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
}
