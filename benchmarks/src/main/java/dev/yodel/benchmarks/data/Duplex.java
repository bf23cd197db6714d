package dev.yodel.benchmarks.data;

import java.util.function.Consumer;

/** One end of an open, reliable, ordered channel of some stack. */
interface Duplex {
    /**
     * Sends a message, and waits while too much is buffered.
     *
     * @param data not changed afterwards
     */
    void send(byte[] data) throws InterruptedException;

    /** Who gets the messages; called on the stack's thread. */
    void onMessage(Consumer<byte[]> listener);
}
