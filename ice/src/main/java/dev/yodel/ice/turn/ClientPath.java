package dev.yodel.ice.turn;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a client is reached: the 5-tuple that its allocation belongs to (RFC 8656 section 3.2).
 *
 * @param socketId the listening UDP socket, or the client's own stream
 * @param remote the client's address as this server sees it
 * @param local our end
 * @param stream whether it is TCP or TLS
 */
record ClientPath(int socketId, InetSocketAddress remote, InetSocketAddress local, boolean stream) {
    /** The socket stands for our end and the transport. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientPath path && path.socketId == socketId && path.remote.equals(remote);
    }

    @Override
    public int hashCode() {
        return 31 * remote.hashCode() + socketId;
    }
}
