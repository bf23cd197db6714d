package dev.yodel.io.loop;

import dev.yodel.io.Datagram;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

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
    private final List<Datagram> views = new ArrayList<>();
    private int used;
    private int count;

    /** Whether one more datagram of any size fits. */
    boolean hasRoom() {
        return count < MOST_DATAGRAMS && used + LARGEST_DATAGRAM + TAIL_ROOM <= SIZE;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Copies what the buffer holds; {@link #hasRoom} must have been true. */
    @SuppressWarnings("ReferenceEquality") // meant: whether there is anything to write
    Datagram add(ByteBuffer source, InetSocketAddress local, InetSocketAddress remote, long now) {
        int length = source.remaining();
        int at = used;
        source.get(data, at, length);
        used = (at + length + TAIL_ROOM + 7) & ~7;
        if (count == views.size()) {
            views.add(new Datagram(data, at, length, local, remote, now));
        }
        Datagram view = views.get(count++);
        // A reference is written only if it is another: the collector's barrier costs more than the comparison.
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
        return view;
    }

    /** Forgets all datagrams; their bytes will be overwritten. */
    void reset() {
        used = 0;
        count = 0;
    }
}
