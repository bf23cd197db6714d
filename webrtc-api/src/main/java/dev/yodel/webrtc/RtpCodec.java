package dev.yodel.webrtc;

/**
 * W3C's RTCRtpCodec.
 *
 * @param mimeType for example {@code audio/opus}
 * @param clockRate the RTP clock in Hz
 * @param channels 1 or 2 for audio, 0 for video
 * @param sdpFmtpLine the parameters, possibly empty
 */
public record RtpCodec(String mimeType, int clockRate, int channels, String sdpFmtpLine) {}
