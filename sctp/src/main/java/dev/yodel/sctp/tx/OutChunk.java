package dev.yodel.sctp.tx;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A DATA chunk that has a TSN. The object is used again for later TSNs: nobody keeps it beyond its acknowledgement. */
final class OutChunk {
    enum State {
        IN_FLIGHT,
        ACKNOWLEDGED,
        LOST,
        ABANDONED
    }

    long tsn;
    int offset;
    int length;
    State state = State.ABANDONED;
    int sends;
    long sentAt;
    /** Counts packets with data: which one carried it last. */
    long packetNumber;

    private @Nullable OutMessage message;

    /** Neighbours in the list that its state puts it into. */
    @Nullable
    OutChunk before;

    @Nullable
    OutChunk after;

    void begin(long newTsn, OutMessage newMessage, int newOffset, int newLength) {
        tsn = newTsn;
        message = newMessage;
        offset = newOffset;
        length = newLength;
        state = State.ABANDONED;
        sends = 0;
        sentAt = 0;
        packetNumber = 0;
    }

    /** Lets its message go. */
    void end() {
        message = null;
    }

    OutMessage message() {
        return Objects.requireNonNull(message);
    }
}
