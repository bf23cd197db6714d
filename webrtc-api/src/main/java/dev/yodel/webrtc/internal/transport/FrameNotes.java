package dev.yodel.webrtc.internal.transport;

import dev.yodel.media.FrameMetadata;
import dev.yodel.rtp.FrameExtension;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.rtp.extension.ColorSpace;
import dev.yodel.rtp.extension.PlayoutDelay;
import dev.yodel.rtp.extension.VideoLayersAllocation;
import dev.yodel.rtp.extension.VideoOrientation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What do the packets of one stream say of its frames? What was said of one frame holds for those after it until
 * something else is said; a time of capture is reckoned on. Bounded: the latest {@link #FRAMES} frames. Loop thread
 * only.
 */
final class FrameNotes {
    static final int FRAMES = 64;

    private final long[] timestamps = new long[FRAMES];
    private final FrameMetadata[] said = new FrameMetadata[FRAMES];
    private final int clockRateHz;
    private FrameMetadata latest = FrameMetadata.NONE;
    private @Nullable AbsoluteCaptureTime anchor;
    private long anchorTimestamp;
    private int next;
    private boolean anything;

    FrameNotes(int clockRateHz) {
        this.clockRateHz = clockRateHz;
        Arrays.fill(timestamps, -1);
        Arrays.fill(said, FrameMetadata.NONE);
    }

    /** Takes what a packet says; true if it says something about the delay. */
    boolean onPacket(ReceivedPacket packet) {
        FrameMetadata before = latest;
        boolean delay = false;
        int length = packet.extensionLength(FrameExtension.CAPTURE_TIME);
        if (length > 0) {
            AbsoluteCaptureTime time =
                    AbsoluteCaptureTime.parse(packet.data, packet.extensionOffset(FrameExtension.CAPTURE_TIME), length);
            if (time != null) {
                anchor = time;
                anchorTimestamp = packet.rtpTimestamp;
                anything = true;
            }
        }
        length = packet.extensionLength(FrameExtension.PLAYOUT_DELAY);
        if (length > 0) {
            PlayoutDelay value =
                    PlayoutDelay.parse(packet.data, packet.extensionOffset(FrameExtension.PLAYOUT_DELAY), length);
            delay = value != null && !value.equals(latest.playoutDelay());
            latest = value == null ? latest : latest.withPlayoutDelay(value);
        }
        length = packet.extensionLength(FrameExtension.ORIENTATION);
        if (length > 0) {
            VideoOrientation value =
                    VideoOrientation.parse(packet.data, packet.extensionOffset(FrameExtension.ORIENTATION), length);
            latest = value == null ? latest : latest.withOrientation(value);
        }
        length = packet.extensionLength(FrameExtension.COLOR_SPACE);
        if (length > 0) {
            ColorSpace value =
                    ColorSpace.parse(packet.data, packet.extensionOffset(FrameExtension.COLOR_SPACE), length);
            latest = value == null ? latest : latest.withColorSpace(value);
        }
        length = packet.extensionLength(FrameExtension.LAYERS_ALLOCATION);
        if (length > 0) {
            VideoLayersAllocation value = VideoLayersAllocation.parse(
                    packet.data, packet.extensionOffset(FrameExtension.LAYERS_ALLOCATION), length);
            latest = value == null ? latest : latest.withLayers(value);
        }
        anything |= !latest.equals(before);
        if (anything) {
            note(packet.rtpTimestamp);
        }
        return delay;
    }

    private void note(long rtpTimestamp) {
        for (int i = 0; i < FRAMES; i++) {
            if (timestamps[i] == rtpTimestamp) {
                said[i] = latest;
                return;
            }
        }
        timestamps[next] = rtpTimestamp;
        said[next] = latest;
        next = (next + 1) % FRAMES;
    }

    /** The bounds that were said last, or null. */
    @Nullable
    PlayoutDelay playoutDelay() {
        return latest.playoutDelay();
    }

    /** What is known of a frame. */
    FrameMetadata of(long rtpTimestamp) {
        if (!anything) {
            return FrameMetadata.NONE;
        }
        FrameMetadata known = latest;
        for (int i = 0; i < FRAMES; i++) {
            if (timestamps[i] == rtpTimestamp) {
                known = said[i];
            }
        }
        AbsoluteCaptureTime time = anchor;
        if (time == null) {
            return known;
        }
        // 32.32 seconds of the distance, which is far below 2^31 units.
        long units = (int) (rtpTimestamp - anchorTimestamp);
        long seconds = Math.floorDiv(units, clockRateHz);
        long rest = Math.floorMod(units, (long) clockRateHz);
        long distance = (seconds << 32) + (rest << 32) / clockRateHz;
        return known.withCaptureTime(new AbsoluteCaptureTime(time.ntpTime() + distance, time.clockOffset()));
    }
}
