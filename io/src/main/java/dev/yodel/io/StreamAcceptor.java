package dev.yodel.io;

import java.net.InetSocketAddress;

/** A listening TCP socket of a {@link Loop}. Loop thread only. */
public interface StreamAcceptor extends AutoCloseable {
    /** Decides about accepted streams. */
    interface Handler {
        /**
         * A stream was accepted and is connected.
         *
         * @param stream owned by the handler from now on
         * @return who gets its events
         */
        StreamPort.Handler onAccepted(StreamPort stream);
    }

    /**
     * The bound address.
     *
     * @return address and port
     */
    InetSocketAddress localAddress();

    @Override
    void close();
}
