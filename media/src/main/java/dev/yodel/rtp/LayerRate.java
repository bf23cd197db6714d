package dev.yodel.rtp;

import org.jspecify.annotations.Nullable;

/**
 * How much one simulcast layer of a sender takes.
 *
 * @param rid its restriction identifier (RFC 8851), or null where it has none
 * @param bps bits per second of payload, measured over the last second
 */
public record LayerRate(@Nullable String rid, long bps) {}
