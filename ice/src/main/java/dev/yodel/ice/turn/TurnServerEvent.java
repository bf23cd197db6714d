package dev.yodel.ice.turn;

import java.net.InetSocketAddress;
import java.util.List;

/** What a {@link TurnServer} wants done, or has to tell. */
public sealed interface TurnServerEvent {
    /**
     * Open a UDP socket for a relay; then call {@link TurnServer#handleRelayOpened} or {@link
     * TurnServer#handleRelayRefused}.
     *
     * @param socketId its name
     * @param local where
     */
    record OpenRelay(int socketId, InetSocketAddress local) implements TurnServerEvent {}

    /**
     * Close a relay's socket.
     *
     * @param socketId its name
     */
    record CloseRelay(int socketId) implements TurnServerEvent {}

    /**
     * Close a client's stream, after what was polled for it before has been written.
     *
     * @param socketId its name
     * @param reason in words
     */
    record CloseStream(int socketId, String reason) implements TurnServerEvent {}

    /**
     * A client has got a relay.
     *
     * @param client its address
     * @param stream whether it came by TCP or TLS
     * @param username whose, as authenticated; text from outside
     * @param relayed one address or two, as the client was told
     */
    record Allocated(InetSocketAddress client, boolean stream, String username, List<InetSocketAddress> relayed)
            implements TurnServerEvent {
        /** Copies the list. */
        public Allocated {
            relayed = List.copyOf(relayed);
        }
    }

    /**
     * A client's relay is gone.
     *
     * @param client its address
     * @param username whose
     * @param relayed one address or two
     * @param sentBytes payload from the client to peers
     * @param receivedBytes payload from peers to the client
     * @param reason in words
     */
    record Released(
            InetSocketAddress client,
            String username,
            List<InetSocketAddress> relayed,
            long sentBytes,
            long receivedBytes,
            String reason)
            implements TurnServerEvent {
        /** Copies the list. */
        public Released {
            relayed = List.copyOf(relayed);
        }
    }
}
