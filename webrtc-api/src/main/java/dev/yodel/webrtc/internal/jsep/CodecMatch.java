package dev.yodel.webrtc.internal.jsep;

import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpCodec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** W3C's codec dictionary match (WebRTC 1.0, 5.4.2), and codecs of negotiation in the words of the API. */
public final class CodecMatch {
    private CodecMatch() {}

    /**
     * A codec as the API shows it.
     *
     * @param kind audio or video
     * @param codec of negotiation
     * @return the codec without its number
     */
    public static RtpCodec shown(MediaKind kind, Codec codec) {
        return new RtpCodec(
                kind + "/" + codec.name(),
                codec.clockRateHz(),
                kind == MediaKind.VIDEO ? null : (Integer) codec.channels(),
                codec.parameters().isEmpty() ? null : codec.parameters());
    }

    /**
     * W3C's algorithm of the same name.
     *
     * @param first a codec
     * @param second another one
     * @param ignoreAsymmetricalParameters whether parameters that each side chooses for itself may differ
     * @return true if they are the same codec
     */
    public static boolean match(RtpCodec first, RtpCodec second, boolean ignoreAsymmetricalParameters) {
        String one = first.sdpFmtpLine();
        String two = second.sdpFmtpLine();
        if (!first.mimeType().equalsIgnoreCase(second.mimeType())
                || first.clockRate() != second.clockRate()
                || !Objects.equals(first.channels(), second.channels())
                || (one == null) != (two == null)) {
            return false;
        }
        if (one == null || two == null) {
            return true;
        }
        if (!hasKeys(one) || !hasKeys(two)) {
            return one.equals(two);
        }
        if (ignoreAsymmetricalParameters && first.mimeType().equalsIgnoreCase("video/AV1")) {
            // AV1 RTP 7.2.3: profile, level and tier say what is received, and each side says its own.
            return true;
        }
        Codec left = inner(first, one);
        Codec right = inner(second, two);
        return left.matches(right)
                && (ignoreAsymmetricalParameters || left.parameterMap().equals(right.parameterMap()));
    }

    /**
     * The first of some negotiated codecs that matches, whatever each side chose for itself.
     *
     * @param kind audio or video
     * @param codecs negotiated ones
     * @param wanted what is looked for
     * @return null if there is none
     */
    public static @Nullable Codec find(MediaKind kind, List<Codec> codecs, RtpCodec wanted) {
        for (Codec codec : codecs) {
            if (match(shown(kind, codec), wanted, true)) {
                return codec;
            }
        }
        return null;
    }

    private static Codec inner(RtpCodec codec, String parameters) {
        String name = codec.mimeType().substring(codec.mimeType().indexOf('/') + 1);
        Integer channels = codec.channels();
        return new Codec(0, name, codec.clockRate(), channels == null ? 1 : channels, parameters, List.of());
    }

    /** Whether a line of parameters is made of keys and values; {@code 0-15} and {@code 111/111} are not. */
    private static boolean hasKeys(String line) {
        int start = 0;
        while (start <= line.length()) {
            int end = line.indexOf(';', start);
            String part = line.substring(start, end < 0 ? line.length() : end);
            if (!part.isBlank() && part.indexOf('=') < 0) {
                return false;
            }
            start = end < 0 ? line.length() + 1 : end + 1;
        }
        return true;
    }
}
