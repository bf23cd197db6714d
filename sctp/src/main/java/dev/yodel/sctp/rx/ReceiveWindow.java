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

    /** What a whole message counts for. */
    static long charge(SctpEvent.Message message) {
        return message.data().length + (long) OVERHEAD_BYTES;
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

    void queued(SctpEvent.Message message) {
        queuedBytes += charge(message);
    }

    public void polled(SctpEvent.Message message) {
        queuedBytes -= charge(message);
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

    private int room() {
        long room = bufferBytes - heapBytes();
        // RFC 9260 6.2: no silly windows.
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
