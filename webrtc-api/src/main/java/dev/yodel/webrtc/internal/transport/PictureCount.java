package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;
import org.jspecify.annotations.Nullable;

/**
 * How many pictures has a sender sent, how large and how often? It looks into the first bytes of VP8 key frames and into no
 * others. Loop thread only.
 */
public final class PictureCount {
    private static final int VP8_KEY_FRAME_HEADER = 10;

    /**
     * The counts of one moment.
     *
     * @param frames pictures sent
     * @param keyFrames those of them that were said to be key frames
     * @param width of the last key frame, 0 if it is not known
     * @param height of the last key frame, 0 if it is not known
     * @param perSecond pictures of the last full second
     * @param huge those with 2.5 times as many bytes as the average of all before them, or more
     */
    public record Snapshot(long frames, long keyFrames, int width, int height, int perSecond, long huge) {}

    /** W3C's hugeFramesSent. */
    private static final double HUGE = 2.5;

    private long frames;
    private long measuredFrames;
    private long measuredBytes;
    private long huge;
    private long keyFrames;
    private int width;
    private int height;
    private long secondBegan = Time.NEVER;
    private int thisSecond;
    private int lastSecond;

    /** A picture that the application encoded. */
    void handleFrame(String codec, byte[] data, boolean keyFrame, long now) {
        if (keyFrame) {
            keyFrames++;
            if (codec.equalsIgnoreCase("VP8")) {
                readVp8(data);
            }
        }
        if (measuredFrames > 0 && data.length >= HUGE * measuredBytes / measuredFrames) {
            huge++;
        }
        measuredFrames++;
        measuredBytes += data.length;
        handleFrame(now);
    }

    /** The last packet of a picture that is only passed on. */
    void handleFrame(long now) {
        frames++;
        roll(now);
        thisSecond++;
    }

    private void roll(long now) {
        if (secondBegan == Time.NEVER || now - secondBegan >= 2 * Time.SECOND) {
            lastSecond = 0;
            thisSecond = 0;
            secondBegan = now;
        } else if (now - secondBegan >= Time.SECOND) {
            lastSecond = thisSecond;
            thisSecond = 0;
            secondBegan += Time.SECOND;
        }
    }

    /** RFC 6386 9.1: a key frame has a start code and its size, with two bits of scaling each. */
    private void readVp8(byte[] data) {
        if (data.length >= VP8_KEY_FRAME_HEADER
                && (data[0] & 1) == 0
                && data[3] == (byte) 0x9d
                && data[4] == 0x01
                && data[5] == 0x2a) {
            width = (data[6] & 0xff) | (data[7] & 0x3f) << 8;
            height = (data[8] & 0xff) | (data[9] & 0x3f) << 8;
        }
    }

    /** The counts; null before the first picture. */
    @Nullable
    Snapshot snapshot(long now) {
        if (frames == 0) {
            return null;
        }
        roll(now);
        return new Snapshot(frames, keyFrames, width, height, lastSecond > 0 ? lastSecond : thisSecond, huge);
    }
}
