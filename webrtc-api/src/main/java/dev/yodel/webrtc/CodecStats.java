package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCCodecStats: a codec that a stream uses or has used.
 *
 * @param stats the entry that this is a view of
 */
public record CodecStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public CodecStats {
        StatsMembers.checkType(stats, "codec");
    }

    /**
     * Its number in RTP packets.
     *
     * @return 0 to 127
     */
    public int payloadType() {
        return (int) StatsMembers.count(stats(), "payloadType");
    }

    /**
     * The transport on which the number means this codec.
     *
     * @return the id of a {@link TransportStats}
     */
    public String transportId() {
        return StatsMembers.text(stats(), "transportId");
    }

    /**
     * Its name.
     *
     * @return for example audio/opus
     */
    public String mimeType() {
        return StatsMembers.text(stats(), "mimeType");
    }

    /**
     * The RTP clock.
     *
     * @return Hz
     */
    public int clockRate() {
        return (int) StatsMembers.count(stats(), "clockRate");
    }

    /**
     * Channels of audio.
     *
     * @return null for video and one channel
     */
    public @Nullable Integer channels() {
        return StatsMembers.intOrNull(stats(), "channels");
    }

    /**
     * Its parameters as in the description.
     *
     * @return the fmtp value, null without one
     */
    public @Nullable String sdpFmtpLine() {
        return stats().text("sdpFmtpLine");
    }
}
