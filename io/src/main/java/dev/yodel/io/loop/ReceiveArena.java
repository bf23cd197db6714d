package dev.yodel.io.loop;

import dev.yodel.io.Datagram;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where do the datagrams of one turn stand until they are drained? In one bounded array, each with tail-room, with
 * re-used views. It reads no socket. Loop thread only.
 */
final class ReceiveArena {
    /** Bytes behind each datagram that its handler may use. */
    static final int TAIL_ROOM = 64;

    /** The largest UDP payload and a little more, so that a longer one cannot pass as complete. */
    static final int LARGEST_DATAGRAM = 65_536;

    private static final int SIZE = 4 * LARGEST_DATAGRAM;
    private static final int MOST_DATAGRAMS = 1024;

    private final byte[] data = new byte[SIZE];
    /** Made when they are needed first; a typed array, because an element of another is looked into at each use. */
    private Datagram[] views = new Datagram[0];

    private int used;
    private int count;

    /** Whether one more datagram of any size fits. */
    boolean hasRoom() {
        return count < MOST_DATAGRAMS && used + LARGEST_DATAGRAM + TAIL_ROOM <= SIZE;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The place of the next datagram, until {@link #reset}. */
    int count() {
        return count;
    }

    /** What was added, by place; borrowed, and another array after the next {@link #add}. */
    Datagram[] datagrams() {
        return views;
    }

    /** Copies what the buffer holds; {@link #hasRoom} must have been true. */
    @SuppressWarnings("ReferenceEquality") // meant: whether there is anything to write
    void add(ByteBuffer source, InetSocketAddress local, InetSocketAddress remote, long now) {
        int length = source.remaining();
        int at = used;
        if (count == views.length) {
            int more = Math.max(16, 2 * count);
            views = Arrays.copyOf(views, more);
            for (int i = count; i < more; i++) {
                views[i] = new Datagram(data, at, length, local, remote, now);
            }
        }
        Datagram view = views[count++];
        // A reference is written only if it is another, and before the bytes are: the collector's barrier waits for
        // all that was written so far.
        if (view.data != data) {
            view.data = data;
        }
        view.offset = at;
        view.length = length;
        if (view.local != local) {
            view.local = local;
        }
        if (view.remote != remote) {
            view.remote = remote;
        }
        view.receivedNanos = now;
        source.get(data, at, length);
        used = (at + length + TAIL_ROOM + 7) & ~7;
    }

    /** Forgets all datagrams; their bytes will be overwritten. */
    void reset() {
        used = 0;
        count = 0;
    }
}
