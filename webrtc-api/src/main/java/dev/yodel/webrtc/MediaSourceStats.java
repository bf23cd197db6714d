package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCMediaSourceStats: what a sender's track gives, before it is encoded and sent; audio's and video's members
 * are null for the other kind.
 *
 * @param stats the entry that this is a view of
 */
public record MediaSourceStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public MediaSourceStats {
        StatsMembers.checkType(stats, "media-source");
    }

    /**
     * The track.
     *
     * @return its id
     */
    public String trackIdentifier() {
        return StatsMembers.text(stats(), "trackIdentifier");
    }

    /**
     * Audio or video.
     *
     * @return the kind
     */
    public MediaKind kind() {
        return StatsMembers.constant(stats(), "kind", MediaKind.values());
    }

    /**
     * How loud it is.
     *
     * @return 0 to 1, linear; known for raw audio
     */
    public @Nullable Double audioLevel() {
        return stats().number("audioLevel");
    }

    /**
     * Loudness squared, over the time.
     *
     * @return an energy, see webrtc-stats; known for raw audio
     */
    public @Nullable Double totalAudioEnergy() {
        return stats().number("totalAudioEnergy");
    }

    /**
     * How much audio there was.
     *
     * @return seconds; known for raw audio
     */
    public @Nullable Double totalSamplesDuration() {
        return stats().number("totalSamplesDuration");
    }

    /**
     * The last picture's width.
     *
     * @return pixels, null if the codec does not tell
     */
    public @Nullable Integer width() {
        return StatsMembers.intOrNull(stats(), "width");
    }

    /**
     * The last picture's height.
     *
     * @return pixels, null if the codec does not tell
     */
    public @Nullable Integer height() {
        return StatsMembers.intOrNull(stats(), "height");
    }

    /**
     * Pictures that the track gave.
     *
     * @return a count
     */
    public @Nullable Long frames() {
        return StatsMembers.countOrNull(stats(), "frames");
    }

    /**
     * Pictures in the last second.
     *
     * @return a rate
     */
    public @Nullable Double framesPerSecond() {
        return stats().number("framesPerSecond");
    }
}
