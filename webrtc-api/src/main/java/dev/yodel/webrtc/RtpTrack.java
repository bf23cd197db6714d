package dev.yodel.webrtc;

import dev.yodel.webrtc.internal.transport.LocalRtpTrack;

/**
 * A local track that sends RTP packets as they are: for relays and bridges. Payload, timestamp differences and marker are
 * kept; SSRC, payload type, sequence numbers and header extensions are rewritten to what the connection negotiated. Any
 * thread.
 */
public interface RtpTrack extends MediaStreamTrack {
    /**
     * A track of RTP packets.
     *
     * @param kind audio or video
     * @param id the track's id
     * @param codec the encoding name of the payload, for example {@code opus} or {@code VP8}
     * @return a live track
     */
    static RtpTrack of(MediaKind kind, String id, String codec) {
        return new LocalRtpTrack(kind, id, codec);
    }

    /**
     * Sends one packet. What is no RTP packet (RFC 3550), and what comes while nothing can be sent, is dropped and
     * counted.
     *
     * @param packet copied before this returns
     * @param offset first byte
     * @param length count of bytes, header included
     * @throws InvalidStateException if the track has ended
     */
    void write(byte[] packet, int offset, int length);

    /**
     * Packets that were written and could not be sent.
     *
     * @return a count since the track was made
     */
    long droppedPackets();
}
