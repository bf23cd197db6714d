package dev.yodel.webrtc;

/**
 * W3C's RTCEncodingOptions (webrtc-extensions): what to do once with an encoding.
 *
 * @param keyFrame whether its encoder shall make a key frame now
 */
public record EncodingOptions(boolean keyFrame) {}
