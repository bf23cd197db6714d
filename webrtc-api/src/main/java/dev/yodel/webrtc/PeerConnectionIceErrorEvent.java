package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCPeerConnectionIceErrorEvent: a STUN or TURN server could not be used; gathering goes on.
 *
 * @param address the local address that was used; null if none
 * @param port the local port; null if none
 * @param url the server
 * @param errorCode STUN's error code, or 701 if the server could not be reached
 * @param errorText in words
 */
public record PeerConnectionIceErrorEvent(
        @Nullable String address, @Nullable Integer port, String url, int errorCode, String errorText) {}
