package dev.yodel.webrtc;

/**
 * W3C's RTCRtpTransform: what changes the encoded frames of one sender before they are packed, or of one receiver
 * before they are buffered and decoded. Either a {@link RtpScriptTransform} or a {@link SFrameTransform}; it serves
 * the one sender or receiver that it is set on, and no other after that.
 *
 * @see RtpSender#transform(RtpTransform)
 * @see RtpReceiver#transform(RtpTransform)
 * @see <a href="https://www.w3.org/TR/webrtc-encoded-transform/">WebRTC Encoded Transform</a>
 */
public interface RtpTransform {}
