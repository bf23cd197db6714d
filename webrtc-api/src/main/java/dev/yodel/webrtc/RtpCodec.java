package dev.yodel.webrtc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpCodec. Compare codecs as W3C does, with the fields taken from {@link RtpSender#getCapabilities}: a codec
 * without a field that a capability has is another one.
 *
 * @param mimeType for example {@code audio/opus}; upper and lower case are the same
 * @param clockRate the RTP clock in Hz
 * @param channels 1 or 2 for audio; null for video
 * @param sdpFmtpLine the parameters; null if there are none
 */
public record RtpCodec(String mimeType, int clockRate, @Nullable Integer channels, @Nullable String sdpFmtpLine) {
    public RtpCodec {
        Objects.requireNonNull(mimeType, "mimeType");
    }

    /**
     * A codec without channels and parameters.
     *
     * @param mimeType for example {@code video/VP8}
     * @param clockRate the RTP clock in Hz
     */
    public RtpCodec(String mimeType, int clockRate) {
        this(mimeType, clockRate, null, null);
    }
}
