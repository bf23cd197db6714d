package dev.yodel.io;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The only way of the library to the outside: loops, clocks, randomness, interfaces, names, threads. Implemented over
 * java.nio by {@code dev.yodel.io.loop.NioEnvironment} and over virtual time by {@code dev.yodel.simulator.Simulator}.
 * Every method may be called from any thread.
 */
public interface Environment extends AutoCloseable {
    /** The answer of a name look-up. */
    @FunctionalInterface
    interface ResolutionHandler {
        /**
         * Called once, on the loop that was named.
         *
         * @param addresses what the name stands for; empty if it does not resolve or the 5 s are over
         */
        void onResolved(List<InetAddress> addresses);
    }

    /**
     * All loops; the list never changes.
     *
     * @return one or more
     */
    List<? extends Loop> loops();

    /**
     * The loop for the next connection: the one with the fewest, in turn when equal.
     *
     * @return one of {@link #loops()}
     */
    Loop nextLoop();

    /**
     * Secure randomness, or the simulation's seeded one.
     *
     * @return the source
     */
    RandomSource random();

    /**
     * Wall-clock time for NTP stamps and certificate dates; it may jump.
     *
     * @return milliseconds since 1970-01-01T00:00Z
     */
    long wallClockMillis();

    /**
     * The same clock, as finely as it is known: what a moment of {@link Loop#now} is set against is to be off by less than
     * a millisecond.
     *
     * @return microseconds since 1970-01-01T00:00Z
     */
    default long wallClockMicros() {
        return wallClockMillis() * 1_000;
    }

    /**
     * The addresses of all interfaces that are up, as last seen.
     *
     * @return an immutable list
     */
    List<NetworkAddress> networkAddresses();

    /**
     * Watches the interfaces.
     *
     * @param loop where the listener runs
     * @param listener called after the list has changed
     * @return closes the watch
     */
    Registration onNetworkChange(Loop loop, Runnable listener);

    /**
     * Looks a host name up, off the loop, with a deadline of 5 s.
     *
     * @param hostName a DNS name or an address literal
     * @param loop where the handler runs
     * @param handler gets the answer
     */
    void resolve(String hostName, Loop loop, ResolutionHandler handler);

    /**
     * Threads for work that may block or takes long: handshakes, keys, files. Elastic, with a stated cap.
     *
     * @return an executor; tasks must not assume any order
     */
    Executor workers();

    /**
     * Threads for codecs and playout, as many as cores. Tasks must not block.
     *
     * @return an executor
     */
    Executor mediaWorkers();

    /**
     * A new serial lane for user code.
     *
     * @return an idle lane
     */
    Lane newLane();

    /**
     * Closes sockets, stops loops and threads, and waits for them at most 2 s.
     */
    @Override
    void close();
}
