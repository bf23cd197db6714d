package dev.yodel.ice.turn;

import dev.yodel.io.Time;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link TurnServer} may be told. Immutable. */
public final class TurnServerOptions {
    private final String realm;
    private final @Nullable TurnCredentials credentials;
    private final List<RelayAddress> relayAddresses;
    private final int firstPort;
    private final int lastPort;
    private final PeerPolicy peerPolicy;
    private final int maxAllocations;
    private final int maxAllocationsPerUser;
    private final int maxPermissions;
    private final int maxChannels;
    private final int maxStreams;
    private final int maxStreamsPerAddress;
    private final long maxLifetimeSeconds;
    private final long maxBitrateBps;
    private final long nonceLifetimeNanos;
    private final int unauthenticatedPerSecond;

    private TurnServerOptions(Builder builder) {
        realm = builder.realm;
        credentials = builder.credentials;
        relayAddresses = List.copyOf(builder.relayAddresses);
        firstPort = builder.firstPort;
        lastPort = builder.lastPort;
        peerPolicy = builder.peerPolicy;
        maxAllocations = builder.maxAllocations;
        maxAllocationsPerUser = builder.maxAllocationsPerUser;
        maxPermissions = builder.maxPermissions;
        maxChannels = builder.maxChannels;
        maxStreams = builder.maxStreams;
        maxStreamsPerAddress = builder.maxStreamsPerAddress;
        maxLifetimeSeconds = builder.maxLifetimeSeconds;
        maxBitrateBps = builder.maxBitrateBps;
        nonceLifetimeNanos = builder.nonceLifetimeNanos;
        unauthenticatedPerSecond = builder.unauthenticatedPerSecond;
    }

    /**
     * A new builder with the defaults: no relays, so a STUN server only.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The realm that users belong to.
     *
     * @return at most 127 bytes of UTF-8
     */
    public String realm() {
        return realm;
    }

    /**
     * Who may have relays.
     *
     * @return null if nobody may
     */
    public @Nullable TurnCredentials credentials() {
        return credentials;
    }

    /**
     * Where relays are opened; the first of a family is the default of that family.
     *
     * @return an immutable list
     */
    public List<RelayAddress> relayAddresses() {
        return relayAddresses;
    }

    /**
     * First port of relays.
     *
     * @return 1024 to 65535
     */
    public int firstPort() {
        return firstPort;
    }

    /**
     * Last port of relays.
     *
     * @return 1024 to 65535
     */
    public int lastPort() {
        return lastPort;
    }

    /**
     * Which peers relays may talk to.
     *
     * @return the policy
     */
    public PeerPolicy peerPolicy() {
        return peerPolicy;
    }

    /**
     * Most allocations at a time, those that only wait for their sockets and reserved ports included.
     *
     * @return count
     */
    public int maxAllocations() {
        return maxAllocations;
    }

    /**
     * Most allocations of one account at a time.
     *
     * @return count
     */
    public int maxAllocationsPerUser() {
        return maxAllocationsPerUser;
    }

    /**
     * Most permissions of one allocation.
     *
     * @return count
     */
    public int maxPermissions() {
        return maxPermissions;
    }

    /**
     * Most channels of one allocation.
     *
     * @return count
     */
    public int maxChannels() {
        return maxChannels;
    }

    /**
     * Most TCP and TLS connections at a time.
     *
     * @return count
     */
    public int maxStreams() {
        return maxStreams;
    }

    /**
     * Most TCP and TLS connections of one client address at a time.
     *
     * @return count
     */
    public int maxStreamsPerAddress() {
        return maxStreamsPerAddress;
    }

    /**
     * The longest that an allocation lives without a refresh.
     *
     * @return seconds, 600 or more
     */
    public long maxLifetimeSeconds() {
        return maxLifetimeSeconds;
    }

    /**
     * Most payload of one allocation in each direction; what is above it is dropped.
     *
     * @return bits per second, 0 for no limit
     */
    public long maxBitrateBps() {
        return maxBitrateBps;
    }

    /**
     * How long a nonce may be used.
     *
     * @return nanoseconds
     */
    public long nonceLifetimeNanos() {
        return nonceLifetimeNanos;
    }

    /**
     * Most answers to unauthenticated UDP requests of one source, so that a forged source is not flooded through us.
     *
     * @return a second, and at once twice as many
     */
    public int unauthenticatedPerSecond() {
        return unauthenticatedPerSecond;
    }

    /** Collects options. Not for sharing between threads. */
    public static final class Builder {
        private String realm = "yodel";
        private @Nullable TurnCredentials credentials;
        private List<RelayAddress> relayAddresses = List.of();
        private int firstPort = 49_152;
        private int lastPort = 65_535;
        private PeerPolicy peerPolicy = PeerPolicy.PUBLIC;
        private int maxAllocations = 4_000;
        private int maxAllocationsPerUser = 200;
        private int maxPermissions = 256;
        private int maxChannels = 256;
        private int maxStreams = 4_000;
        private int maxStreamsPerAddress = 1_000;
        private long maxLifetimeSeconds = 3_600;
        private long maxBitrateBps;
        private long nonceLifetimeNanos = 600 * Time.SECOND;
        private int unauthenticatedPerSecond = 500;

        private Builder() {}

        /**
         * The realm that users belong to; part of what their keys are made of.
         *
         * @param value not empty, at most 127 bytes of UTF-8
         * @return this
         */
        public Builder realm(String value) {
            int length = value.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            if (length < 1 || length > 127) {
                throw new IllegalArgumentException("a realm has 1 to 127 bytes, not " + length);
            }
            realm = value;
            return this;
        }

        /**
         * Who may have relays. Without it nobody may, and the server answers Binding requests only.
         *
         * @param value credentials
         * @return this
         */
        public Builder credentials(TurnCredentials value) {
            credentials = value;
            return this;
        }

        /**
         * Where relays are opened. A client that came in on one of these addresses gets its relay on the same.
         *
         * @param value addresses, the default of each family first
         * @return this
         */
        public Builder relayAddresses(List<RelayAddress> value) {
            relayAddresses = value;
            return this;
        }

        /**
         * The ports of relays (RFC 8656 section 7.2: 49152 to 65535).
         *
         * @param first 1024 or more
         * @param last 65535 or less
         * @return this
         */
        public Builder ports(int first, int last) {
            if (first < 1024 || last > 65_535 || first > last) {
                throw new IllegalArgumentException(
                        "ports of relays lie between 1024 and 65535, not " + first + " to " + last);
            }
            firstPort = first;
            lastPort = last;
            return this;
        }

        /**
         * Which peers relays may talk to; {@link PeerPolicy#PUBLIC} by default. Relays of this server reach each other
         * in any case.
         *
         * @param value policy
         * @return this
         */
        public Builder peerPolicy(PeerPolicy value) {
            peerPolicy = value;
            return this;
        }

        /**
         * Bounds of allocations: 4000 and 200 by default.
         *
         * @param all at a time
         * @param perUser of one account at a time
         * @return this
         */
        public Builder maxAllocations(int all, int perUser) {
            maxAllocations = positive("maxAllocations", all);
            maxAllocationsPerUser = positive("maxAllocationsPerUser", perUser);
            return this;
        }

        /**
         * Bounds of one allocation: 256 and 256 by default.
         *
         * @param permissions peer addresses
         * @param channels channels
         * @return this
         */
        public Builder maxPeers(int permissions, int channels) {
            maxPermissions = positive("maxPermissions", permissions);
            maxChannels = positive("maxChannels", channels);
            return this;
        }

        /**
         * Bounds of TCP and TLS connections: 4000 and 1000 by default.
         *
         * @param all at a time
         * @param perAddress of one client address at a time
         * @return this
         */
        public Builder maxStreams(int all, int perAddress) {
            maxStreams = positive("maxStreams", all);
            maxStreamsPerAddress = positive("maxStreamsPerAddress", perAddress);
            return this;
        }

        /**
         * The longest that an allocation lives without a refresh; 3600 s by default.
         *
         * @param seconds 600 or more
         * @return this
         */
        public Builder maxLifetimeSeconds(long seconds) {
            if (seconds < 600) {
                throw new IllegalArgumentException("RFC 8656 gives every allocation 600 s at least, not " + seconds);
            }
            maxLifetimeSeconds = seconds;
            return this;
        }

        /**
         * Most payload of one allocation in each direction; no limit by default.
         *
         * @param bitsPerSecond 0 for no limit
         * @return this
         */
        public Builder maxBitrateBps(long bitsPerSecond) {
            if (bitsPerSecond < 0) {
                throw new IllegalArgumentException("a bitrate is not negative, was " + bitsPerSecond);
            }
            maxBitrateBps = bitsPerSecond;
            return this;
        }

        /**
         * How long a nonce may be used; 600 s by default (RFC 8656 section 5: an hour at most).
         *
         * @param nanos one second or more
         * @return this
         */
        public Builder nonceLifetimeNanos(long nanos) {
            if (nanos < Time.SECOND) {
                throw new IllegalArgumentException("a nonce lives a second at least, not " + nanos + " ns");
            }
            nonceLifetimeNanos = nanos;
            return this;
        }

        /**
         * Most answers to unauthenticated UDP requests of one source; 500 a second by default.
         *
         * @param perSecond 1 or more
         * @return this
         */
        public Builder unauthenticatedPerSecond(int perSecond) {
            unauthenticatedPerSecond = positive("unauthenticatedPerSecond", perSecond);
            return this;
        }

        private static int positive(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, was " + value);
            }
            return value;
        }

        /**
         * The options.
         *
         * @return immutable options
         */
        public TurnServerOptions build() {
            return new TurnServerOptions(this);
        }
    }
}
