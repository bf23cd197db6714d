package dev.yodel.webrtc;

/**
 * W3C's RTCDataChannelEvent: the peer has opened a channel.
 *
 * @param channel the channel, open already; its open event follows, and messages behind that, so listeners added while
 *     this event is handled miss nothing
 */
public record DataChannelEvent(DataChannel channel) {}
