package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.MessageStream;
import dev.yodel.webrtc.OperationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A message that arrives: its pieces come on the channel's lane and go to whoever reads it. */
final class MessageStreamImpl implements MessageStream {
    /** Who gets the pieces on the lane. */
    private record Reader(Consumer<byte[]> pieces, RtcFuture<Long> result) {}

    private final boolean text;
    private final LaneQueue lane;
    private final WaitingRule rule;
    private final IntConsumer consumed;
    private final IncomingBytes bytes;
    private final AtomicBoolean isRead = new AtomicBoolean();

    // Lane only.
    private @Nullable Reader reader;
    private long count;
    private boolean ended;
    private @Nullable String failure;

    MessageStreamImpl(boolean text, LaneQueue lane, WaitingRule rule, IntConsumer consumed) {
        this.text = text;
        this.lane = lane;
        this.rule = rule;
        this.consumed = consumed;
        this.bytes = new IncomingBytes(consumed);
    }

    /** On the lane: more of the message. */
    void add(byte[] data, boolean held) {
        Reader to = reader;
        if (to == null) {
            bytes.add(data, held);
            return;
        }
        hand(to, data);
        if (held) {
            consumed.accept(data.length);
        }
    }

    /** On the lane: the message is whole (null), or the rest of it will not come. */
    void end(@Nullable String why) {
        ended = true;
        failure = why;
        bytes.end(why);
        Reader to = reader;
        if (to != null) {
            settle(to);
        }
    }

    private void hand(Reader to, byte[] data) {
        if (to.result.isDone()) {
            return;
        }
        count += data.length;
        try {
            to.pieces.accept(data);
        } catch (RuntimeException | Error e) {
            to.result.fail(e);
            bytes.discard();
        }
    }

    private void settle(Reader to) {
        if (failure == null) {
            to.result.succeed(count);
        } else {
            to.result.fail(new OperationException(failure));
        }
    }

    private void begin(Reader to) {
        reader = to;
        for (byte[] data = bytes.poll(); data.length > 0; data = bytes.poll()) {
            hand(to, data);
        }
        if (ended) {
            settle(to);
        }
    }

    private void readOnce() {
        if (!isRead.compareAndSet(false, true)) {
            throw new IllegalStateException("a message stream is read once: by forEach or by inputStream");
        }
    }

    @Override
    public boolean isText() {
        return text;
    }

    @Override
    public CompletableFuture<Long> forEach(Consumer<byte[]> pieces) {
        Objects.requireNonNull(pieces, "pieces");
        readOnce();
        RtcFuture<Long> result = new RtcFuture<>(lane, "forEach");
        Reader to = new Reader(pieces, result);
        if (lane.inLane()) {
            begin(to);
        } else {
            lane.post(() -> begin(to));
        }
        return result;
    }

    @Override
    public InputStream inputStream() {
        readOnce();
        return new Input();
    }

    @Override
    public void close() {
        isRead.set(true);
        bytes.discard();
    }

    private final class Input extends InputStream {
        private boolean closed;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            rule.check("read");
            if (closed) {
                throw new IOException("the stream is closed");
            }
            return bytes.read(ByteBuffer.wrap(into, offset, length));
        }

        @Override
        public int available() {
            return bytes.available();
        }

        @Override
        public void close() {
            closed = true;
            MessageStreamImpl.this.close();
        }
    }

    @Override
    public String toString() {
        return (text ? "text" : "binary") + " message that arrives";
    }
}
