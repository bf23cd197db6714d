package dev.yodel.ice.loop;

import dev.yodel.io.StreamPort;
import dev.yodel.io.TlsCodec;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client's TCP or TLS connection to a TURN server: moves bytes between the socket, TLS and the core, and keeps what the
 * socket does not take yet, within bounds. It frames nothing. Loop thread only.
 */
final class TurnServerStream implements StreamPort.Handler {
    /** Data of peers beyond this is dropped, whole frames at a time: to the client it is a lost datagram. */
    private static final int MOST_WAITING_DATA = 256 * 1024;
    /** A client that reads none of its answers is not worth more. */
    private static final int MOST_WAITING = 384 * 1024;

    /** For connections that are closed at once. */
    static final StreamPort.Handler REFUSED = new StreamPort.Handler() {
        @Override
        public void onConnected() {}

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {}
    };

    private final TurnServerSocket owner;
    private final int socketId;
    private final StreamPort port;
    private final @Nullable TlsCodec tls;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean ended;

    TurnServerStream(TurnServerSocket owner, int socketId, StreamPort port, @Nullable TlsCodec tls) {
        this.owner = owner;
        this.socketId = socketId;
        this.port = port;
        this.tls = tls;
    }

    void start() {
        if (tls != null) {
            tls.start();
            pump(tls);
        }
    }

    @Override
    public void onConnected() {
        // An accepted stream is connected from the beginning.
    }

    @Override
    public void onBytes(byte[] data, int offset, int length, long now) {
        if (ended) {
            return;
        }
        if (tls == null) {
            owner.handleStreamBytes(socketId, data, offset, length);
        } else {
            tls.handleBytes(data, offset, length);
            pump(tls);
        }
    }

    /** Everything that TLS has for the worker, the core and the socket. */
    private void pump(TlsCodec codec) {
        boolean more = true;
        while (more && !ended) {
            more = false;
            Runnable task = codec.pollTask();
            if (task != null) {
                owner.work(task, () -> {
                    codec.handleTaskDone();
                    pump(codec);
                });
            }
            for (byte[] clear = codec.pollPlaintext(); clear != null; clear = codec.pollPlaintext()) {
                owner.handleStreamBytes(socketId, clear, 0, clear.length);
                more = true;
            }
            more |= flushTls(codec);
        }
        if (!ended && (codec.state() == TlsCodec.State.FAILED || codec.state() == TlsCodec.State.CLOSED)) {
            lose();
        }
    }

    private boolean flushTls(TlsCodec codec) {
        boolean any = false;
        for (byte[] sealed = codec.pollOutput(); sealed != null; sealed = codec.pollOutput()) {
            toSocket(sealed, 0, sealed.length);
            any = true;
        }
        return any;
    }

    /** One whole frame, or nothing of it. */
    void write(byte[] data, int offset, int length, boolean droppable) {
        if (ended || (droppable && waitingBytes > MOST_WAITING_DATA)) {
            return;
        }
        if (waitingBytes > MOST_WAITING) {
            lose();
            return;
        }
        if (tls == null) {
            toSocket(data, offset, length);
            return;
        }
        int taken = 0;
        boolean more = true;
        while (more && taken < length) {
            int now = tls.write(data, offset + taken, length - taken);
            taken += now;
            more = flushTls(tls) || now > 0;
        }
        if (taken < length) {
            // Half a frame would make nonsense of all that follows.
            lose();
        }
    }

    private void toSocket(byte[] data, int offset, int length) {
        int taken = waiting.isEmpty() ? port.write(data, offset, length) : 0;
        if (taken < length) {
            waiting.add(Arrays.copyOfRange(data, offset + taken, offset + length));
            waitingBytes += length - taken;
        }
    }

    @Override
    public void onWritable() {
        while (!waiting.isEmpty()) {
            byte[] next = waiting.element();
            int taken = port.write(next, 0, next.length);
            waitingBytes -= taken;
            waiting.remove();
            if (taken < next.length) {
                waiting.addFirst(Arrays.copyOfRange(next, taken, next.length));
                return;
            }
        }
    }

    @Override
    public void onClosed(String reason) {
        ended = true;
        waiting.clear();
        owner.handleStreamClosed(socketId);
    }

    /** From our side, because of the client. */
    private void lose() {
        end();
        owner.handleStreamClosed(socketId);
    }

    /** From our side; what the socket still takes goes out. */
    void end() {
        if (ended) {
            return;
        }
        if (tls != null) {
            tls.close();
            flushTls(tls);
        }
        ended = true;
        waiting.clear();
        port.close();
    }
}
