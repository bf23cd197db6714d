package dev.yodel.sctp.tx;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Streams take turns message by message: without interleaving a message that was begun is finished first. RFC 8260 3.2. */
final class RoundRobin implements StreamScheduler {
    private final ArrayDeque<OutStream> turns = new ArrayDeque<>();

    @Override
    public void add(OutStream stream) {
        turns.add(stream);
    }

    @Override
    public @Nullable OutStream current() {
        return turns.peek();
    }

    @Override
    public void sent(OutStream stream, OutMessage message, int bytes) {
        if (message.unsentBytes() == 0) {
            turns.remove();
        }
    }

    @Override
    public void remove(OutStream stream) {
        turns.remove(stream);
    }
}
