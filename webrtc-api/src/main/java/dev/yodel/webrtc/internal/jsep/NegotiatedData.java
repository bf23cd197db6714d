package dev.yodel.webrtc.internal.jsep;

import org.jspecify.annotations.Nullable;

/**
 * What both descriptions of an exchange agree on for data channels.
 *
 * @param localPort our SCTP port
 * @param remotePort the peer's SCTP port
 * @param remoteMaxMessageBytes the largest message that the peer takes, 0 for any size
 * @param inits the INITs of both sides, which then open the association without a handshake; null if not both told theirs
 */
public record NegotiatedData(int localPort, int remotePort, long remoteMaxMessageBytes, @Nullable SctpInits inits) {}
