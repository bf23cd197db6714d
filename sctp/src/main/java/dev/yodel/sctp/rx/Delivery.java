package dev.yodel.sctp.rx;

import dev.yodel.sctp.SctpEvent;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * How does a message reach the owner: whole or in pieces? Here its heap passes from what is being put together to what
 * waits to be polled. It does not know which message's turn it is.
 */
final class Delivery {
    private final long maxMessageBytes;
    private final PieceThresholds thresholds;
    private final ReceiveWindow window;
    private final Queue<SctpEvent> events;

    Delivery(long maxMessageBytes, PieceThresholds thresholds, ReceiveWindow window, Queue<SctpEvent> events) {
        this.maxMessageBytes = maxMessageBytes;
        this.thresholds = thresholds;
        this.window = window;
        this.events = events;
    }

    /** C10: whether a message is larger than was announced, before it is whole. */
    boolean isTooLarge(int streamId, long bytes) {
        return bytes > maxMessageBytes && !thresholds.isUnlimited(streamId);
    }

    /** Whether a message with so many bytes is delivered in pieces. */
    boolean comesInPieces(int streamId, long bytes) {
        return thresholds.isExceeded(streamId, bytes);
    }

    /** Counts heap of messages that are not delivered; negative when it is given back. */
    void keep(long bytes) {
        window.addPieces(bytes);
    }

    /** A whole message, none of which was delivered. */
    void whole(int streamId, int ppid, boolean unordered, byte[] data) {
        if (comesInPieces(streamId, data.length)) {
            piece(streamId, ppid, unordered, data, true, true);
        } else {
            queue(new SctpEvent.Message(streamId, ppid, unordered, data));
        }
    }

    /** The next piece of a message. */
    void piece(int streamId, int ppid, boolean unordered, byte[] data, boolean first, boolean last) {
        queue(new SctpEvent.MessagePiece(streamId, ppid, unordered, data, first, last));
    }

    private void queue(SctpEvent event) {
        window.queued(event);
        events.add(event);
    }

    /** The rest of a message will not come of which pieces were delivered. */
    void abandoned(int streamId, int ppid, boolean unordered) {
        events.add(new SctpEvent.MessageAbandoned(streamId, ppid, unordered));
    }

    /** Takes all pieces out of a queue as one array: their own if there is but one. */
    static byte[] join(ArrayDeque<byte[]> pieces, int bytes) {
        if (pieces.size() == 1) {
            return pieces.remove();
        }
        byte[] joined = new byte[bytes];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, joined, at, piece.length);
            at += piece.length;
        }
        pieces.clear();
        return joined;
    }
}
