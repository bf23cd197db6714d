package dev.yodel.webrtc;

/**
 * W3C's RTCResolutionRestriction (webrtc-extensions): the largest picture to send, in either orientation.
 *
 * @param maxWidth pixels; 0 is refused where the restriction is used
 * @param maxHeight pixels; 0 is refused where the restriction is used
 */
public record ResolutionRestriction(int maxWidth, int maxHeight) {}
