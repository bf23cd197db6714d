package dev.yodel.webrtc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** W3C's RTCDataChannelInit: what a data channel is to be like. Immutable. */
public final class DataChannelInit {
    /** Ordered and reliable, announced to the peer. */
    public static final DataChannelInit DEFAULT = builder().build();

    private final boolean ordered;
    private final @Nullable Integer maxPacketLifeTime;
    private final @Nullable Integer maxRetransmits;
    private final String protocol;
    private final boolean negotiated;
    private final @Nullable Integer id;
    private final PriorityType priority;

    private DataChannelInit(Builder builder) {
        ordered = builder.ordered;
        maxPacketLifeTime = builder.maxPacketLifeTime;
        maxRetransmits = builder.maxRetransmits;
        protocol = builder.protocol;
        negotiated = builder.negotiated;
        id = builder.id;
        priority = builder.priority;
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
     * Whether messages come in the order they were sent.
     *
     * @return true unless switched off
     */
    public boolean ordered() {
        return ordered;
    }

    /**
     * How long a message is tried at most.
     *
     * @return milliseconds, 0 to 65535; null for no limit
     */
    public @Nullable Integer maxPacketLifeTime() {
        return maxPacketLifeTime;
    }

    /**
     * How often a message is sent again at most.
     *
     * @return 0 to 65535; null for no limit
     */
    public @Nullable Integer maxRetransmits() {
        return maxRetransmits;
    }

    /**
     * The subprotocol's name.
     *
     * @return empty for none
     */
    public String protocol() {
        return protocol;
    }

    /**
     * Whether the peer makes the same channel by itself, with the same id.
     *
     * @return false for a channel that is announced to the peer
     */
    public boolean negotiated() {
        return negotiated;
    }

    /**
     * The stream of a negotiated channel.
     *
     * @return 0 to 65535; null if not given
     */
    public @Nullable Integer id() {
        return id;
    }

    /**
     * How much the channel matters beside others.
     *
     * @return {@link PriorityType#LOW} unless set
     */
    public PriorityType priority() {
        return priority;
    }

    /** Builds an init. Not for sharing between threads. */
    public static final class Builder {
        private boolean ordered = true;
        private @Nullable Integer maxPacketLifeTime;
        private @Nullable Integer maxRetransmits;
        private String protocol = "";
        private boolean negotiated;
        private @Nullable Integer id;
        private PriorityType priority = PriorityType.LOW;

        private Builder() {}

        private static int unsignedShort(String name, int value) {
            if (value < 0 || value > 0xffff) {
                throw new IllegalArgumentException(name + " must be 0 to 65535, was " + value);
            }
            return value;
        }

        /**
         * Sets whether messages come in the order they were sent.
         *
         * @param value false if they may overtake each other
         * @return this
         */
        public Builder ordered(boolean value) {
            ordered = value;
            return this;
        }

        /**
         * Limits how long a message is tried; excludes {@link #maxRetransmits}.
         *
         * @param milliseconds 0 to 65535
         * @return this
         */
        public Builder maxPacketLifeTime(int milliseconds) {
            maxPacketLifeTime = unsignedShort("maxPacketLifeTime", milliseconds);
            return this;
        }

        /**
         * Limits how often a message is sent again; excludes {@link #maxPacketLifeTime}.
         *
         * @param count 0 to 65535
         * @return this
         */
        public Builder maxRetransmits(int count) {
            maxRetransmits = unsignedShort("maxRetransmits", count);
            return this;
        }

        /**
         * Names a subprotocol.
         *
         * @param name at most 65535 bytes of UTF-8
         * @return this
         */
        public Builder protocol(String name) {
            protocol = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets whether the peer makes the same channel by itself; an {@link #id} is needed then.
         *
         * @param value true if both sides agree without the library's help
         * @return this
         */
        public Builder negotiated(boolean value) {
            negotiated = value;
            return this;
        }

        /**
         * Chooses the stream of a negotiated channel; ignored for others.
         *
         * @param value 0 to 65535
         * @return this
         */
        public Builder id(int value) {
            id = unsignedShort("id", value);
            return this;
        }

        /**
         * Sets how much the channel matters beside others.
         *
         * @param value the priority
         * @return this
         */
        public Builder priority(PriorityType value) {
            priority = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * The value.
         *
         * @return an init; whether its members fit together is checked when a channel is made
         */
        public DataChannelInit build() {
            return new DataChannelInit(this);
        }
    }
}
