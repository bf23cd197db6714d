package dev.yodel.sctp.rx;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpOptions;

/**
 * How much heap does the peer's data take, and how much more may it send? It counts pieces and waiting messages, messages
 * that the owner has not polled, and what the owner holds back; each with what it costs beside its bytes. RFC 9260 6.2.
 */
public final class ReceiveWindow {
    /** What a piece or a message costs beside its payload. */
    public static final int OVERHEAD_BYTES = 64;

    private static final int MODEST_BYTES = 512 << 10;
    /** What came in a round trip may double in the next, and what it takes then has to fit beside it. */
    private static final int GROWTH = 4;
    /** A consumer needs some time, however short the path is. */
    private static final long MIN_ROUND_NANOS = 10 * Time.MILLISECOND;
    /** The round trip of a path that was never measured. */
    private static final long UNKNOWN_ROUND_NANOS = 200 * Time.MILLISECOND;

    private final int bufferBytes;
    private final int packetBytes;
    /** What the peer is let to fill of the buffer; it only grows. */
    private long windowBytes;

    private long roundBytes;
    private long roundSince;
    private long pieceBytes;
    private long queuedBytes;
    private long ownerBytes;
    private int announced;

    public ReceiveWindow(SctpOptions options) {
        this.bufferBytes = options.receiveBufferBytes();
        this.packetBytes = options.packetBytes();
        this.windowBytes = initialBytes(options);
        this.announced = (int) windowBytes;
    }

    /** What is announced first: modest, but room for two of the largest messages. */
    public static int initialBytes(SctpOptions options) {
        long twoMessages = 2L * options.maxReceiveMessageBytes();
        return (int) Math.min(options.receiveBufferBytes(), Math.max(MODEST_BYTES, twoMessages));
    }

    /** Lets the window grow with what comes in a round trip, -1 if that is not known. */
    void received(int bytes, long roundTripNanos, long now) {
        roundBytes += bytes + (long) OVERHEAD_BYTES;
        long round = roundTripNanos < 0 ? UNKNOWN_ROUND_NANOS : Math.max(MIN_ROUND_NANOS, roundTripNanos);
        if (now - roundSince >= round) {
            windowBytes = Math.min(bufferBytes, Math.max(windowBytes, GROWTH * roundBytes));
            roundBytes = 0;
            roundSince = now;
        }
    }

    /** What an event with data counts for until it is polled; 0 for others. */
    private static long charge(SctpEvent event) {
        if (event instanceof SctpEvent.Message message) {
            return message.data().length + (long) OVERHEAD_BYTES;
        }
        if (event instanceof SctpEvent.MessagePiece piece) {
            return piece.data().length + (long) OVERHEAD_BYTES;
        }
        return 0;
    }

    public long heapBytes() {
        return pieceBytes + queuedBytes + ownerBytes;
    }

    /** Whether the buffer is full: only what closes a hole is taken then. */
    boolean isFull() {
        return heapBytes() >= bufferBytes;
    }

    /** Whether the peer has sent far more than it was allowed to. */
    boolean isOverrun() {
        return heapBytes() >= 2L * bufferBytes;
    }

    void addPieces(long bytes) {
        pieceBytes += bytes;
    }

    void queued(SctpEvent event) {
        queuedBytes += charge(event);
    }

    /** An event left the queue; whether that gave room. */
    public boolean polled(SctpEvent event) {
        long charge = charge(event);
        queuedBytes -= charge;
        return charge > 0;
    }

    public void hold(long bytes) {
        ownerBytes += bytes;
    }

    public void release(long bytes) {
        ownerBytes = Math.max(0, ownerBytes - bytes);
    }

    /** All pieces and waiting messages are gone. */
    public void forgetPieces() {
        pieceBytes = 0;
    }

    /**
     * Whether the buffer is full of messages that are not whole, so that nobody can empty it but the peer by going on.
     * Interleaved messages can do that: RFC 8260 leaves it to the receiver.
     */
    boolean isStuck() {
        return isClosed() && queuedBytes == 0 && ownerBytes == 0;
    }

    private boolean isClosed() {
        // RFC 9260 6.2: no silly windows.
        return bufferBytes - heapBytes() < packetBytes;
    }

    private int room() {
        if (isClosed()) {
            return isStuck() && !isOverrun() ? packetBytes : 0;
        }
        // What the owner holds counts against the buffer only: how much of it one consumer may have is the owner's
        // affair.
        long ours = pieceBytes + queuedBytes;
        if (windowBytes - ours < packetBytes) {
            if (queuedBytes > 0) {
                return 0;
            }
            // All of it waits for the rest of messages: only the peer can go on.
            windowBytes = Math.min(bufferBytes, 2 * windowBytes);
        }
        long room = Math.min(windowBytes - ours, bufferBytes - heapBytes());
        return room < packetBytes ? 0 : (int) room;
    }

    /** What is told to the peer now. */
    int announce() {
        announced = room();
        return announced;
    }

    /** Whether the peer believes that the window is closed, and it is not. */
    boolean hasOpened() {
        return announced == 0 && room() > 0;
    }
}
