package dev.yodel.io.loop;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Which datagrams of a loop wait until all work of the turn is done? To write many packets and to hand them to the system
 * want other code and other lines of memory, each their own again and again. It keeps the order of all, and nothing beyond
 * {@link #flush()}. One for each loop, on its thread only.
 */
final class SendQueue {
    /** What waits at most, so that the first of a long turn is not late. */
    static final int MOST = 64;

    /** Longer ones do not wait. */
    static final int LARGEST = 1_500;

    private final @Nullable UdpSocket[] sockets = new @Nullable UdpSocket[MOST];
    private final @Nullable InetSocketAddress[] remotes = new @Nullable InetSocketAddress[MOST];
    private final int[] ends = new int[MOST];
    private @Nullable ByteBuffer memory;
    private int count;
    private boolean flushing;

    /**
     * Copies a datagram.
     *
     * @return false if it cannot wait: it is to be sent at once, after what is here
     */
    boolean add(UdpSocket socket, byte[] data, int offset, int length, InetSocketAddress remote) {
        if (flushing || length > LARGEST) {
            return false;
        }
        if (count == MOST) {
            flush();
        }
        ByteBuffer to = memory;
        if (to == null) {
            to = ByteBuffer.allocateDirect(MOST * LARGEST);
            memory = to;
        }
        to.put(data, offset, length);
        sockets[count] = socket;
        remotes[count] = remote;
        ends[count] = to.position();
        count++;
        return true;
    }

    /** Sends all of them. */
    void flush() {
        ByteBuffer from = memory;
        if (count == 0 || flushing || from == null) {
            return;
        }
        flushing = true;
        try {
            int start = 0;
            for (int i = 0; i < count; i++) {
                UdpSocket socket = sockets[i];
                InetSocketAddress remote = remotes[i];
                sockets[i] = null;
                remotes[i] = null;
                from.limit(ends[i]).position(start);
                start = ends[i];
                if (socket != null && remote != null) {
                    socket.sendNow(from, remote);
                }
            }
        } finally {
            from.clear();
            count = 0;
            flushing = false;
        }
    }
}
