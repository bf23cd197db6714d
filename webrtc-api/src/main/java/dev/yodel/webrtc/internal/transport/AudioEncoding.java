package dev.yodel.webrtc.internal.transport;

import dev.yodel.media.audio.G711;
import dev.yodel.media.opus.OpusEncoderOptions;
import dev.yodel.rtp.RtpCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How raw audio is encoded: the first negotiated codec that an encoder exists for and that keeps to the bit rate.
 *
 * @param codec under its negotiated number
 * @param noise what its silence is told with (RFC 3389), or null if silence is sent as well
 * @param frameMillis the length of a packet
 * @param bitrateBps what the encoder aims at
 */
record AudioEncoding(RtpCodec codec, @Nullable RtpCodec noise, int frameMillis, int bitrateBps) {
    private static final int[] OPUS_FRAMES = {10, 20, 40, 60};
    private static final int LEAST_OPUS_BPS = 6_000;
    private static final int MOST_OPUS_BPS = 510_000;
    /** G.722's too. */
    private static final int G711_BPS = 64_000;

    /** Null if nothing can be encoded, or nothing is allowed to leave. */
    static @Nullable AudioEncoding choose(
            List<RtpCodec> codecs, boolean opusAllowed, boolean suppressSilence, SendLimits limits) {
        if (!limits.active()) {
            return null;
        }
        for (RtpCodec codec : codecs) {
            AudioEncoding choice = null;
            if (opusAllowed && isOpus(codec)) {
                choice = opus(codec, limits);
            } else if ((law(codec) != null || isG722(codec))
                    && (unlimited(limits) || limits.maxBitrateBps() >= G711_BPS + headers(20))) {
                choice = new AudioEncoding(codec, suppressSilence ? noise(codec, codecs) : null, 20, G711_BPS);
            }
            if (choice != null) {
                return choice;
            }
        }
        return null;
    }

    static boolean isG722(RtpCodec codec) {
        return codec.name().equalsIgnoreCase("G722") && codec.clockRate() == 8_000 && codec.channels() == 1;
    }

    private static boolean unlimited(SendLimits limits) {
        return limits.maxBitrateBps() == SendLimits.NO_LIMIT;
    }

    /** Headers count too; longer packets have fewer of them. */
    private static long headers(int frameMillis) {
        return MediaSender.HEADER_BYTES * 8_000L / frameMillis;
    }

    private static @Nullable AudioEncoding opus(RtpCodec codec, SendLimits limits) {
        int wished = limits.packetMillis();
        int frame = wished == 0 ? 20 : OPUS_FRAMES[0];
        for (int allowed : OPUS_FRAMES) {
            frame = wished >= allowed ? allowed : frame;
        }
        if (unlimited(limits)) {
            return new AudioEncoding(codec, null, frame, OpusEncoderOptions.VOICE.bitrateBps());
        }
        for (int longer : OPUS_FRAMES) {
            boolean fits = limits.maxBitrateBps() - headers(longer) >= LEAST_OPUS_BPS;
            if (longer == frame || (longer > frame && wished == 0)) {
                frame = longer;
                if (fits) {
                    break;
                }
            }
        }
        long left = limits.maxBitrateBps() - headers(frame);
        return left < LEAST_OPUS_BPS
                ? null
                : new AudioEncoding(codec, null, frame, (int) Math.min(left, MOST_OPUS_BPS));
    }

    boolean isOpus() {
        return isOpus(codec);
    }

    static boolean isOpus(RtpCodec codec) {
        return codec.name().equalsIgnoreCase("opus") && codec.clockRate() == 48_000;
    }

    /** What tells the sound of G.711's silence, of the same clock (RFC 3389 4); null where the peer does not take it. */
    private static @Nullable RtpCodec noise(RtpCodec codec, List<RtpCodec> codecs) {
        if (law(codec) == null) {
            return null;
        }
        for (RtpCodec other : codecs) {
            if (other.name().equalsIgnoreCase("CN") && other.clockRate() == codec.clockRate()) {
                return other;
            }
        }
        return null;
    }

    /** The law of a G.711 codec; null for another codec. */
    static @Nullable G711 law(RtpCodec codec) {
        if (codec.clockRate() != 8_000 || codec.channels() != 1) {
            return null;
        }
        if (codec.name().equalsIgnoreCase("PCMU")) {
            return G711.PCMU;
        }
        return codec.name().equalsIgnoreCase("PCMA") ? G711.PCMA : null;
    }

    /** Whether a running encoder can become this one without being made anew. */
    boolean sameEncoder(@Nullable AudioEncoding other) {
        return other != null && other.codec.equals(codec) && other.frameMillis == frameMillis;
    }

    /** RFC 7587 6.1: what the receiver says about stereo, in-band FEC and DTX; speech is mono unless it wants more. */
    OpusEncoderOptions opusOptions(boolean suppressSilence) {
        boolean stereo = "1".equals(codec.parameters().get("stereo"));
        boolean fec = !"0".equals(codec.parameters().get("useinbandfec"));
        OpusEncoderOptions voice = OpusEncoderOptions.VOICE;
        return new OpusEncoderOptions(
                voice.application(),
                stereo ? 2 : 1,
                bitrateBps,
                frameMillis,
                voice.complexity(),
                fec,
                fec ? voice.expectedLossPercent() : 0,
                suppressSilence || "1".equals(codec.parameters().get("usedtx")));
    }
}
