package dev.yodel.ice.loop;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.Bytes;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One TCP port for all connections of a loop (RFC 6544): whose is this stream? Its first frame must be a check, which
 * says it by its user fragment. What says nothing within 30 s, or anything else, is closed; it authenticates nothing
 * itself. The port is bound once per local address. Loop thread only.
 */
public final class IceTcpMux implements AutoCloseable {
    /** A first frame is a check: a few hundred bytes. */
    private static final int LONGEST_FIRST_FRAME = 2048;

    private static final long PATIENCE_NANOS = 30 * Time.SECOND;
    private static final int MOST_PENDING = 1024;
    private static final int MOST_PENDING_PER_ADDRESS = 64;
    private static final int LENGTH_BYTES = 2;

    /** Of streams that are closed at once. */
    static final StreamPort.Handler NOBODY = new StreamPort.Handler() {
        @Override
        public void onConnected() {}

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {}
    };

    /** Takes a stream that is for a connection. */
    @FunctionalInterface
    interface Taker {
        /**
         * The stream is yours.
         *
         * @param port open
         * @param first what was read from it already
         * @return who gets what follows
         */
        StreamPort.Handler take(StreamPort port, byte[] first);
    }

    private static final class Shared {
        final StreamAcceptor acceptor;
        final Map<Object, Taker> takers = new HashMap<>();

        Shared(StreamAcceptor acceptor) {
            this.acceptor = acceptor;
        }
    }

    private final Loop loop;
    private final int port;
    private final Map<InetAddress, Shared> byAddress = new HashMap<>();
    private final Map<String, Object> byUfrag = new HashMap<>();
    private final Map<Object, ArrayDeque<String>> namesOf = new HashMap<>();
    private final Set<Pending> pending = new LinkedHashSet<>();
    private final Map<InetAddress, Integer> pendingOf = new HashMap<>();
    private @Nullable LoopTimer timer;
    private long refused;
    private boolean closed;

    /** A stream whose first frame is not whole yet; then it passes on what comes. */
    private final class Pending implements StreamPort.Handler {
        final Shared shared;
        final StreamPort stream;
        final long giveUpAt;
        private byte[] first = {};
        private StreamPort.@Nullable Handler taken;

        Pending(Shared shared, StreamPort stream, long giveUpAt) {
            this.shared = shared;
            this.stream = stream;
            this.giveUpAt = giveUpAt;
        }

        @Override
        public void onConnected() {
            // An accepted stream is connected from the beginning.
        }

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {
            StreamPort.Handler to = taken;
            if (to != null) {
                to.onBytes(data, offset, length, now);
                return;
            }
            byte[] all = new byte[first.length + length];
            System.arraycopy(first, 0, all, 0, first.length);
            System.arraycopy(data, offset, all, first.length, length);
            first = all;
            if (first.length < LENGTH_BYTES) {
                return;
            }
            int frame = Bytes.u16(first, 0);
            if (frame < StunMessage.HEADER_LENGTH || frame > LONGEST_FIRST_FRAME) {
                refuse(this);
            } else if (first.length >= LENGTH_BYTES + frame) {
                begin(frame);
            }
        }

        private void begin(int frame) {
            Object connection = connectionOf(StunMessage.parse(first, LENGTH_BYTES, frame));
            Taker taker = connection == null ? null : shared.takers.get(connection);
            if (taker == null) {
                refuse(this);
                return;
            }
            forgetPending(this);
            byte[] bytes = first;
            first = new byte[0];
            // What the taker does with the bytes may already close the stream.
            taken = NOBODY;
            taken = taker.take(stream, bytes);
        }

        @Override
        public void onWritable() {
            StreamPort.Handler to = taken;
            if (to != null) {
                to.onWritable();
            }
        }

        @Override
        public void onClosed(String reason) {
            StreamPort.Handler to = taken;
            if (to == null) {
                forgetPending(this);
            } else {
                to.onClosed(reason);
            }
        }
    }

    /**
     * Binds nothing yet.
     *
     * @param loop where it and all its connections live
     * @param port 1 to 65535
     */
    public IceTcpMux(Loop loop, int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
        this.loop = loop;
        this.port = port;
    }

    /** Streams for a connection come to its taker from now on. */
    InetSocketAddress open(Object connection, InetAddress local, Taker taker) throws IOException {
        Shared shared = byAddress.get(local);
        if (shared == null) {
            Shared[] made = new Shared[1];
            StreamAcceptor acceptor =
                    loop.listen(new InetSocketAddress(local, port), stream -> accepted(made[0], stream));
            shared = new Shared(acceptor);
            made[0] = shared;
            byAddress.put(local, shared);
        }
        shared.takers.put(connection, taker);
        return shared.acceptor.localAddress();
    }

    private StreamPort.Handler accepted(Shared shared, StreamPort stream) {
        InetAddress from = stream.remoteAddress().getAddress();
        if (pending.size() >= MOST_PENDING || pendingOf.getOrDefault(from, 0) >= MOST_PENDING_PER_ADDRESS) {
            refused++;
            stream.close();
            return NOBODY;
        }
        Pending waiting = new Pending(shared, stream, loop.now() + PATIENCE_NANOS);
        pending.add(waiting);
        pendingOf.merge(from, 1, Integer::sum);
        schedule();
        return waiting;
    }

    private @Nullable Object connectionOf(@Nullable StunMessage message) {
        if (message == null || message.messageClass() != StunClass.REQUEST) {
            return null;
        }
        String username = message.text(StunAttribute.USERNAME);
        int colon = username == null ? -1 : username.indexOf(':');
        return username == null || colon < 0 ? null : byUfrag.get(username.substring(0, colon));
    }

    private void refuse(Pending waiting) {
        refused++;
        forgetPending(waiting);
        waiting.stream.close();
    }

    private void forgetPending(Pending waiting) {
        if (pending.remove(waiting)) {
            pendingOf.computeIfPresent(
                    waiting.stream.remoteAddress().getAddress(), (from, count) -> count == 1 ? null : count - 1);
            schedule();
        }
    }

    /** In the order they came, so the first is the next to be given up. */
    private void schedule() {
        LoopTimer running = timer;
        if (running == null) {
            running = loop.newTimer(this::onTimer);
            timer = running;
        }
        running.set(pending.isEmpty() ? Time.NEVER : pending.iterator().next().giveUpAt);
    }

    private void onTimer() {
        long now = loop.now();
        for (Pending waiting : List.copyOf(pending)) {
            if (waiting.giveUpAt > now) {
                break;
            }
            refuse(waiting);
        }
        if (!closed) {
            schedule();
        }
    }

    /** A connection does not listen on an address any more. */
    void leave(Object connection, InetAddress local) {
        Shared shared = byAddress.get(local);
        if (shared != null) {
            shared.takers.remove(connection);
        }
    }

    /** Checks with this user fragment are for a connection, and those with the one before it. */
    void name(Object connection, String ufrag) {
        ArrayDeque<String> names = namesOf.computeIfAbsent(connection, unseen -> new ArrayDeque<>(2));
        if (names.size() == 2) {
            byUfrag.remove(names.removeFirst());
        }
        names.add(ufrag);
        byUfrag.put(ufrag, connection);
    }

    /** The connection is closed. */
    void forget(Object connection) {
        ArrayDeque<String> names = namesOf.remove(connection);
        if (names != null) {
            names.forEach(byUfrag::remove);
        }
        byAddress.values().forEach(shared -> shared.takers.remove(connection));
    }

    /**
     * Streams that were closed because they named no connection, were too many, or said nothing in time.
     *
     * @return a count
     */
    public long refused() {
        return refused;
    }

    /**
     * Streams that have not said yet whose they are.
     *
     * @return a count
     */
    public int pending() {
        return pending.size();
    }

    /** Closes the port, and the streams that are nobody's yet. */
    @Override
    public void close() {
        closed = true;
        LoopTimer running = timer;
        if (running != null) {
            running.close();
        }
        byAddress.values().forEach(shared -> shared.acceptor.close());
        byAddress.clear();
        for (Pending waiting : List.copyOf(pending)) {
            waiting.stream.close();
        }
        pending.clear();
        pendingOf.clear();
        byUfrag.clear();
        namesOf.clear();
    }

    @Override
    public String toString() {
        return "ICE on TCP port " + port;
    }
}
