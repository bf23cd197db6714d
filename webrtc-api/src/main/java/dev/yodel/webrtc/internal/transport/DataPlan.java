package dev.yodel.webrtc.internal.transport;

/**
 * What was negotiated for the data channels of a transport, by value.
 *
 * @param localPort our SCTP port
 * @param remotePort the peer's SCTP port
 * @param maxReceiveBytes the largest message that comes whole
 * @param unlimited whether larger ones come in pieces; else {@code maxReceiveBytes} was announced as the limit
 * @param maxSendBytes the largest message that the peer takes and our buffer holds
 * @param maxRemoteChannels how many channels the peer may have open at the same time
 */
public record DataPlan(
        int localPort,
        int remotePort,
        int maxReceiveBytes,
        boolean unlimited,
        long maxSendBytes,
        int maxRemoteChannels) {}
