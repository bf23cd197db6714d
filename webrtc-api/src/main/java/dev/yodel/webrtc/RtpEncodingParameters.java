package dev.yodel.webrtc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpEncodingParameters, those of webrtc-extensions and of the priority API included. What is null is not set.
 * Checked where they are used: by {@link PeerConnection#addTransceiver} and {@link RtpSender#setParameters}.
 *
 * <p>This library encodes audio and no pictures: {@code active}, {@code codec} and {@code maxBitrate} act on everything
 * that is sent, {@code ptime} on an {@link AudioTrack}; {@code maxFramerate} and both scalings are for an application's
 * own encoder to follow. The priorities are kept and shown, and mark no packets.
 *
 * @param rid the name of a simulcast stream (RFC 8852); only {@code addTransceiver} may give one
 * @param active whether it is sent
 * @param codec which of the negotiated codecs to send; null for the one that the peer prefers
 * @param maxBitrate bits per second, RTP headers included, 0 to 2^32-1
 * @param maxFramerate pictures per second; video only
 * @param scaleResolutionDownBy by how much width and height are divided, 1 or more; video only
 * @param scaleResolutionDownTo the largest picture; it overrides {@code scaleResolutionDownBy}
 * @param ptime milliseconds of audio in a packet
 * @param adaptivePtime whether packets may become longer or shorter while sending
 * @param priority what it is worth when bandwidth is short
 * @param networkPriority what its packets are worth on the way; null for the same as {@code priority}
 */
public record RtpEncodingParameters(
        @Nullable String rid,
        boolean active,
        @Nullable RtpCodec codec,
        @Nullable Long maxBitrate,
        @Nullable Double maxFramerate,
        @Nullable Double scaleResolutionDownBy,
        @Nullable ResolutionRestriction scaleResolutionDownTo,
        @Nullable Integer ptime,
        boolean adaptivePtime,
        PriorityType priority,
        @Nullable PriorityType networkPriority) {
    /** Active, nothing limited. */
    public static final RtpEncodingParameters DEFAULT = builder().build();

    public RtpEncodingParameters {
        Objects.requireNonNull(priority, "priority");
        if (maxBitrate != null && (maxBitrate < 0 || maxBitrate > 0xffff_ffffL)) {
            throw new IllegalArgumentException("maxBitrate is 0 to 2^32-1 bits per second, was " + maxBitrate);
        }
        if (ptime != null && ptime < 0) {
            throw new IllegalArgumentException("ptime is 0 ms or more, was " + ptime);
        }
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
     * Begins with these.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.rid = rid;
        builder.active = active;
        builder.codec = codec;
        builder.maxBitrate = maxBitrate;
        builder.maxFramerate = maxFramerate;
        builder.scaleResolutionDownBy = scaleResolutionDownBy;
        builder.scaleResolutionDownTo = scaleResolutionDownTo;
        builder.ptime = ptime;
        builder.adaptivePtime = adaptivePtime;
        builder.priority = priority;
        builder.networkPriority = networkPriority;
        return builder;
    }

    /** Builds encodings. Not for sharing between threads. */
    public static final class Builder {
        private @Nullable String rid;
        private boolean active = true;
        private @Nullable RtpCodec codec;
        private @Nullable Long maxBitrate;
        private @Nullable Double maxFramerate;
        private @Nullable Double scaleResolutionDownBy;
        private @Nullable ResolutionRestriction scaleResolutionDownTo;
        private @Nullable Integer ptime;
        private boolean adaptivePtime;
        private PriorityType priority = PriorityType.LOW;
        private @Nullable PriorityType networkPriority;

        private Builder() {}

        /**
         * Names a simulcast stream.
         *
         * @param value letters and digits, at most 255; null for none
         * @return this
         */
        public Builder rid(@Nullable String value) {
            rid = value;
            return this;
        }

        /**
         * Sets whether it is sent.
         *
         * @param value false for a pause
         * @return this
         */
        public Builder active(boolean value) {
            active = value;
            return this;
        }

        /**
         * Sets which codec to send.
         *
         * @param value one of the negotiated ones; null for the one that the peer prefers
         * @return this
         */
        public Builder codec(@Nullable RtpCodec value) {
            codec = value;
            return this;
        }

        /**
         * Sets the limit of the bit rate.
         *
         * @param value bits per second; null for no limit
         * @return this
         */
        public Builder maxBitrate(@Nullable Long value) {
            maxBitrate = value;
            return this;
        }

        /**
         * Sets the limit of the bit rate.
         *
         * @param value bits per second
         * @return this
         */
        public Builder maxBitrate(long value) {
            return maxBitrate((Long) value);
        }

        /**
         * Sets the limit of the frame rate.
         *
         * @param value pictures per second; null for no limit
         * @return this
         */
        public Builder maxFramerate(@Nullable Double value) {
            maxFramerate = value;
            return this;
        }

        /**
         * Sets the scaling.
         *
         * @param value 1 or more; null for none
         * @return this
         */
        public Builder scaleResolutionDownBy(@Nullable Double value) {
            scaleResolutionDownBy = value;
            return this;
        }

        /**
         * Sets the largest picture.
         *
         * @param value null for no limit
         * @return this
         */
        public Builder scaleResolutionDownTo(@Nullable ResolutionRestriction value) {
            scaleResolutionDownTo = value;
            return this;
        }

        /**
         * Sets the length of packets.
         *
         * @param value milliseconds; null for the codec's own choice
         * @return this
         */
        public Builder ptime(@Nullable Integer value) {
            ptime = value;
            return this;
        }

        /**
         * Sets whether packets may change their length.
         *
         * @param value true if they may
         * @return this
         */
        public Builder adaptivePtime(boolean value) {
            adaptivePtime = value;
            return this;
        }

        /**
         * Sets the worth when bandwidth is short.
         *
         * @param value the priority
         * @return this
         */
        public Builder priority(PriorityType value) {
            priority = value;
            return this;
        }

        /**
         * Sets the worth of its packets on the way.
         *
         * @param value null for the same as the priority
         * @return this
         */
        public Builder networkPriority(@Nullable PriorityType value) {
            networkPriority = value;
            return this;
        }

        /**
         * The value.
         *
         * @return encodings
         */
        public RtpEncodingParameters build() {
            return new RtpEncodingParameters(
                    rid,
                    active,
                    codec,
                    maxBitrate,
                    maxFramerate,
                    scaleResolutionDownBy,
                    scaleResolutionDownTo,
                    ptime,
                    adaptivePtime,
                    priority,
                    networkPriority);
        }
    }
}
