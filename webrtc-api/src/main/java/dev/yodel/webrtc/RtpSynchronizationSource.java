package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpSynchronizationSource: a stream of packets that was received.
 *
 * @param timestamp when it was heard last, milliseconds since 1970 by a clock that never jumps
 * @param source its SSRC, 0 to 2^32-1
 * @param audioLevel 0 (silence) to 1 (loudest); null on video, and if packets do not say it (RFC 6464)
 * @param rtpTimestamp of the packet, 0 to 2^32-1
 */
public record RtpSynchronizationSource(double timestamp, long source, @Nullable Double audioLevel, long rtpTimestamp) {}
