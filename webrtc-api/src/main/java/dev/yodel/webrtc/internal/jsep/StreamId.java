package dev.yodel.webrtc.internal.jsep;

import org.jspecify.annotations.Nullable;

/**
 * One msid line (RFC 8830).
 *
 * @param stream the stream's id, {@code -} for none
 * @param track the track's id; null if it is not told
 */
public record StreamId(String stream, @Nullable String track) {}
