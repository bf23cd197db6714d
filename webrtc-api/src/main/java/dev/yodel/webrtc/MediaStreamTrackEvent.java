package dev.yodel.webrtc;

/**
 * W3C's MediaStreamTrackEvent: a track came to a stream or left it.
 *
 * @param track the track
 */
public record MediaStreamTrackEvent(MediaStreamTrack track) {}
