package dev.yodel.media.file;

import dev.yodel.io.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What a WebM file says about one of its tracks: the codec, and what a decoder needs before the first frame.
 * Immutable as long as nobody writes to the array.
 *
 * @param codecId Matroska's name of the codec, for example {@code V_VP8} or {@code A_OPUS}
 * @param codecPrivate the codec's set-up data, possibly empty
 * @param video whether it has pictures, else sound
 * @param width pixels, 0 for sound
 * @param height pixels, 0 for sound
 * @param channels of sound, 0 for pictures
 */
@SuppressWarnings("ArrayRecordComponent") // set-up data, never compared
public record WebmTrack(String codecId, byte[] codecPrivate, boolean video, int width, int height, int channels) {
    /** What encoders put in front (RFC 7845 5.1): 6.5 ms. */
    static final int OPUS_PRE_SKIP = 312;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if sizes and channels do not fit the kind
     */
    public WebmTrack {
        if (video ? width < 1 || height < 1 || width > 65_536 || height > 65_536 : channels < 1 || channels > 255) {
            throw new IllegalArgumentException(
                    "a track has pixels or channels: " + width + " x " + height + ", " + channels);
        }
    }

    /**
     * Opus sound.
     *
     * @param channels 1 or 2
     * @return the track
     */
    public static WebmTrack opus(int channels) {
        ByteBuffer head = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
        head.put("OpusHead".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) channels);
        head.putShort((short) OPUS_PRE_SKIP).putInt(48_000).putShort((short) 0).put((byte) 0);
        return new WebmTrack("A_OPUS", head.array(), false, 0, 0, channels);
    }

    /**
     * Pictures, described by their first key frame.
     *
     * @param encodingName {@code VP8}, {@code VP9} or {@code AV1}
     * @param keyFrame a key frame
     * @return the track, or null if the codec is another one or the frame is no key frame
     */
    public static @org.jspecify.annotations.Nullable WebmTrack video(String encodingName, byte[] keyFrame) {
        VideoHeader header = VideoHeader.read(encodingName, keyFrame);
        if (header == null) {
            return null;
        }
        String id = "V_" + encodingName.toUpperCase(java.util.Locale.ROOT);
        return new WebmTrack(id, header.codecPrivate(), true, header.width(), header.height(), 0);
    }

    /**
     * The codec in RTP's words.
     *
     * @return for example {@code VP8} or {@code opus}; Matroska's own name if RTP has none
     */
    public String encodingName() {
        return switch (codecId) {
            case "A_OPUS" -> "opus";
            case "V_VP8", "V_VP9", "V_AV1" -> codecId.substring(2);
            default -> codecId;
        };
    }

    /** Opus's first samples that are not to be heard. */
    long codecDelayNanos() {
        if (!codecId.equals("A_OPUS") || codecPrivate.length < 12) {
            return 0;
        }
        int skip = Bytes.u8(codecPrivate, 10) | Bytes.u8(codecPrivate, 11) << 8;
        return skip * 1_000_000_000L / 48_000;
    }

    @Override
    public String toString() {
        return codecId + (video ? " " + width + "x" + height : " " + channels + " channels");
    }
}
