package dev.yodel.simulator;

import java.time.Duration;

/** Settings of a {@link Simulator}; all have defaults. Not for sharing between threads. */
public final class SimulatorBuilder {
    long seed;
    int loopsPerHost = 1;
    boolean late;
    long handOffNanos;
    long workerNanos;
    StreamSegmentation segmentation = StreamSegmentation.SEGMENTS;

    SimulatorBuilder() {}

    /**
     * Where all randomness comes from.
     *
     * @param value any number; 0 by default
     * @return this
     */
    public SimulatorBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Loops of each host.
     *
     * @param count 1 or more; 1 by default
     * @return this
     */
    public SimulatorBuilder loopsPerHost(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("there must be one loop or more, not " + count);
        }
        loopsPerHost = count;
        return this;
    }

    /**
     * Whether loops are as late as on a busy machine: turns come at whole milliseconds, up to 20 ms late, and handle
     * all that has gathered. Otherwise they come on the nanosecond and handle one thing each.
     *
     * @param on false by default
     * @return this
     */
    public SimulatorBuilder late(boolean on) {
        late = on;
        return this;
    }

    /**
     * How long commands and tasks take from one loop, lane or worker to another: a random time, so that different
     * seeds try different orders.
     *
     * @param most zero by default
     * @return this
     */
    public SimulatorBuilder handOff(Duration most) {
        handOffNanos = most.toNanos();
        return this;
    }

    /**
     * How long a task of {@code workers()} takes before its effects show.
     *
     * @param length zero by default
     * @return this
     */
    public SimulatorBuilder workerTime(Duration length) {
        workerNanos = length.toNanos();
        return this;
    }

    /**
     * How streams cut what is written.
     *
     * @param how segments by default
     * @return this
     */
    public SimulatorBuilder segmentation(StreamSegmentation how) {
        segmentation = how;
        return this;
    }

    /**
     * Makes the world.
     *
     * @return an empty simulation, with the internet in it
     */
    public Simulator build() {
        return new Simulator(this);
    }
}
