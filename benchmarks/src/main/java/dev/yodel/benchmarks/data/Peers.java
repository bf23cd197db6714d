package dev.yodel.benchmarks.data;

/** Two connected peers of one stack in this process, with one open channel. */
interface Peers extends AutoCloseable {
    /** The end that opened the channel. */
    Duplex first();

    /** The other end. */
    Duplex second();

    @Override
    void close();

    /** Makes such pairs. */
    interface Maker extends AutoCloseable {
        /** Makes, connects and opens; the time it takes is measured. */
        Peers make() throws Exception;

        @Override
        void close();
    }
}
