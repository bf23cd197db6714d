package dev.yodel.webrtc;

/**
 * One received RTP packet, decrypted and without padding (RFC 3550 5.1). Owns its array.
 *
 * @param packet header and payload
 * @param payloadOffset where the payload begins
 * @param payloadType 0 to 127
 * @param sequenceNumber unwrapped: it never wraps
 * @param rtpTimestamp 0 to 2^32-1
 * @param ssrc 0 to 2^32-1
 * @param marker the marker bit
 */
@SuppressWarnings("ArrayRecordComponent")
public record RtpPacketEvent(
        byte[] packet,
        int payloadOffset,
        int payloadType,
        long sequenceNumber,
        long rtpTimestamp,
        long ssrc,
        boolean marker) {
    @Override
    public String toString() {
        return "RTP " + packet.length + " bytes, payload type " + payloadType + ", number " + sequenceNumber
                + ", timestamp " + rtpTimestamp + ", ssrc " + ssrc;
    }
}
