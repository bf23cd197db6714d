package dev.yodel.webrtc;

/**
 * W3C's RTCDTMFToneChangeEvent.
 *
 * @param tone what has just begun to play, a comma among it; empty when all tones have been played
 */
public record DtmfToneChangeEvent(String tone) {}
