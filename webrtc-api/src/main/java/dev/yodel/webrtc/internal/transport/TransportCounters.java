package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.SendResult;

/** What a transport counted. Loop thread only; {@link #copy()} is for everybody. */
public final class TransportCounters {
    /** Datagrams sent, all protocols but STUN. */
    public long packetsSent;

    /** Their bytes. */
    public long bytesSent;

    /** Datagrams received from validated addresses, all protocols but STUN. */
    public long packetsReceived;

    /** Their bytes. */
    public long bytesReceived;

    /** Datagrams that the socket did not take. */
    public long sendFailures;

    /** Datagrams of no known protocol. */
    public long unknownDatagrams;

    /** Application data that nobody expected. */
    public long unexpectedApplicationData;

    /** Received packets that SRTP refused: forged, replayed, malformed. */
    public long srtpRejected;

    /** Packets of ours that SRTP could not protect. */
    public long protectFailures;

    /** Received packets that came before the keys and found no room. */
    public long earlyMediaDropped;

    /** A datagram was given to the socket. */
    void onSent(SendResult result, int length) {
        if (result == SendResult.SENT) {
            packetsSent++;
            bytesSent += length;
        } else {
            sendFailures++;
        }
    }

    TransportCounters copy() {
        TransportCounters copy = new TransportCounters();
        copy.packetsSent = packetsSent;
        copy.bytesSent = bytesSent;
        copy.packetsReceived = packetsReceived;
        copy.bytesReceived = bytesReceived;
        copy.sendFailures = sendFailures;
        copy.unknownDatagrams = unknownDatagrams;
        copy.unexpectedApplicationData = unexpectedApplicationData;
        copy.srtpRejected = srtpRejected;
        copy.protectFailures = protectFailures;
        copy.earlyMediaDropped = earlyMediaDropped;
        return copy;
    }
}
