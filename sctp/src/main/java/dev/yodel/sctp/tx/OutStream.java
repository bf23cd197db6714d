package dev.yodel.sctp.tx;

import java.util.ArrayDeque;

/** A stream's messages on their way out, and its place among the streams. It does not decide whose turn it is. */
final class OutStream {
    /** The weight of a stream that was given none: W3C's priority "low", RFC 8831 6.4. */
    static final int DEFAULT_WEIGHT = 256;

    final int id;
    final ArrayDeque<OutMessage> messages = new ArrayDeque<>(2);
    /** The numbers of the next ordered and the next unordered message; RFC 8260 2.2.2 counts them apart. */
    int nextOrdered;

    int nextUnordered;
    long bufferedBytes;
    int weight = DEFAULT_WEIGHT;
    /** Nothing more is sent until a reset is done. */
    boolean paused;
    /** A {@link StreamScheduler} has it. */
    boolean scheduled;
    /** Of a {@link FairQueue}: the virtual time when its next piece may begin, and who came first at the same time. */
    long virtualStart;

    long arrival;

    OutStream(int id) {
        this.id = id;
    }

    /** Whether it may be forgotten: a fresh one would be the same. */
    boolean isLikeNew() {
        return messages.isEmpty() && !paused && nextOrdered == 0 && nextUnordered == 0 && weight == DEFAULT_WEIGHT;
    }
}
