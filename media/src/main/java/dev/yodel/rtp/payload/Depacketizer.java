package dev.yodel.rtp.payload;

import dev.yodel.rtp.RtpCodec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the RTP payloads of one video codec: what one payload says by itself ({@link #read}), and the frame that payloads
 * in their order make ({@link #begin}, {@link #append}, {@link #end}). The two halves have nothing in common but the
 * format. It trusts nothing: a malformed payload is refused, and what is written is bounded by the caller's buffer. Not
 * for sharing between threads.
 */
public interface Depacketizer {
    /**
     * The depacketizer of a negotiated codec.
     *
     * @param codec VP8, VP9, H264, H265 or AV1
     * @return null for any other codec
     */
    static @Nullable Depacketizer of(RtpCodec codec) {
        return switch (codec.name().toUpperCase(Locale.ROOT)) {
            case "VP8" -> new Vp8Depacketizer();
            case "VP9" -> new Vp9Depacketizer();
            case "H264" -> new NalDepacketizer(NalFormat.H264);
            case "H265" -> new NalDepacketizer(NalFormat.H265);
            case "AV1" -> new Av1Depacketizer();
            default -> null;
        };
    }

    /**
     * Reads what one payload says alone.
     *
     * @param payload borrowed for the call
     * @param offset first byte
     * @param length count of bytes, positive
     * @return false if it is malformed; it must be dropped
     */
    boolean read(byte[] payload, int offset, int length);

    /**
     * Whether the payload read last surely begins a frame. Where the format does not say that, the packet before it must.
     *
     * @return true if it does
     */
    boolean startsFrame();

    /**
     * Whether the payload read last belongs to a frame that can be decoded without others.
     *
     * @return true if it says so; other payloads of the same frame may say nothing
     */
    boolean keyFrame();

    /**
     * The number of the picture that the payload read last belongs to, in formats that number them in steps of one.
     *
     * @return its low 7 bits, or -1 if it says none
     */
    default int pictureNumber() {
        return -1;
    }

    /** Begins to build a frame. */
    void begin();

    /**
     * Adds a payload, in order and without a gap.
     *
     * @param payload one that {@link #read} took
     * @param offset first byte
     * @param length count of bytes
     * @param out the frame so far
     * @return false if the payloads do not fit together
     */
    boolean append(byte[] payload, int offset, int length, FrameBytes out);

    /**
     * Ends the frame.
     *
     * @param out the frame
     * @return false if something is missing at its end
     */
    boolean end(FrameBytes out);
}
