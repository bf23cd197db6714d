package dev.yodel.webrtc;

/**
 * W3C's RTCErrorEvent.
 *
 * @param error what failed
 */
public record RtcErrorEvent(RtcError error) {}
