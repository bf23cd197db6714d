package dev.yodel.webrtc;

/**
 * W3C's RTCIceCandidatePair.
 *
 * @param local our candidate
 * @param remote the peer's candidate
 */
public record IceCandidatePair(IceCandidate local, IceCandidate remote) {}
