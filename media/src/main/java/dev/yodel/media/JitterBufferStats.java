package dev.yodel.media;

/**
 * What a {@link JitterBuffer} has done so far; a snapshot, counts never decrease. Ticks are those of the RTP clock.
 *
 * @param targetDelayNanos the delay it aims at now, beyond the fastest packets
 * @param currentDelayNanos the delay of the frame played last
 * @param packets accepted
 * @param duplicates refused: came before
 * @param late refused: their time was over
 * @param discarded accepted but dropped unplayed, or refused for their size
 * @param frames played
 * @param recovered frames rebuilt from the following packet, which are not concealed
 * @param describing accepted packets that describe the one before them (in-band FEC)
 * @param describedInVain those of them whose description was of no use
 * @param concealedTicks invented in place of what was lost or late
 * @param concealments how often inventing began
 * @param silentTicks nothing to play: not begun, paused, or the sender was silent
 * @param delayNanosTotal sum of the delays of all played frames
 * @param emittedTicks played, without what was invented
 * @param delaySeconds sum of the delays of all played ticks
 * @param targetDelaySeconds sum of the delays that were aimed at when they were played
 * @param minimumDelaySeconds the same without what was wished for: what the network asked for
 * @param resets how often it began anew after a jump
 */
public record JitterBufferStats(
        long targetDelayNanos,
        long currentDelayNanos,
        long packets,
        long duplicates,
        long late,
        long discarded,
        long frames,
        long recovered,
        long describing,
        long describedInVain,
        long concealedTicks,
        long concealments,
        long silentTicks,
        long delayNanosTotal,
        long emittedTicks,
        double delaySeconds,
        double targetDelaySeconds,
        double minimumDelaySeconds,
        long resets) {}
