package dev.yodel.webrtc;

/**
 * W3C's RTCRtpCodecParameters: a codec under its negotiated number.
 *
 * @param payloadType 0 to 127
 * @param codec the codec
 */
public record RtpCodecParameters(int payloadType, RtpCodec codec) {}
