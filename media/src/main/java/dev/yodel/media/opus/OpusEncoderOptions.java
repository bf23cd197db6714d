package dev.yodel.media.opus;

/**
 * How an {@link OpusEncoder} encodes. Immutable; start from {@link #VOICE} or {@link #MUSIC}.
 *
 * @param application what it is tuned for
 * @param channels 1 or 2
 * @param bitrateBps 6,000 to 510,000
 * @param frameMillis 10, 20, 40 or 60
 * @param complexity 0 (least CPU) to 10
 * @param inbandFec whether each packet also carries a coarse copy of the one before it (RFC 6716 2.1.7)
 * @param expectedLossPercent 0 to 100, how much loss to prepare for; without any, FEC is not spent
 * @param dtx whether silence is not sent (RFC 7587 3.1.3)
 */
public record OpusEncoderOptions(
        OpusApplication application,
        int channels,
        int bitrateBps,
        int frameMillis,
        int complexity,
        boolean inbandFec,
        int expectedLossPercent,
        boolean dtx) {
    /** Mono speech at 32 kbit/s in 20 ms frames with FEC, at a complexity that costs half of libopus' default. */
    public static final OpusEncoderOptions VOICE =
            new OpusEncoderOptions(OpusApplication.VOIP, 1, 32_000, 20, 5, true, 10, false);

    /** Stereo at 96 kbit/s in 20 ms frames. */
    public static final OpusEncoderOptions MUSIC =
            new OpusEncoderOptions(OpusApplication.AUDIO, 2, 96_000, 20, 9, false, 0, false);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public OpusEncoderOptions {
        if (channels < 1 || channels > 2) {
            throw new IllegalArgumentException("channels must be 1 or 2, was " + channels);
        }
        checkBitrate(bitrateBps);
        if (frameMillis != 10 && frameMillis != 20 && frameMillis != 40 && frameMillis != 60) {
            throw new IllegalArgumentException("frameMillis must be 10, 20, 40 or 60, was " + frameMillis);
        }
        if (complexity < 0 || complexity > 10) {
            throw new IllegalArgumentException("complexity must be 0 to 10, was " + complexity);
        }
        checkLoss(expectedLossPercent);
    }

    static void checkBitrate(int bitrateBps) {
        if (bitrateBps < 6_000 || bitrateBps > 510_000) {
            throw new IllegalArgumentException("bitrateBps must be 6000 to 510000, was " + bitrateBps);
        }
    }

    static void checkLoss(int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("expectedLossPercent must be 0 to 100, was " + percent);
        }
    }

    /**
     * The same with another channel count.
     *
     * @param count 1 or 2
     * @return the options
     */
    public OpusEncoderOptions withChannels(int count) {
        return new OpusEncoderOptions(
                application, count, bitrateBps, frameMillis, complexity, inbandFec, expectedLossPercent, dtx);
    }

    /**
     * The same with another bitrate.
     *
     * @param bps 6,000 to 510,000
     * @return the options
     */
    public OpusEncoderOptions withBitrateBps(int bps) {
        return new OpusEncoderOptions(
                application, channels, bps, frameMillis, complexity, inbandFec, expectedLossPercent, dtx);
    }

    /**
     * The same with other protection against loss.
     *
     * @param fec whether to send in-band FEC
     * @param lossPercent 0 to 100
     * @return the options
     */
    public OpusEncoderOptions withFec(boolean fec, int lossPercent) {
        return new OpusEncoderOptions(
                application, channels, bitrateBps, frameMillis, complexity, fec, lossPercent, dtx);
    }

    /**
     * The same with or without discontinuous transmission.
     *
     * @param on whether silence is not sent
     * @return the options
     */
    public OpusEncoderOptions withDtx(boolean on) {
        return new OpusEncoderOptions(
                application, channels, bitrateBps, frameMillis, complexity, inbandFec, expectedLossPercent, on);
    }
}
