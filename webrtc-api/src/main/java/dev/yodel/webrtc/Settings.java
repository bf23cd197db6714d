package dev.yodel.webrtc;

import dev.yodel.io.NetworkAddress;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What W3C has no name for, per factory. Immutable. */
public final class Settings {
    /** One loop per core, a lane per connection and track, all interfaces, mDNS names resolved. */
    public static final Settings DEFAULT = builder().build();

    private final int loops;
    private final @Nullable Executor singleLane;
    private final boolean callbacksOnLoop;
    private final Predicate<NetworkAddress> addressFilter;
    private final boolean resolveMdns;

    private Settings(Builder builder) {
        loops = builder.loops;
        singleLane = builder.singleLane;
        callbacksOnLoop = builder.callbacksOnLoop;
        addressFilter = builder.addressFilter;
        resolveMdns = builder.resolveMdns;
    }

    /**
     * Begins with {@link #DEFAULT}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How many event loops the factory runs; not used with an environment of one's own.
     *
     * @return 1 and more; 0 for one per core
     */
    public int loops() {
        return loops;
    }

    /**
     * The executor of all callbacks.
     *
     * @return null for a lane per connection and track
     */
    public @Nullable Executor singleLane() {
        return singleLane;
    }

    /**
     * Whether callbacks run on the connection's loop.
     *
     * @return false unless asked for
     */
    public boolean callbacksOnLoop() {
        return callbacksOnLoop;
    }

    /**
     * Which addresses candidates may be gathered on.
     *
     * @return true for an address that may
     */
    public Predicate<NetworkAddress> addressFilter() {
        return addressFilter;
    }

    /**
     * Whether a peer's {@code .local} candidates are looked up by multicast DNS.
     *
     * @return true unless switched off
     */
    public boolean resolveMdns() {
        return resolveMdns;
    }

    /** Builds settings. Not for sharing between threads. */
    public static final class Builder {
        private int loops;
        private @Nullable Executor singleLane;
        private boolean callbacksOnLoop;
        private Predicate<NetworkAddress> addressFilter = address -> true;
        private boolean resolveMdns = true;

        private Builder() {}

        /**
         * Sets the number of event loops.
         *
         * @param count 1 and more; 0 for one per core
         * @return this
         */
        public Builder loops(int count) {
            if (count < 0) {
                throw new IllegalArgumentException("loops must be 0 or more, was " + count);
            }
            loops = count;
            return this;
        }

        /**
         * Runs all callbacks of all connections on one executor, as in a browser.
         *
         * @param executor runs what it is given one at a time and in order, for example a UI thread
         * @return this
         */
        public Builder singleLane(Executor executor) {
            singleLane = Objects.requireNonNull(executor, "executor");
            callbacksOnLoop = false;
            return this;
        }

        /**
         * Runs callbacks on the connection's loop: for relays. A callback that blocks stops every connection there.
         *
         * @return this
         */
        public Builder callbacksOnLoop() {
            callbacksOnLoop = true;
            singleLane = null;
            return this;
        }

        /**
         * Sets which addresses candidates may be gathered on.
         *
         * @param filter true for an address that may
         * @return this
         */
        public Builder addressFilter(Predicate<NetworkAddress> filter) {
            addressFilter = Objects.requireNonNull(filter, "filter");
            return this;
        }

        /**
         * Sets whether a peer's {@code .local} candidates are looked up.
         *
         * @param resolve false to ignore such candidates
         * @return this
         */
        public Builder resolveMdns(boolean resolve) {
            resolveMdns = resolve;
            return this;
        }

        /**
         * The value.
         *
         * @return settings
         */
        public Settings build() {
            return new Settings(this);
        }
    }
}
