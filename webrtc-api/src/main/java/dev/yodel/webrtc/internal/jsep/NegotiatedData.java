package dev.yodel.webrtc.internal.jsep;

/**
 * What both descriptions of an exchange agree on for data channels.
 *
 * @param localPort our SCTP port
 * @param remotePort the peer's SCTP port
 * @param remoteMaxMessageBytes the largest message that the peer takes, 0 for any size
 */
public record NegotiatedData(int localPort, int remotePort, long remoteMaxMessageBytes) {}
