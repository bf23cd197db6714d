package dev.yodel.sctp.dcep;

import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpSendResult;
import dev.yodel.sctp.SendOptions;
import java.util.ArrayDeque;

/** Which OPEN and ACK messages found the send buffer full? While there are any, users' messages wait behind them. */
final class Unsaid {
    private final SctpAssociation association;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    @SuppressWarnings("ArrayRecordComponent")
    private record Waiting(Channel channel, byte[] data) {}

    Unsaid(SctpAssociation association) {
        this.association = association;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Sends a message of DCEP, now or as soon as there is room. RFC 8832 6: reliable and ordered. */
    void say(Channel channel, byte[] data, long now) {
        channel.queued(data.length, false);
        if (!waiting.isEmpty() || !isTaken(channel, data, now)) {
            waiting.add(new Waiting(channel, data));
        }
    }

    private boolean isTaken(Channel channel, byte[] data, long now) {
        return association.send(channel.id, PayloadProtocol.DCEP, data, SendOptions.RELIABLE, now)
                != SctpSendResult.BUFFER_FULL;
    }

    /** Tries again. */
    void sayWhatWaits(long now) {
        for (Waiting next = waiting.peek();
                next != null && isTaken(next.channel, next.data, now);
                next = waiting.peek()) {
            waiting.remove();
        }
    }

    /** The bytes of a channel among them. */
    long bytesOf(Channel channel) {
        long bytes = 0;
        for (Waiting next : waiting) {
            bytes += next.channel == channel ? next.data.length : 0;
        }
        return bytes;
    }

    void forget(Channel channel) {
        waiting.removeIf(next -> next.channel == channel);
    }

    void clear() {
        waiting.clear();
    }
}
