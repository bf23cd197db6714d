package dev.yodel.rtp.payload;

import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.extension.ScalableFrames;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the encoded frames of one video codec into RTP payloads of nearly equal size. It reads of the bit stream only what
 * the payload format asks for, keeps one frame at a time, and sends nothing. Not for sharing between threads.
 */
public interface Packetizer {
    /**
     * The packetizer of a negotiated codec.
     *
     * @param codec VP8, VP9, H264, H265 or AV1
     * @param firstPictureId 0 to 32767, random
     * @return null for any other codec
     */
    static @Nullable Packetizer of(RtpCodec codec, int firstPictureId) {
        Map<String, String> parameters = codec.parameters();
        return switch (codec.name().toUpperCase(Locale.ROOT)) {
            case "VP8" -> new Vp8Packetizer(firstPictureId);
            case "VP9" -> new Vp9Packetizer(firstPictureId);
            // RFC 6184 8.1: a missing packetization-mode means 0.
            case "H264" -> new NalPacketizer(NalFormat.H264, "1".equals(parameters.get("packetization-mode")));
            case "H265" -> new NalPacketizer(NalFormat.H265, true);
            case "AV1" -> new Av1Packetizer();
            default -> null;
        };
    }

    /**
     * Begins a frame; what was left of the one before is forgotten.
     *
     * @param data borrowed until the last payload was taken
     * @param offset first byte
     * @param length count of bytes
     * @param maxPayloadBytes most bytes of a payload, 100 and more
     * @param droppable whether no later frame needs this one
     * @return count of payloads; 0 if the frame cannot be sent: it is empty or malformed, or needs a fragment that the
     *     negotiated mode has not
     */
    int begin(byte[] data, int offset, int length, int maxPayloadBytes, boolean droppable);

    /**
     * Begins a picture of a stream with layers, which the payloads tell where their format can. All spatial layers of
     * a picture come together: of VP9 in a superframe, of AV1 as OBUs with their extension.
     *
     * @param data borrowed until the last payload was taken
     * @param offset first byte
     * @param length count of bytes
     * @param maxPayloadBytes most bytes of a payload, 300 and more
     * @param keyBytes how many bytes fewer the payloads of key pictures have, whose headers say more; 0 to 200
     * @param frames begins the picture here; its owner begins a frame where {@link #startsFrame()} says so
     * @param temporalLayer of the picture
     * @return count of payloads; 0 if the picture cannot be sent
     */
    int begin(
            byte[] data,
            int offset,
            int length,
            int maxPayloadBytes,
            int keyBytes,
            ScalableFrames frames,
            int temporalLayer);

    /**
     * Whether the payload that is written next is the first of a frame: of the picture, or of one of its spatial layers.
     *
     * @return true if it is
     */
    boolean startsFrame();

    /**
     * The spatial layer of the payload that is written next.
     *
     * @return 0 to 3
     */
    default int spatialLayer() {
        return 0;
    }

    /**
     * The width of a spatial layer, as the latest key picture said it.
     *
     * @param layer 0 to 3
     * @return pixels, or 0 where that is not read
     */
    default int width(int layer) {
        return 0;
    }

    /**
     * The height of a spatial layer, as the latest key picture said it.
     *
     * @param layer 0 to 3
     * @return pixels, or 0 where that is not read
     */
    default int height(int layer) {
        return 0;
    }

    /**
     * Writes the next payload.
     *
     * @param into has room for the payload
     * @param at first byte
     * @return bytes written; 0 behind the last one
     */
    int next(byte[] into, int at);

    /**
     * Whether the payload written last ends the frame, so that its packet carries the marker.
     *
     * @return true behind the last one
     */
    boolean finished();

    /**
     * Whether a decoder can start at the frame that was begun last.
     *
     * @return true for a key frame
     */
    boolean keyFrame();
}
