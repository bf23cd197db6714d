package dev.yodel.ice.loop;

import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.SendResult;
import dev.yodel.io.StreamPort;
import dev.yodel.io.TlsCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A stream that carries messages: TCP, and TLS on it if a codec is given. It takes a message as a whole or not at all, and
 * frames nothing. Certificates are checked on a worker. Loop thread only; no call back from inside a method but {@link
 * StreamPort.Handler}'s.
 */
final class StreamSocket implements StreamPort.Handler {
    /** Gets the events of one stream. */
    interface Owner {
        /** Messages may be sent. */
        void onOpened(InetSocketAddress local);

        /** Bytes of the application came, borrowed until this returns. */
        void onBytes(byte[] data, int offset, int length, long now);

        /** It is closed; nothing follows. */
        void onClosed(String reason);
    }

    /** Data that waits for the network beyond this is dropped: it would be late. */
    static final int MOST_DATA_BYTES = 64 * 1024;
    /** Requests and answers may wait behind it. */
    static final int MOST_CONTROL_BYTES = 128 * 1024;

    private final Environment environment;
    private final Loop loop;
    private final Owner owner;
    private final @Nullable TlsCodec tls;
    private final @Nullable ProxyHandshake proxy;
    /** What the network, or the codec, has no room for yet. */
    private final ArrayDeque<byte[]> plain = new ArrayDeque<>();

    private final ArrayDeque<byte[]> encrypted = new ArrayDeque<>();
    private @Nullable StreamPort port;
    private int plainTaken;
    private int encryptedTaken;
    private int waitingBytes;
    private boolean open;
    private boolean closed;

    StreamSocket(
            Environment environment, Loop loop, @Nullable TlsCodec tls, @Nullable ProxyHandshake proxy, Owner owner) {
        this.environment = environment;
        this.loop = loop;
        this.tls = tls;
        this.proxy = proxy;
        this.owner = owner;
    }

    /** Begins to connect; from a port that is named, it is shared with a listener. */
    void connect(InetSocketAddress local, InetSocketAddress remote) throws IOException {
        port = local.getPort() == 0 ? loop.connect(local, remote, this) : loop.connectShared(local, remote, this);
    }

    /** Takes a stream that stands already, and that somebody else has read from so far. */
    void accept(StreamPort accepted) {
        port = accepted;
        open = true;
    }

    /**
     * Sends a message.
     *
     * @param mostWaiting refuse it if more bytes wait already
     */
    SendResult send(byte[] data, int offset, int length, int mostWaiting) {
        if (closed) {
            return SendResult.CLOSED;
        }
        if (!open) {
            return SendResult.REFUSED;
        }
        if (waitingBytes > 0 && waitingBytes + length > mostWaiting) {
            return SendResult.FULL;
        }
        StreamPort stream = port;
        int taken = 0;
        if (tls == null && plain.isEmpty() && stream != null) {
            taken = stream.write(data, offset, length);
        }
        if (taken < length) {
            byte[] rest = new byte[length - taken];
            System.arraycopy(data, offset + taken, rest, 0, rest.length);
            plain.add(rest);
            waitingBytes += rest.length;
            flush();
        }
        return SendResult.SENT;
    }

    void close() {
        if (closed) {
            return;
        }
        TlsCodec codec = tls;
        if (codec != null && open) {
            codec.close();
            flush();
        }
        shut();
    }

    private void shut() {
        closed = true;
        open = false;
        plain.clear();
        encrypted.clear();
        StreamPort stream = port;
        if (stream != null) {
            stream.close();
        }
    }

    private void fail(String reason) {
        if (!closed) {
            shut();
            owner.onClosed(reason);
        }
    }

    @Override
    public void onConnected() {
        ProxyHandshake handshake = proxy;
        if (handshake == null) {
            begin();
        } else {
            handshake.start();
            speak(handshake);
        }
    }

    /** Says what the proxy wants to hear. It fits into the buffer of a fresh socket. */
    private void speak(ProxyHandshake handshake) {
        byte[] bytes = handshake.pollOutput();
        StreamPort stream = port;
        if (bytes != null && stream != null && stream.write(bytes, 0, bytes.length) < bytes.length) {
            fail("the proxy takes nothing");
        }
    }

    private void throughProxy(ProxyHandshake handshake, byte[] data, int offset, int length, long now) {
        handshake.handleBytes(data, offset, length);
        if (handshake.isFailed()) {
            fail(handshake.failure());
            return;
        }
        speak(handshake);
        if (handshake.isOpen() && !closed) {
            begin();
            byte[] rest = handshake.rest();
            if (rest.length > 0 && !closed) {
                onBytes(rest, 0, rest.length, now);
            }
        }
    }

    private void begin() {
        TlsCodec codec = tls;
        if (codec == null) {
            opened();
        } else {
            codec.start();
            advance(codec);
        }
    }

    private void opened() {
        StreamPort stream = port;
        if (stream != null && !open && !closed) {
            open = true;
            owner.onOpened(stream.localAddress());
        }
    }

    @Override
    public void onBytes(byte[] data, int offset, int length, long now) {
        ProxyHandshake handshake = proxy;
        if (handshake != null && !handshake.isOpen()) {
            throughProxy(handshake, data, offset, length, now);
            return;
        }
        TlsCodec codec = tls;
        if (codec == null) {
            owner.onBytes(data, offset, length, now);
        } else {
            codec.handleBytes(data, offset, length);
            advance(codec);
        }
    }

    @Override
    public void onWritable() {
        flush();
    }

    @Override
    public void onClosed(String reason) {
        fail(reason);
    }

    /** Moves what the codec has to where it belongs. */
    private void advance(TlsCodec codec) {
        if (closed) {
            return;
        }
        Runnable task = codec.pollTask();
        if (task != null) {
            run(codec, task);
        }
        flush();
        if (codec.state() == TlsCodec.State.CONNECTED) {
            opened();
        }
        byte[] bytes = codec.pollPlaintext();
        while (bytes != null && !closed) {
            owner.onBytes(bytes, 0, bytes.length, loop.now());
            bytes = codec.pollPlaintext();
        }
        flush();
        if (codec.state() == TlsCodec.State.FAILED) {
            fail("TLS: " + codec.failure());
        } else if (codec.state() == TlsCodec.State.CLOSED) {
            fail("the server has ended the connection");
        }
    }

    private void run(TlsCodec codec, Runnable task) {
        try {
            environment.workers().execute(() -> {
                task.run();
                try {
                    loop.execute(() -> {
                        if (!closed) {
                            codec.handleTaskDone();
                            advance(codec);
                        }
                    });
                } catch (RejectedExecutionException e) {
                    // The environment was closed, and the stream with it.
                }
            });
        } catch (RejectedExecutionException e) {
            fail("the environment is closed");
        }
    }

    private void flush() {
        StreamPort stream = port;
        if (stream == null || closed) {
            return;
        }
        TlsCodec codec = tls;
        if (codec == null) {
            flushPlain(stream);
            return;
        }
        boolean more = true;
        while (more) {
            int before = waitingBytes;
            encrypt(codec);
            byte[] bytes = codec.pollOutput();
            while (bytes != null) {
                encrypted.add(bytes);
                bytes = codec.pollOutput();
            }
            // The codec takes little at a time, and nothing once it is closing.
            more = flushEncrypted(stream) && waitingBytes < before && !plain.isEmpty();
        }
    }

    private void flushPlain(StreamPort stream) {
        while (!plain.isEmpty()) {
            byte[] first = plain.getFirst();
            int taken = stream.write(first, plainTaken, first.length - plainTaken);
            plainTaken += taken;
            waitingBytes -= taken;
            if (plainTaken < first.length) {
                return;
            }
            plain.removeFirst();
            plainTaken = 0;
        }
    }

    private void encrypt(TlsCodec codec) {
        while (!plain.isEmpty() && codec.state() == TlsCodec.State.CONNECTED) {
            byte[] first = plain.getFirst();
            int taken = codec.write(first, plainTaken, first.length - plainTaken);
            plainTaken += taken;
            waitingBytes -= taken;
            if (plainTaken < first.length) {
                return;
            }
            plain.removeFirst();
            plainTaken = 0;
        }
    }

    /** Whether everything has left. */
    private boolean flushEncrypted(StreamPort stream) {
        while (!encrypted.isEmpty()) {
            byte[] first = encrypted.getFirst();
            encryptedTaken += stream.write(first, encryptedTaken, first.length - encryptedTaken);
            if (encryptedTaken < first.length) {
                return false;
            }
            encrypted.removeFirst();
            encryptedTaken = 0;
        }
        return true;
    }

    @Override
    public String toString() {
        return (tls == null ? "TCP stream " : "TLS stream ") + port;
    }
}
