package dev.yodel.rtp;

import org.jspecify.annotations.Nullable;

/**
 * How much one simulcast layer of a sender takes.
 *
 * @param rid its restriction identifier (RFC 8851), or null where it has none
 * @param bps bits per second of payload, measured over the last second
 * @param highestBps the same of the dearest of the last ten seconds: what it will soon take again, so a path that is to
 *     carry it should have room for this
 */
public record LayerRate(@Nullable String rid, long bps, long highestBps) {}
