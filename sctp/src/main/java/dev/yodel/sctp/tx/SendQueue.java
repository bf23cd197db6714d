package dev.yodel.sctp.tx;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which message goes next? Streams take turns message by message; a message that was begun is finished first, because
 * DATA chunks of one message have TSNs in a row. It does not give out TSNs. RFC 9260 6.5, 6.6.
 */
public final class SendQueue {
    /** What a waiting message costs beside its payload. */
    public static final int OVERHEAD_BYTES = 64;

    private static final class OutStream {
        final ArrayDeque<OutMessage> messages = new ArrayDeque<>();
        int nextSsn;
        long bufferedBytes;
        boolean paused;
        boolean scheduled;
    }

    private final Map<Integer, OutStream> streams = new HashMap<>();
    private final ArrayDeque<Integer> turns = new ArrayDeque<>();
    private @Nullable OutMessage begun;
    private long heapBytes;

    /** The heap of all messages that are not wholly sent. */
    public long heapBytes() {
        return heapBytes;
    }

    public void add(OutMessage message) {
        OutStream stream = streams.computeIfAbsent(message.streamId, unused -> new OutStream());
        stream.messages.add(message);
        stream.bufferedBytes += message.data.length;
        heapBytes += message.data.length + (long) OVERHEAD_BYTES;
        schedule(message.streamId, stream);
    }

    private void schedule(int streamId, OutStream stream) {
        if (!stream.scheduled && !stream.paused && !stream.messages.isEmpty()) {
            stream.scheduled = true;
            turns.add(streamId);
        }
    }

    /** The peer takes only so many streams: what waits on others is dropped. */
    public void limitStreams(int count) {
        for (OutStream stream : streams.values()) {
            OutMessage message = stream.messages.peek();
            while (message != null && message.streamId >= count) {
                drop(stream, message);
                message = stream.messages.peek();
            }
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
        streams.computeIfAbsent(streamId, unused -> new OutStream()).paused = true;
    }

    /** Goes on with a paused stream, from sequence number 0 if it was reset. */
    public void restart(int streamId, boolean reset) {
        OutStream stream = streams.get(streamId);
        if (stream == null) {
            return;
        }
        stream.paused = false;
        if (reset) {
            stream.nextSsn = 0;
        }
        if (stream.messages.isEmpty() && stream.nextSsn == 0) {
            streams.remove(streamId);
        } else {
            schedule(streamId, stream);
        }
    }

    /** The message whose next piece is to be sent; null if nothing waits. Messages that expired unsent are dropped. */
    @Nullable
    OutMessage next(long now) {
        if (begun != null) {
            return begun;
        }
        while (!turns.isEmpty()) {
            int streamId = turns.element();
            OutStream stream = streams.get(streamId);
            OutMessage message = stream == null || stream.paused ? null : stream.messages.peek();
            if (stream != null && message != null && now < message.expiresAtNanos) {
                return message;
            }
            turns.remove();
            if (stream != null) {
                stream.scheduled = false;
                if (message != null) {
                    drop(stream, message);
                }
                schedule(streamId, stream);
            }
        }
        return null;
    }

    private void drop(OutStream stream, OutMessage message) {
        stream.messages.remove();
        stream.bufferedBytes -= message.unsentBytes();
        heapBytes -= message.unsentBytes() + (long) OVERHEAD_BYTES;
    }

    /** Notes that a piece of the message of {@link #next} was given a TSN. */
    void sent(OutMessage message, int bytes) {
        OutStream stream = streams.get(message.streamId);
        if (stream == null) {
            return;
        }
        if (!message.begun) {
            message.begun = true;
            begun = message;
            if (!message.unordered) {
                message.ssn = stream.nextSsn;
                stream.nextSsn = (stream.nextSsn + 1) & 0xffff;
            }
        }
        message.sentBytes += bytes;
        stream.bufferedBytes -= bytes;
        heapBytes -= bytes;
        if (message.unsentBytes() == 0) {
            finish(stream, message);
        }
    }

    private void finish(OutStream stream, OutMessage message) {
        drop(stream, message);
        begun = null;
        turns.remove();
        stream.scheduled = false;
        schedule(message.streamId, stream);
    }

    /** Drops the rest of a message that was given up; whether there was a rest. */
    boolean abandon(OutMessage message) {
        OutStream stream = streams.get(message.streamId);
        if (begun != message || stream == null) {
            return false;
        }
        finish(stream, message);
        return true;
    }
}
