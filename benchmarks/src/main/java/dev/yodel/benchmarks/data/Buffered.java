package dev.yodel.benchmarks.data;

/**
 * How much a sender buffers before it waits, and down to which it waits: 4 MiB and 1 MiB, less where there are many
 * connections, so that all together buffer 64 MiB. The same for every stack.
 *
 * @param most bytes
 * @param least bytes
 */
record Buffered(long most, long least) {
    private static final long MOST_OF_ALL = 64 << 20;
    private static final long MOST_OF_ONE = 4 << 20;

    static Buffered of(int connections) {
        long most = Math.min(MOST_OF_ONE, MOST_OF_ALL / connections);
        return new Buffered(most, most / 4);
    }
}
