package dev.yodel.io;

import java.net.InetSocketAddress;

/**
 * A received datagram: a re-pointable view of bytes, both addresses and the time of arrival. It does not own its bytes:
 * they and this object are valid until the handler that got it returns and the drain that follows is finished. The
 * handler may overwrite the bytes (decryption happens in place), and may use the tail-room behind {@code length}.
 */
public final class Datagram {
    /** The array that holds the bytes; 64 bytes and more of tail-room stand behind {@code offset + length}. */
    public byte[] data;

    /** First byte. */
    public int offset;

    /** Count of bytes. */
    public int length;

    /** The address of the socket that received it. */
    public InetSocketAddress local;

    /** Who sent it. */
    public InetSocketAddress remote;

    /** When it was read, {@link Time}. */
    public long receivedNanos;

    /**
     * A view.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @param local the receiving socket's address
     * @param remote the sender's address
     * @param receivedNanos time of arrival
     */
    public Datagram(
            byte[] data,
            int offset,
            int length,
            InetSocketAddress local,
            InetSocketAddress remote,
            long receivedNanos) {
        this.data = data;
        this.offset = offset;
        this.length = length;
        this.local = local;
        this.remote = remote;
        this.receivedNanos = receivedNanos;
    }

    @Override
    public String toString() {
        return remote + " -> " + local + " " + length + " bytes";
    }
}
