package dev.yodel.io;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection as bytes in, bytes out: an {@link SSLEngine} without a socket. It opens nothing and waits for
 * nothing: the owner moves the bytes, runs the tasks it hands out on a worker, and has the time-outs. Not for sharing
 * between threads; only a task may run elsewhere. RFC 8446, RFC 5246.
 *
 * <p>After every input and command the owner drains {@link #pollOutput}, {@link #pollPlaintext} and {@link #pollTask}.
 */
public final class TlsCodec {
    /** How far the connection is. */
    public enum State {
        /** No application bytes may be sent yet. */
        HANDSHAKING,
        /** Application bytes go both ways. */
        CONNECTED,
        /** Ended by one side in the proper way. */
        CLOSED,
        /** Broken; {@link TlsCodec#failure()} says why. */
        FAILED
    }

    /** Undecrypted bytes that may wait while a task runs; a longer first flight than this is refused. */
    private static final int MOST_WAITING_INPUT = 128 * 1024;
    /** Bytes towards the peer or the application beyond which nothing more is taken from the other side. */
    private static final int MOST_WAITING_OUTPUT = 64 * 1024;

    private final SSLEngine engine;
    private ByteBuffer input;
    private ByteBuffer scratch;
    private final Queue<byte[]> output = new ArrayDeque<>();
    private final Queue<byte[]> plaintext = new ArrayDeque<>();
    private int outputBytes;
    private int plaintextBytes;
    private @Nullable Runnable task;
    private boolean taskRuns;
    private boolean inputEnded;
    private boolean closing;
    private State state = State.HANDSHAKING;
    private @Nullable String failure;

    /**
     * Takes an engine whose mode and parameters are set; the handshake begins with {@link #start()}.
     *
     * @param engine owned by this from now on
     */
    public TlsCodec(SSLEngine engine) {
        this.engine = engine;
        this.input = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.scratch = ByteBuffer.allocate(Math.max(
                engine.getSession().getPacketBufferSize(), engine.getSession().getApplicationBufferSize()));
    }

    /**
     * The client's side, which checks that the certificate is for the host (RFC 6125) and names it in the first message
     * (RFC 6066 3).
     *
     * @param context trust and keys
     * @param hostName the name or address the user gave
     * @param port the port, for session caching only
     * @return a codec, to be started
     */
    public static TlsCodec client(SSLContext context, String hostName, int port) {
        SSLEngine engine = context.createSSLEngine(hostName, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return new TlsCodec(engine);
    }

    /**
     * The server's side.
     *
     * @param context keys
     * @return a codec, to be started
     */
    public static TlsCodec server(SSLContext context) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return new TlsCodec(engine);
    }

    /** Begins the handshake. */
    public void start() {
        try {
            engine.beginHandshake();
        } catch (SSLException e) {
            fail(e);
            return;
        }
        advance();
    }

    /**
     * Bytes have come from the stream, in any segmentation.
     *
     * @param data copied
     * @param offset first byte
     * @param length count of bytes
     */
    public void handleBytes(byte[] data, int offset, int length) {
        if (state == State.FAILED || inputEnded) {
            return;
        }
        if (input.position() + length > MOST_WAITING_INPUT) {
            fail("the peer sent more than " + MOST_WAITING_INPUT + " bytes that could not be decrypted yet");
            return;
        }
        if (input.remaining() < length) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * input.capacity(), input.position() + length));
            input = larger.put(input.flip());
        }
        input.put(data, offset, length);
        advance();
    }

    /** The stream has ended: without the peer's close_notify before it, that is a failure (truncation). */
    public void handleEnd() {
        if (state == State.FAILED || state == State.CLOSED) {
            return;
        }
        inputEnded = true;
        if (engine.isInboundDone()) {
            state = State.CLOSED;
        } else {
            fail("the stream ended without a close_notify");
        }
    }

    /**
     * Encrypts application bytes.
     *
     * @param data copied
     * @param offset first byte
     * @param length count of bytes
     * @return how many were taken: 0 before the handshake is finished, after the end, and while 64 KiB wait for {@link
     *     #pollOutput}
     */
    public int write(byte[] data, int offset, int length) {
        if (state != State.CONNECTED || closing) {
            return 0;
        }
        ByteBuffer source = ByteBuffer.wrap(data, offset, length);
        try {
            while (source.hasRemaining() && outputBytes < MOST_WAITING_OUTPUT) {
                if (wrap(source).bytesConsumed() == 0) {
                    break;
                }
            }
        } catch (SSLException e) {
            fail(e);
        }
        return length - source.remaining();
    }

    /** Ends our side with a close_notify; what waits for {@link #pollOutput} still goes out. */
    public void close() {
        if (!closing && state != State.FAILED) {
            closing = true;
            engine.closeOutbound();
            advance();
        }
    }

    /**
     * The next bytes for the stream.
     *
     * @return a fresh array, owned by the caller; null if there are none
     */
    public byte @Nullable [] pollOutput() {
        byte[] next = output.poll();
        if (next != null) {
            outputBytes -= next.length;
        }
        return next;
    }

    /**
     * The next decrypted application bytes.
     *
     * @return a fresh array, owned by the caller; null if there are none
     */
    public byte @Nullable [] pollPlaintext() {
        byte[] next = plaintext.poll();
        if (next != null) {
            boolean wasFull = plaintextBytes >= MOST_WAITING_OUTPUT;
            plaintextBytes -= next.length;
            if (wasFull && plaintextBytes < MOST_WAITING_OUTPUT) {
                advance();
            }
        }
        return next;
    }

    /**
     * Work that takes long (keys, certificates): run it on a worker, then call {@link #handleTaskDone()} here. Nothing
     * else happens until then.
     *
     * @return each task once; null if there is none
     */
    public @Nullable Runnable pollTask() {
        Runnable next = task;
        task = null;
        return next;
    }

    /** The task that was polled has run. */
    public void handleTaskDone() {
        taskRuns = false;
        advance();
    }

    /**
     * How far the connection is.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * Why it failed.
     *
     * @return in words; null unless it failed
     */
    public @Nullable String failure() {
        return failure;
    }

    /**
     * The engine, for its session: protocol, cipher suite, the peer's certificates.
     *
     * @return the engine itself; wrap and unwrap nothing with it
     */
    public SSLEngine engine() {
        return engine;
    }

    private void advance() {
        try {
            boolean more = true;
            while (more) {
                more = !taskRuns && state != State.FAILED && step();
            }
        } catch (SSLException e) {
            fail(e);
        }
        if (state != State.FAILED && engine.isInboundDone() && engine.isOutboundDone()) {
            state = State.CLOSED;
        }
    }

    /** One thing that the engine asks for; false if it has to wait for the outside. */
    private boolean step() throws SSLException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                Runnable next = engine.getDelegatedTask();
                if (next == null) {
                    yield true;
                }
                task = next;
                taskRuns = true;
                yield false;
            }
            case NEED_WRAP -> wrap(ByteBuffer.allocate(0)).bytesProduced() > 0 || !engine.isOutboundDone();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
            case FINISHED, NOT_HANDSHAKING -> {
                if (state == State.HANDSHAKING && !engine.isInboundDone()) {
                    state = State.CONNECTED;
                }
                if (closing && !engine.isOutboundDone()) {
                    wrap(ByteBuffer.allocate(0));
                }
                yield unwrap();
            }
        };
    }

    private SSLEngineResult wrap(ByteBuffer source) throws SSLException {
        while (true) {
            scratch.clear();
            SSLEngineResult result = engine.wrap(source, scratch);
            if (result.getStatus() != SSLEngineResult.Status.BUFFER_OVERFLOW) {
                if (scratch.position() > 0) {
                    byte[] bytes = new byte[scratch.position()];
                    scratch.flip().get(bytes);
                    output.add(bytes);
                    outputBytes += bytes.length;
                }
                return result;
            }
            scratch = ByteBuffer.allocate(2 * scratch.capacity());
        }
    }

    private boolean unwrap() throws SSLException {
        if (engine.isInboundDone() || plaintextBytes >= MOST_WAITING_OUTPUT) {
            return false;
        }
        while (true) {
            scratch.clear();
            input.flip();
            SSLEngineResult result;
            try {
                result = engine.unwrap(input, scratch);
            } finally {
                input.compact();
            }
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                scratch = ByteBuffer.allocate(2 * scratch.capacity());
                continue;
            }
            if (scratch.position() > 0) {
                byte[] bytes = new byte[scratch.position()];
                scratch.flip().get(bytes);
                plaintext.add(bytes);
                plaintextBytes += bytes.length;
            }
            return switch (result.getStatus()) {
                case BUFFER_UNDERFLOW -> false;
                case CLOSED -> {
                    // The peer has ended: answer with our own close_notify.
                    closing = true;
                    engine.closeOutbound();
                    yield !engine.isOutboundDone();
                }
                default ->
                    result.bytesConsumed() > 0
                            || result.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
            };
        }
    }

    private void fail(SSLException error) {
        String text = error.getMessage();
        fail(text == null ? error.toString() : text);
    }

    private void fail(String reason) {
        if (state == State.FAILED) {
            return;
        }
        state = State.FAILED;
        failure = reason;
        task = null;
        engine.closeOutbound();
        // The alert, if the engine has one to send.
        try {
            boolean more = true;
            while (more) {
                more = !engine.isOutboundDone() && wrap(ByteBuffer.allocate(0)).bytesProduced() > 0;
            }
        } catch (SSLException afterFailure) {
            // It has none.
            return;
        }
    }

    @Override
    public String toString() {
        return "TLS " + state + (failure == null ? "" : ": " + failure);
    }
}
