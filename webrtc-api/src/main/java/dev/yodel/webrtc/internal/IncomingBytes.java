package dev.yodel.webrtc.internal;

import dev.yodel.io.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes between a lane that adds them and a thread that waits for them. What is not read counts against the receive
 * window, so it is bounded by the channel's quota. It does not know whether its caller may wait. Any thread.
 */
final class IncomingBytes {
    /** An array, and whether the window waits for it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte[] data, boolean held) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>(2);
    private final IntConsumer consumed;
    /** Bytes of the first piece that were read. */
    private int position;

    private int available;
    private boolean ended;
    private boolean discarded;
    private @Nullable String failure;

    /** {@code consumed} is told the size of each held array that was read or thrown away; it must not wait. */
    IncomingBytes(IntConsumer consumed) {
        this.consumed = consumed;
    }

    /** Adds an array, which belongs to this object from now on. */
    void add(byte[] data, boolean held) {
        lock.lock();
        try {
            Piece piece = new Piece(data, held);
            if (discarded || ended || data.length == 0) {
                giveBack(piece);
            } else {
                pieces.add(piece);
                available += data.length;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(Piece piece) {
        if (piece.held) {
            consumed.accept(piece.data.length);
        }
    }

    /** Nothing more will come; null if that is as it should be, else why. The first call counts. */
    void end(@Nullable String why) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                failure = why;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Throws away what is there and what comes; a thread that waits returns. */
    void discard() {
        lock.lock();
        try {
            discarded = true;
            pieces.forEach(this::giveBack);
            pieces.clear();
            available = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int available() {
        lock.lock();
        try {
            return available;
        } finally {
            lock.unlock();
        }
    }

    /** All that is there and was not read; empty if nothing is there now. It does not wait. */
    byte[] poll() {
        lock.lock();
        try {
            Piece piece = pieces.poll();
            if (piece == null) {
                return Bytes.EMPTY;
            }
            byte[] rest = position == 0 ? piece.data : Arrays.copyOfRange(piece.data, position, piece.data.length);
            position = 0;
            available -= rest.length;
            giveBack(piece);
            return rest;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for bytes and moves what there is; 0 only into a full target, -1 at the end and after {@link #discard}.
     *
     * @throws IOException behind the last byte that came, if the rest will not come
     */
    int read(ByteBuffer target) throws IOException {
        int before = target.position();
        lock.lock();
        try {
            while (pieces.isEmpty() && !ended && !discarded && target.hasRemaining()) {
                changed.awaitUninterruptibly();
            }
            Piece piece = pieces.peek();
            if (piece == null && target.hasRemaining()) {
                if (failure != null && !discarded) {
                    throw new IOException(failure);
                }
                return -1;
            }
            while (piece != null && target.hasRemaining()) {
                int length = Math.min(target.remaining(), piece.data.length - position);
                target.put(piece.data, position, length);
                position += length;
                if (position == piece.data.length) {
                    giveBack(piece);
                    pieces.remove();
                    position = 0;
                    piece = pieces.peek();
                }
            }
            available -= target.position() - before;
            return target.position() - before;
        } finally {
            lock.unlock();
        }
    }
}
