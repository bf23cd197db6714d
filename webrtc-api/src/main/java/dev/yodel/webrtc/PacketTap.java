package dev.yodel.webrtc;

/**
 * Sees all RTP, RTCP and SCTP packets of a factory's connections in the clear: those that come after they were decrypted,
 * those that leave before they are encrypted. For tools that look for faults; it changes nothing. What it shows is what
 * encryption hides from everybody else: voices, pictures and messages.
 *
 * @see Settings.Builder#packetTap
 */
@FunctionalInterface
public interface PacketTap {
    /** What a packet is. */
    enum Protocol {
        /** RFC 3550: sound and pictures. */
        RTP,
        /** RFC 3550: reports and feedback. */
        RTCP,
        /** RFC 9260: data channels, as carried by DTLS (RFC 8261). */
        SCTP
    }

    /**
     * A packet came or leaves. On the connection's loop, so it must neither block nor write to a file. What it throws is
     * logged, and it is shown nothing more of that transport.
     *
     * @param transport number of the transport in this factory, from 1; a connection with BUNDLE has one
     * @param outgoing whether we send it, else the peer did
     * @param protocol what it is
     * @param wallNanos wall-clock time since 1970
     * @param data holds the packet, in the clear; borrowed until the call returns, not to be changed
     * @param offset first byte
     * @param length count of bytes
     */
    void onPacket(
            long transport, boolean outgoing, Protocol protocol, long wallNanos, byte[] data, int offset, int length);
}
