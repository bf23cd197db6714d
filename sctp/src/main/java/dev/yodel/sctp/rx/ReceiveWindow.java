package dev.yodel.sctp.rx;

import dev.yodel.sctp.SctpEvent;

/**
 * How much heap does the peer's data take, and how much more may it send? It counts pieces and waiting messages, messages
 * that the owner has not polled, and what the owner holds back; each with what it costs beside its bytes. RFC 9260 6.2.
 */
public final class ReceiveWindow {
    /** What a piece or a message costs beside its payload. */
    public static final int OVERHEAD_BYTES = 64;

    private final int bufferBytes;
    private final int packetBytes;
    private long pieceBytes;
    private long queuedBytes;
    private long ownerBytes;
    private int announced;

    public ReceiveWindow(int bufferBytes, int packetBytes) {
        this.bufferBytes = bufferBytes;
        this.packetBytes = packetBytes;
        this.announced = bufferBytes;
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
        return (int) (bufferBytes - heapBytes());
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
