package dev.yodel.io;

import java.net.InetSocketAddress;

/** A TCP connection of a {@link Loop}. Loop thread only. */
public interface StreamPort extends AutoCloseable {
    /** Receives the events of one stream. */
    interface Handler {
        /** The connection stands; bytes may be written. */
        void onConnected();

        /**
         * Bytes came, in any segmentation.
         *
         * @param data borrowed until the handler returns
         * @param offset first byte
         * @param length count of bytes
         * @param now time of arrival
         */
        void onBytes(byte[] data, int offset, int length, long now);

        /** There is room again after {@link StreamPort#write} took less than it was given. */
        void onWritable();

        /**
         * Refused, reset, ended by the peer or failed; it is closed.
         *
         * @param reason in words
         */
        void onClosed(String reason);
    }

    /**
     * Our end.
     *
     * @return address and port
     */
    InetSocketAddress localAddress();

    /**
     * The peer's end.
     *
     * @return address and port
     */
    InetSocketAddress remoteAddress();

    /**
     * Writes what fits into the socket's buffer.
     *
     * @param data copied before this returns
     * @param offset first byte
     * @param length count of bytes
     * @return bytes taken, 0 to {@code length}
     */
    int write(byte[] data, int offset, int length);

    /** Closes the stream; no handler call follows. */
    @Override
    void close();
}
