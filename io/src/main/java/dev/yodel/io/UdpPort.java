package dev.yodel.io;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A bound UDP socket of a {@link Loop}. Loop thread only. */
public interface UdpPort extends AutoCloseable {
    /** Takes datagrams. */
    @FunctionalInterface
    interface Receiver {
        /**
         * A datagram came. Never throws; what it throws closes this socket and is reported.
         *
         * @param datagram borrowed until the end of this turn's drain
         */
        void onDatagram(Datagram datagram);
    }

    /** Receives what the socket reads. */
    interface Handler extends Receiver {
        /**
         * Datagrams that were read together are about to come, each by {@link #onDatagram}, in this order, unless the
         * socket is closed before. Whoever has memory of its own for each sender looks at it now: what is out of the
         * caches comes at one time then, instead of one after the other. It changes nothing that anybody can see.
         *
         * @param datagrams borrowed, as each of them is
         * @param from the first one
         * @param to behind the last one
         */
        default void lookAhead(Datagram[] datagrams, int from, int to) {}

        /**
         * The socket failed and is closed (for example its interface is gone).
         *
         * @param reason in words
         */
        default void onClosed(String reason) {}
    }

    /**
     * The bound address; never the wildcard unless it was asked for.
     *
     * @return address and port
     */
    InetSocketAddress localAddress();

    /**
     * Sends one datagram. Copies the bytes before it returns.
     *
     * @param data source
     * @param offset first byte
     * @param length count of bytes
     * @param remote where to
     * @return what became of it
     */
    SendResult send(byte[] data, int offset, int length, InetSocketAddress remote);

    /**
     * The longest datagram that reaches a peer whole or not at all, as far as this machine knows: with such a path can be
     * probed (RFC 8899 3).
     *
     * @param remote a peer
     * @return bytes of payload; 0 if the system or the path may take datagrams to pieces
     */
    default int longestWhole(InetSocketAddress remote) {
        return 0;
    }

    /**
     * Says how many connections this socket stands for: one that serves a thousand may read more in a turn of the loop than
     * one that serves a single one, or what comes would outrun it while the timers of all are served.
     *
     * @param connections a count; 1 unless it is told
     */
    default void serves(int connections) {}

    /**
     * Says to whom nearly everything goes from now on, so that the system may keep a way ready which costs less. Nothing
     * else changes: all others are heard and sent to as before, from the same local address. When the way is made, a
     * datagram that comes from this peer in the same few microseconds may be lost, as on any network.
     *
     * @param remote the peer, later to be given to {@link #send} as the same object; null for nobody
     */
    default void prefer(@Nullable InetSocketAddress remote) {}

    /** Closes the socket; no handler call follows. */
    @Override
    void close();
}
