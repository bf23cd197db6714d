package dev.yodel.ice;

import java.net.InetSocketAddress;

/**
 * A STUN datagram to send.
 *
 * @param socketId the socket
 * @param data the datagram, owned by the receiver
 * @param remote where to
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record IceTransmit(int socketId, byte[] data, InetSocketAddress remote) {}
