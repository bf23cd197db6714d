package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.DataChannelState;
import dev.yodel.webrtc.internal.transport.ChannelEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How long does a thread wait before it may send, and how much goes into one message? It does not know whether its caller
 * may wait. Any thread.
 */
final class OutgoingBytes {
    /** Small enough for every peer: some read 65,535 bytes at most, and some only 16 KiB well. */
    static final int MESSAGE_BYTES = 32 << 10;
    /** What may wait before a writer does. */
    private static final int WAITING_BYTES = 1 << 20;

    private final DataChannelImpl channel;
    private final ChannelEnd end;
    private final long highBytes;
    private final ReentrantLock turn = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    OutgoingBytes(DataChannelImpl channel, ChannelEnd end, long maxBufferedBytes) {
        this.channel = channel;
        this.end = end;
        this.highBytes = Math.min(WAITING_BYTES, maxBufferedBytes / 2);
    }

    /**
     * Sends all that remains, waiting while too much waits already, and for the channel to open. Two writers do not mix.
     *
     * @throws IOException if the channel closes before everything was taken
     */
    int write(ByteBuffer source) throws IOException {
        int before = source.position();
        turn.lock();
        try {
            while (source.hasRemaining() && mayGoOn()) {
                int size = (int) Math.min(Math.min(source.remaining(), messageBytes()), channel.maxMessageSize());
                byte[] message = new byte[size];
                source.get(message);
                if (!send(message)) {
                    source.position(source.position() - size);
                }
            }
        } finally {
            turn.unlock();
        }
        return source.position() - before;
    }

    private int messageBytes() {
        return (int) Math.min(MESSAGE_BYTES, highBytes / 2);
    }

    /** Waits for the channel to open; false if the writer was closed. */
    private boolean mayGoOn() throws IOException {
        lock.lock();
        try {
            while (!closed && isOpenNow()) {
                if (channel.readyState() == DataChannelState.OPEN) {
                    return true;
                }
                changed.awaitUninterruptibly();
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the channel is open or may still become so. */
    private boolean isOpenNow() throws IOException {
        DataChannelState state = channel.readyState();
        if (state == DataChannelState.CLOSING || state == DataChannelState.CLOSED) {
            throw new IOException(channel + ": what is written cannot be sent any more");
        }
        return true;
    }

    /** Sends it when there is room; false if the writer was closed first. */
    private boolean send(byte[] message) throws IOException {
        lock.lock();
        try {
            while (!closed && isOpenNow()) {
                if (hasGone(message)) {
                    return true;
                }
                // Asked for before the second look: what leaves from now on wakes us.
                end.whenRoom(highBytes / 2, this::wake);
                if (hasGone(message)) {
                    return true;
                }
                changed.awaitUninterruptibly();
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasGone(byte[] message) {
        return end.waitingBytes() < highBytes && end.send(false, message, null);
    }

    /** Something changed: the state of the channel, or what waits. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is written; a thread that waits returns. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
