package dev.yodel.media.opus;

import java.util.Objects;

/** What an Opus packet says about itself without being decoded (RFC 6716 3). Stateless, pure Java. */
public final class OpusPacket {
    /** The RTP clock and the unit of all durations here, whatever the audio's real bandwidth (RFC 7587 4.1). */
    public static final int CLOCK_RATE_HZ = 48_000;

    /** The longest packet: 120 ms (RFC 6716 3.2.5, R5). */
    public static final int MAX_SAMPLES = 5760;

    /** What is returned for bytes that cannot be an Opus packet. */
    public static final int MALFORMED = -1;

    private static final int[] SILK_SAMPLES = {480, 960, 1920, 2880};

    private OpusPacket() {}

    /**
     * How long a packet plays.
     *
     * @param data holds the packet, read only
     * @param offset first byte
     * @param length count of bytes
     * @return samples at 48 kHz, 120 to {@link #MAX_SAMPLES}, or {@link #MALFORMED}
     */
    public static int samples(byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length < 1) {
            return MALFORMED;
        }
        int toc = data[offset];
        int frames;
        switch (toc & 3) {
            case 0 -> frames = 1;
            case 1, 2 -> frames = 2;
            default -> {
                if (length < 2) {
                    return MALFORMED;
                }
                frames = data[offset + 1] & 0x3f;
            }
        }
        int samples = frames * frameSamples(toc);
        return samples == 0 || samples > MAX_SAMPLES ? MALFORMED : samples;
    }

    /**
     * Whether the packet was encoded from two channels; a decoder may output either.
     *
     * @param toc the first byte
     * @return true for stereo
     */
    public static boolean isStereo(byte toc) {
        return (toc & 4) != 0;
    }

    /**
     * Whether a packet describes the one before it (in-band FEC): whether its first frame says so (RFC 6716 4.2.3 and
     * 4.2.4).
     *
     * @param data holds the packet, read only
     * @param offset first byte
     * @param length count of bytes
     * @return false too for bytes that cannot be an Opus packet
     */
    public static boolean describesPrevious(byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length < 2 || (data[offset] & 0x80) != 0) {
            // CELT alone has nothing of the kind.
            return false;
        }
        int first = firstFrame(data, offset, length);
        if (first < 0) {
            return false;
        }
        // The flags have equal odds, so they are the first bits as they stand: of each channel a bit of voice
        // activity for every SILK frame, and the one that is asked for.
        int silkFrames = Math.max(1, frameSamples(data[offset]) / 960);
        int flags = data[first];
        boolean mid = (flags >> (7 - silkFrames) & 1) != 0;
        return mid || (isStereo(data[offset]) && (flags >> (6 - 2 * silkFrames) & 1) != 0);
    }

    /** Where the first frame begins (RFC 6716 3.2), or -1 if it is empty or the packet too short. */
    private static int firstFrame(byte[] data, int offset, int length) {
        int end = offset + length;
        int at = offset + 1;
        boolean sized = false;
        int code = data[offset] & 3;
        if (code == 2) {
            sized = true;
        } else if (code == 3) {
            int count = data[at++] & 0xff;
            sized = (count & 0x80) != 0 && (count & 0x3f) > 1;
            if ((count & 0x40) != 0) {
                // RFC 6716 3.2.5: each byte of 255 is followed by another one.
                while (at < end && (data[at] & 0xff) == 255) {
                    at++;
                }
                at++;
            }
        }
        if (sized && at < end) {
            int size = data[at] & 0xff;
            if (size == 0) {
                return -1;
            }
            at += size < 252 ? 1 : 2;
        }
        return at < end ? at : -1;
    }

    /** RFC 6716 3.1, table 2: the configuration number gives mode, bandwidth and duration of each frame. */
    private static int frameSamples(int toc) {
        int configuration = (toc >> 3) & 0x1f;
        if (configuration < 12) {
            return SILK_SAMPLES[configuration & 3];
        }
        if (configuration < 16) {
            return (configuration & 1) == 0 ? 480 : 960;
        }
        return 120 << (configuration & 3);
    }
}
