package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpContributingSource: one of those that a mixer put together (RFC 3550 5.1).
 *
 * @param timestamp when it was heard last, milliseconds since 1970 by a clock that never jumps
 * @param source its CSRC, 0 to 2^32-1
 * @param audioLevel 0 (silence) to 1 (loudest); null if packets do not say it, which nobody negotiates here (RFC 6465)
 * @param rtpTimestamp of the packet, 0 to 2^32-1
 */
public record RtpContributingSource(double timestamp, long source, @Nullable Double audioLevel, long rtpTimestamp) {}
