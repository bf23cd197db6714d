package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Direction;

/**
 * A header extension of an m-section (RFC 8285).
 *
 * @param id 1 to 14, or to 255 with two-byte headers
 * @param uri its name
 * @param direction which way it is used: as the writer of a description sees it, or as we do once it is negotiated
 */
public record HeaderExtension(int id, String uri, Direction direction) {
    /** The m-section a packet belongs to (RFC 9143 15). */
    public static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /** The loudness of the audio in a packet (RFC 6464). */
    public static final String AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /**
     * One that is used both ways.
     *
     * @param id 1 to 14, or to 255 with two-byte headers
     * @param uri its name
     */
    public HeaderExtension(int id, String uri) {
        this(id, uri, Direction.SENDRECV);
    }

    /**
     * The same, used in another way.
     *
     * @param value the direction
     * @return the extension
     */
    HeaderExtension withDirection(Direction value) {
        return new HeaderExtension(id, uri, value);
    }
}
