package dev.yodel.sctp.tx;

import dev.yodel.sctp.packet.DataChunk;
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
    /** The fragment sequence number, RFC 8260 2.1. */
    int fragment;

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
        fragment = newMessage.fragments++;
        state = State.ABANDONED;
        sends = 0;
        sentAt = 0;
        packetNumber = 0;
    }

    /** Lets its message go. */
    void end() {
        message = null;
    }

    /** As it goes into a packet. */
    DataChunk wire(boolean interleaved, boolean wantsAnswer) {
        OutMessage whole = message();
        int flags = (offset == 0 ? DataChunk.FLAG_BEGIN : 0)
                | (offset + length == whole.data.length ? DataChunk.FLAG_END : 0)
                | (whole.unordered ? DataChunk.FLAG_UNORDERED : 0)
                // RFC 7053: a report is wanted at once.
                | (wantsAnswer ? DataChunk.FLAG_IMMEDIATE : 0);
        // RFC 9260 3.3.1: the number of an unordered message says nothing; RFC 8260 2.1: it does in I-DATA.
        int number = interleaved ? whole.number : whole.unordered ? 0 : whole.number & 0xffff;
        return new DataChunk(
                interleaved,
                flags,
                (int) tsn,
                whole.streamId,
                number,
                interleaved ? fragment : 0,
                whole.ppid,
                whole.data,
                offset,
                length);
    }

    OutMessage message() {
        return Objects.requireNonNull(message);
    }
}
