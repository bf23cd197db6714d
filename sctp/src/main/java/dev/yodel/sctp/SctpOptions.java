package dev.yodel.sctp;

/**
 * What an association is set up with. Immutable.
 *
 * @param localPort our SCTP port, {@code a=sctp-port} of our description
 * @param remotePort the peer's SCTP port
 * @param packetBytes the largest SCTP packet, 576 to 65000, without DTLS, UDP and IP
 * @param receiveBufferBytes the heap that the peer's data may take until it is polled and released
 * @param sendBufferBytes the heap that data to be sent may take
 * @param maxReceiveMessageBytes the largest message taken from the peer, at most half of the receive buffer
 * @param maxSendMessageBytes the largest message that the peer takes, {@code a=max-message-size}; RFC 8841 6
 * @param zeroChecksum whether packets without a checksum are taken, and sent to a peer that takes them, because DTLS
 *     protects them; RFC 9653
 * @param interleaving whether messages may mix with others on the wire if the peer can do that, too; RFC 8260
 * @param piecesAboveBytes messages larger than this come in pieces on every stream, and may have any size then; -1 if
 *     they come whole
 * @param congestionControl how the path is shared with others
 */
public record SctpOptions(
        int localPort,
        int remotePort,
        int packetBytes,
        int receiveBufferBytes,
        int sendBufferBytes,
        int maxReceiveMessageBytes,
        int maxSendMessageBytes,
        boolean zeroChecksum,
        boolean interleaving,
        int piecesAboveBytes,
        SctpCongestionControl congestionControl) {
    /** Checks the values. */
    public SctpOptions {
        if (packetBytes < 576 || packetBytes > 65_000) {
            throw new IllegalArgumentException("packetBytes must be 576 to 65000, was " + packetBytes);
        }
        if (maxReceiveMessageBytes < 1 || maxReceiveMessageBytes > receiveBufferBytes / 2) {
            throw new IllegalArgumentException(
                    "maxReceiveMessageBytes must be 1 to half of receiveBufferBytes, was " + maxReceiveMessageBytes);
        }
        if (maxSendMessageBytes < 1 || sendBufferBytes < 1) {
            throw new IllegalArgumentException("maxSendMessageBytes and sendBufferBytes must be positive");
        }
        if (piecesAboveBytes != -1) {
            checkPieces(receiveBufferBytes, piecesAboveBytes);
        }
    }

    /**
     * The same with extensions switched on.
     *
     * @param localPort our SCTP port
     * @param remotePort the peer's SCTP port
     * @param packetBytes the largest SCTP packet
     * @param receiveBufferBytes the heap that the peer's data may take
     * @param sendBufferBytes the heap that data to be sent may take
     * @param maxReceiveMessageBytes the largest message taken from the peer
     * @param maxSendMessageBytes the largest message that the peer takes
     */
    public SctpOptions(
            int localPort,
            int remotePort,
            int packetBytes,
            int receiveBufferBytes,
            int sendBufferBytes,
            int maxReceiveMessageBytes,
            int maxSendMessageBytes) {
        this(
                localPort,
                remotePort,
                packetBytes,
                receiveBufferBytes,
                sendBufferBytes,
                maxReceiveMessageBytes,
                maxSendMessageBytes,
                true,
                true,
                -1,
                SctpCongestionControl.CUBIC);
    }

    /**
     * With or without zero checksums.
     *
     * @param on whether they are taken and sent
     * @return a copy
     */
    public SctpOptions withZeroChecksum(boolean on) {
        return new SctpOptions(
                localPort,
                remotePort,
                packetBytes,
                receiveBufferBytes,
                sendBufferBytes,
                maxReceiveMessageBytes,
                maxSendMessageBytes,
                on,
                interleaving,
                piecesAboveBytes,
                congestionControl);
    }

    /**
     * With or without message interleaving.
     *
     * @param on whether it is offered to the peer
     * @return a copy
     */
    public SctpOptions withInterleaving(boolean on) {
        return new SctpOptions(
                localPort,
                remotePort,
                packetBytes,
                receiveBufferBytes,
                sendBufferBytes,
                maxReceiveMessageBytes,
                maxSendMessageBytes,
                zeroChecksum,
                on,
                piecesAboveBytes,
                congestionControl);
    }

    /**
     * With messages in pieces on every stream.
     *
     * @param bytes messages larger than this come in pieces, 0 to half of the receive buffer; -1 for none
     * @return a copy
     */
    public SctpOptions withPiecesAbove(int bytes) {
        return new SctpOptions(
                localPort,
                remotePort,
                packetBytes,
                receiveBufferBytes,
                sendBufferBytes,
                maxReceiveMessageBytes,
                maxSendMessageBytes,
                zeroChecksum,
                interleaving,
                bytes,
                congestionControl);
    }

    /**
     * With another congestion control.
     *
     * @param control how the path is shared with others
     * @return a copy
     */
    public SctpOptions withCongestionControl(SctpCongestionControl control) {
        return new SctpOptions(
                localPort,
                remotePort,
                packetBytes,
                receiveBufferBytes,
                sendBufferBytes,
                maxReceiveMessageBytes,
                maxSendMessageBytes,
                zeroChecksum,
                interleaving,
                piecesAboveBytes,
                control);
    }

    void checkPieces(int thresholdBytes) {
        checkPieces(receiveBufferBytes, thresholdBytes);
    }

    private static void checkPieces(int receiveBufferBytes, int thresholdBytes) {
        if (thresholdBytes < 0 || thresholdBytes > receiveBufferBytes / 2) {
            throw new IllegalArgumentException(
                    "pieces begin above 0 bytes to half of receiveBufferBytes, was " + thresholdBytes);
        }
    }

    /**
     * Ports 5000, packets of 1188 bytes, 5 MiB to receive, 16 MiB to send, messages of 256 KiB.
     *
     * @return the defaults
     */
    public static SctpOptions defaults() {
        return new SctpOptions(5000, 5000, 1188, 5 << 20, 16 << 20, 256 << 10, 256 << 10);
    }
}
