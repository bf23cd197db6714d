package dev.yodel.sctp.tx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Streams share the way out by their weights, piece by piece: start-time fair queueing, where a piece of {@code n} bytes
 * takes a stream {@code n / weight} of virtual time. RFC 8260 3.6. So that the peer can finish messages, those under way
 * together are no larger than it has room for; small ones, and one alone, always go.
 */
final class FairQueue implements StreamScheduler {
    private static final int SCALE = 1 << 16;
    private static final Comparator<OutStream> BY_START =
            Comparator.comparingLong((OutStream s) -> s.virtualStart).thenComparingLong(s -> s.arrival);

    private final long budgetBytes;
    private final int smallBytes;
    private final PriorityQueue<OutStream> queue = new PriorityQueue<>(BY_START);
    /** Streams whose next message waits until another is finished. */
    private final List<OutStream> blocked = new ArrayList<>();

    private long virtualTime;
    private long arrivals;
    private long begunBytes;

    /**
     * A queue.
     *
     * @param budgetBytes what messages that were begun may be together
     * @param smallBytes messages not larger than this are not counted
     */
    FairQueue(long budgetBytes, int smallBytes) {
        this.budgetBytes = budgetBytes;
        this.smallBytes = smallBytes;
    }

    @Override
    public void add(OutStream stream) {
        stream.virtualStart = Math.max(stream.virtualStart, virtualTime);
        stream.arrival = arrivals++;
        queue.add(stream);
    }

    @Override
    public @Nullable OutStream current() {
        OutStream stream = queue.peek();
        while (stream != null && !mayGoOn(stream)) {
            blocked.add(queue.remove());
            stream = queue.peek();
        }
        return stream;
    }

    private boolean mayGoOn(OutStream stream) {
        OutMessage message = stream.messages.peek();
        return message == null
                || message.begun
                || counted(message) == 0
                || begunBytes == 0
                || begunBytes + message.data.length <= budgetBytes;
    }

    @Override
    public void sent(OutStream stream, OutMessage message, int bytes) {
        queue.remove();
        virtualTime = Math.max(virtualTime, stream.virtualStart);
        stream.virtualStart += (long) bytes * SCALE / stream.weight;
        if (message.sentBytes == bytes) {
            begunBytes += counted(message);
        }
        if (message.unsentBytes() == 0) {
            ended(message);
        } else {
            stream.arrival = arrivals++;
            queue.add(stream);
        }
    }

    private long counted(OutMessage message) {
        return message.data.length > smallBytes ? message.data.length : 0;
    }

    private void ended(OutMessage message) {
        begunBytes -= counted(message);
        queue.addAll(blocked);
        blocked.clear();
    }

    @Override
    public void remove(OutStream stream) {
        queue.remove(stream);
        blocked.remove(stream);
        OutMessage message = stream.messages.peek();
        if (message != null && message.begun) {
            ended(message);
        }
    }
}
