package dev.yodel.sctp.tx;

import dev.yodel.sctp.state.Counts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which messages wait, and how far is each? A scheduler says which one goes next: message by message, or piece by piece
 * where both sides can interleave. It does not give out TSNs. RFC 9260 6.5, 6.6; RFC 8260 2.2.2.
 */
public final class SendQueue {
    /** What a waiting message costs beside its payload. */
    public static final int OVERHEAD_BYTES = 64;

    private final Counts counts;
    private final Map<Integer, OutStream> streams = new HashMap<>();
    private StreamScheduler scheduler = new RoundRobin();
    private long heapBytes;

    public SendQueue(Counts counts) {
        this.counts = counts;
    }

    /** The heap of all messages that are not wholly sent. */
    public long heapBytes() {
        return heapBytes;
    }

    OutStream stream(int streamId) {
        return streams.computeIfAbsent(streamId, OutStream::new);
    }

    public void add(OutMessage message) {
        OutStream stream = stream(message.streamId);
        stream.messages.add(message);
        stream.bufferedBytes += message.data.length;
        heapBytes += message.data.length + (long) OVERHEAD_BYTES;
        schedule(stream);
    }

    private void schedule(OutStream stream) {
        if (!stream.scheduled && !stream.paused && !stream.messages.isEmpty()) {
            stream.scheduled = true;
            scheduler.add(stream);
        }
    }

    private void unschedule(OutStream stream) {
        if (stream.scheduled) {
            stream.scheduled = false;
            scheduler.remove(stream);
        }
    }

    /** A stream's share where messages are interleaved, against those of others; 1 or more. */
    public void setWeight(int streamId, int weight) {
        stream(streamId).weight = weight;
        forgetIfLikeNew(streamId);
    }

    private void forgetIfLikeNew(int streamId) {
        OutStream stream = streams.get(streamId);
        if (stream != null && stream.isLikeNew()) {
            streams.remove(streamId);
        }
    }

    /** The peer takes so many streams: what waits on others is dropped. */
    public void limitStreams(int count) {
        for (OutStream stream : streams.values().toArray(new OutStream[0])) {
            if (stream.id >= count) {
                unschedule(stream);
                while (!stream.messages.isEmpty()) {
                    drop(stream);
                }
                streams.remove(stream.id);
            }
        }
    }

    /** From now on pieces of different messages may mix; {@code peerWindowBytes} is what the peer has room for. */
    public void interleave(long peerWindowBytes, int packetBytes) {
        scheduler = new FairQueue(peerWindowBytes / 2, packetBytes);
        for (OutStream stream : streams.values()) {
            stream.scheduled = false;
            schedule(stream);
        }
    }

    /** Bytes of a stream's messages that were not sent once yet. */
    public long bufferedBytes(int streamId) {
        OutStream stream = streams.get(streamId);
        return stream == null ? 0 : stream.bufferedBytes;
    }

    public boolean isEmpty() {
        return heapBytes == 0;
    }

    /** Whether nothing of a stream waits. */
    public boolean isEmpty(int streamId) {
        OutStream stream = streams.get(streamId);
        return stream == null || stream.messages.isEmpty();
    }

    /** Sends nothing more of a stream until {@link #restart}. */
    public void pause(int streamId) {
        OutStream stream = stream(streamId);
        stream.paused = true;
        unschedule(stream);
    }

    /** Goes on with a paused stream; if it was reset, from number 0 and with the weight of a fresh one. */
    public void restart(int streamId, boolean reset) {
        OutStream stream = streams.get(streamId);
        if (stream == null) {
            return;
        }
        stream.paused = false;
        if (reset) {
            stream.nextOrdered = 0;
            stream.nextUnordered = 0;
            stream.weight = OutStream.DEFAULT_WEIGHT;
        }
        schedule(stream);
        forgetIfLikeNew(streamId);
    }

    /** Streams that are remembered. */
    public int streamCount() {
        return streams.size();
    }

    /** The message whose next piece is to be sent; null if nothing waits. Messages that expired unsent are dropped. */
    @Nullable
    OutMessage next(long now) {
        OutStream stream = scheduler.current();
        while (stream != null) {
            OutMessage message = stream.messages.element();
            if (message.begun || now < message.expiresAtNanos) {
                return message;
            }
            counts.abandonedUnsent++;
            giveUpFirst(stream);
            stream = scheduler.current();
        }
        return null;
    }

    private void drop(OutStream stream) {
        OutMessage message = stream.messages.remove();
        stream.bufferedBytes -= message.unsentBytes();
        heapBytes -= message.unsentBytes() + (long) OVERHEAD_BYTES;
    }

    /** Notes that a piece of the message of {@link #next} was given a TSN. */
    void sent(OutMessage message, int bytes) {
        OutStream stream = stream(message.streamId);
        if (!message.begun) {
            message.begun = true;
            message.number = message.unordered ? stream.nextUnordered++ : stream.nextOrdered++;
        }
        message.sentBytes += bytes;
        stream.bufferedBytes -= bytes;
        heapBytes -= bytes;
        scheduler.sent(stream, message, bytes);
        if (message.unsentBytes() == 0) {
            stream.scheduled = false;
            drop(stream);
            schedule(stream);
        }
    }

    private void giveUpFirst(OutStream stream) {
        unschedule(stream);
        drop(stream);
        schedule(stream);
    }

    /** Drops the rest of a message that was given up; whether there was a rest. */
    boolean abandon(OutMessage message) {
        OutStream stream = streams.get(message.streamId);
        if (stream == null || stream.messages.peek() != message) {
            return false;
        }
        giveUpFirst(stream);
        return true;
    }
}
