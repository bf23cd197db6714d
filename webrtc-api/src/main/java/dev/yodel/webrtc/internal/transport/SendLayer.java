package dev.yodel.webrtc.internal.transport;

/**
 * A further simulcast layer of a section, by value.
 *
 * @param rid its identifier (RFC 8851)
 * @param limits how much of it may leave
 */
public record SendLayer(String rid, SendLimits limits) {}
