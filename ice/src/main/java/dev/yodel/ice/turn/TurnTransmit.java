package dev.yodel.ice.turn;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Bytes that leave a {@link TurnServer}; valid until the next {@link TurnServer#pollTransmit}. */
public final class TurnTransmit {
    private final int socketId;
    private final @Nullable InetSocketAddress remote;
    private final byte[] data;
    private final int offset;
    private final int length;
    private final boolean relayed;
    /** Whether the array is one of the server's own, to be used again. */
    final boolean reusable;

    TurnTransmit(
            int socketId,
            @Nullable InetSocketAddress remote,
            byte[] data,
            int offset,
            int length,
            boolean relayed,
            boolean reusable) {
        this.socketId = socketId;
        this.remote = remote;
        this.data = data;
        this.offset = offset;
        this.length = length;
        this.relayed = relayed;
        this.reusable = reusable;
    }

    /**
     * Which socket it leaves by.
     *
     * @return a listening UDP socket, a relay's socket or a stream
     */
    public int socketId() {
        return socketId;
    }

    /**
     * Where to.
     *
     * @return null for a stream
     */
    public @Nullable InetSocketAddress remote() {
        return remote;
    }

    /**
     * The array that holds the bytes.
     *
     * @return borrowed, not to be changed
     */
    public byte[] data() {
        return data;
    }

    /**
     * First byte.
     *
     * @return an index
     */
    public int offset() {
        return offset;
    }

    /**
     * Count of bytes.
     *
     * @return 0 or more
     */
    public int length() {
        return length;
    }

    /**
     * Whether it is a peer's or a client's data, which may be dropped where there is no room, or an answer.
     *
     * @return true for data
     */
    public boolean isRelayed() {
        return relayed;
    }

    @Override
    public String toString() {
        return "TurnTransmit[socket " + socketId + (remote == null ? "" : " to " + remote) + ", " + length + " bytes]";
    }
}
