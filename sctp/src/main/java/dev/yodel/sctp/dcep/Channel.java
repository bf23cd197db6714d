package dev.yodel.sctp.dcep;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.sctp.SendOptions;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One life of one stream: how far it is open or closed, and which of its bytes are the user's. It sends nothing. */
final class Channel {
    /** How far it is. */
    enum State {
        /** The association is not up yet. */
        WAITING,
        /** Messages flow. */
        OPEN,
        /** One side closes it. */
        CLOSING,
        /** An OPEN of the peer that was refused; nobody was told of it. */
        REFUSED
    }

    /** Bytes of the stream that are not the user's: an OPEN, or the byte that stands for an empty message. */
    private record Overhead(long end, int bytes) {}

    final int id;
    final ChannelParameters parameters;
    final boolean openedByPeer;
    final boolean negotiated;
    State state = State.WAITING;
    /** RFC 8832 6: what is sent before the peer has the OPEN must not overtake it. */
    boolean orderedUntilAnswer;

    boolean localReset;
    boolean remoteReset;
    /** Since when the peer's half is all that is missing, and nothing was heard on it. */
    long waitsSince;

    boolean askedForLife;
    /** Answers to resets of the stream's earlier life that are still to come. */
    int staleResets;

    @Nullable
    ChannelFailure failure;

    private final SendOptions options;
    private final SendOptions orderedOptions;
    private final ArrayDeque<Overhead> overhead = new ArrayDeque<>(2);
    private long queuedBytes;
    private int overheadBytes;
    private byte[] partial = Bytes.EMPTY;

    Channel(int id, ChannelParameters parameters, boolean openedByPeer, boolean negotiated) {
        this.id = id;
        this.parameters = parameters;
        this.openedByPeer = openedByPeer;
        this.negotiated = negotiated;
        this.options = options(parameters, !parameters.ordered());
        this.orderedOptions = options(parameters, false);
    }

    private static SendOptions options(ChannelParameters parameters, boolean unordered) {
        return new SendOptions(
                unordered,
                (int) Math.min(Integer.MAX_VALUE, parameters.maxRetransmits()),
                parameters.maxLifetimeMillis() < 0 ? Time.NEVER : parameters.maxLifetimeMillis() * Time.MILLISECOND);
    }

    SendOptions options() {
        return orderedUntilAnswer ? orderedOptions : options;
    }

    boolean isClosing() {
        return state == State.CLOSING || state == State.REFUSED;
    }

    /** Notes bytes given to the association. */
    void queued(int bytes, boolean ours) {
        queuedBytes += bytes;
        if (!ours) {
            overhead.add(new Overhead(queuedBytes, bytes));
            overheadBytes += bytes;
        }
    }

    /** The user's bytes among those of the stream that were not sent yet: they leave in the order they came. */
    long userBytes(long unsentBytes) {
        long sent = queuedBytes - unsentBytes;
        for (Overhead first = overhead.peek(); first != null && first.end <= sent; first = overhead.peek()) {
            overheadBytes -= first.bytes;
            overhead.remove();
        }
        return Math.max(0, unsentBytes - overheadBytes);
    }

    /** Keeps a piece of a message in the deprecated way; false if it is too large. RFC 8831 6.6. */
    boolean keepPartial(byte[] piece, int maxBytes) {
        if ((long) partial.length + piece.length > maxBytes) {
            return false;
        }
        partial = joined(piece);
        return true;
    }

    int partialBytes() {
        return partial.length;
    }

    /** A whole message: what was kept of it and its last piece. */
    byte[] complete(byte[] last) {
        if (partial.length == 0) {
            return last;
        }
        byte[] whole = joined(last);
        partial = Bytes.EMPTY;
        return whole;
    }

    private byte[] joined(byte[] piece) {
        byte[] whole = Arrays.copyOf(partial, partial.length + piece.length);
        System.arraycopy(piece, 0, whole, partial.length, piece.length);
        return whole;
    }
}
