package dev.yodel.sctp.tx;

import org.jspecify.annotations.Nullable;

/** Which stream's turn is it? It has streams that have messages, and takes none out of them. RFC 8260 3. */
sealed interface StreamScheduler permits RoundRobin, FairQueue {
    /** A stream that was not there has messages. */
    void add(OutStream stream);

    /** The stream whose first message goes on; null if there is none. */
    @Nullable
    OutStream current();

    /** A piece of the current stream's first message went out. If it was the last one, the stream is out, too. */
    void sent(OutStream stream, OutMessage message, int bytes);

    /** Takes a stream out, because its first message is given up or it may not send. */
    void remove(OutStream stream);
}
