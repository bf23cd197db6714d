package dev.yodel.benchmarks.media;

import java.util.function.IntConsumer;

/** A one-way picture call of one stack over a bad path; frames carry a number. */
interface Picture extends AutoCloseable {
    /** Connects; the numbers of frames go to the listener when they are handed over or shown. */
    void connect(BadPath path, IntConsumer listener) throws Exception;

    /** Captures a frame; from one thread. */
    void capture(int number);

    /** Bytes that were sent in RTP packets so far. */
    double sentBytes() throws Exception;

    @Override
    void close();
}
