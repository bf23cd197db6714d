package dev.yodel.webrtc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpCodecParameters: a codec under its negotiated number.
 *
 * @param payloadType 0 to 127
 * @param mimeType for example {@code audio/opus}
 * @param clockRate the RTP clock in Hz
 * @param channels 1 or 2 for audio; null for video
 * @param sdpFmtpLine the parameters, the peer's for a sender and ours for a receiver; null if there are none
 */
public record RtpCodecParameters(
        int payloadType, String mimeType, int clockRate, @Nullable Integer channels, @Nullable String sdpFmtpLine) {
    public RtpCodecParameters {
        Objects.requireNonNull(mimeType, "mimeType");
    }

    /**
     * A codec and its number.
     *
     * @param payloadType 0 to 127
     * @param codec the codec
     */
    public RtpCodecParameters(int payloadType, RtpCodec codec) {
        this(payloadType, codec.mimeType(), codec.clockRate(), codec.channels(), codec.sdpFmtpLine());
    }

    /**
     * The codec without its number.
     *
     * @return a codec
     */
    public RtpCodec codec() {
        return new RtpCodec(mimeType, clockRate, channels, sdpFmtpLine);
    }
}
