package dev.yodel.rtp;

import java.util.Map;

/**
 * The identifiers that SDP ({@code extmap}, RFC 8285) gave to the header extensions this stack understands; 0 means not
 * negotiated. Other extensions are ignored. Immutable.
 *
 * @param mid {@link #MID}
 * @param rid {@link #RID}
 * @param repairedRid {@link #REPAIRED_RID}
 * @param audioLevel {@link #AUDIO_LEVEL}
 * @param absSendTime {@link #ABS_SEND_TIME}
 * @param transportCc {@link #TRANSPORT_CC}
 * @param captureTime {@link FrameExtension#CAPTURE_TIME}
 * @param playoutDelay {@link FrameExtension#PLAYOUT_DELAY}
 * @param orientation {@link FrameExtension#ORIENTATION}
 * @param colorSpace {@link FrameExtension#COLOR_SPACE}
 * @param layersAllocation {@link FrameExtension#LAYERS_ALLOCATION}
 * @param dependencyDescriptor {@link FrameExtension#DEPENDENCY_DESCRIPTOR}
 */
public record HeaderExtensionIds(
        int mid,
        int rid,
        int repairedRid,
        int audioLevel,
        int absSendTime,
        int transportCc,
        int captureTime,
        int playoutDelay,
        int orientation,
        int colorSpace,
        int layersAllocation,
        int dependencyDescriptor) {
    /** RFC 9143: which media section a packet belongs to. */
    public static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /** RFC 8852: which encoding of a simulcast. */
    public static final String RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

    /** RFC 8852: which encoding a repair packet belongs to. */
    public static final String REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

    /** RFC 6464: client-to-mixer audio level. */
    public static final String AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /** Absolute send time, 24 bits of 6.18 seconds. */
    public static final String ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    /** Transport-wide sequence number. */
    public static final String TRANSPORT_CC =
            "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    /** No extension negotiated. */
    public static final HeaderExtensionIds NONE = new HeaderExtensionIds(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if an identifier is not 0 to 255
     */
    public HeaderExtensionIds {
        check(mid);
        check(rid);
        check(repairedRid);
        check(audioLevel);
        check(absSendTime);
        check(transportCc);
        check(captureTime);
        check(playoutDelay);
        check(orientation);
        check(colorSpace);
        check(layersAllocation);
        check(dependencyDescriptor);
    }

    private static void check(int id) {
        if (id < 0 || id > 255) {
            throw new IllegalArgumentException("a header extension identifier is 1 to 255, or 0 for none; was " + id);
        }
    }

    /**
     * Takes the known ones of a negotiated set.
     *
     * @param idsByUri identifier by URI, unknown URIs are ignored
     * @return the identifiers
     */
    public static HeaderExtensionIds of(Map<String, Integer> idsByUri) {
        return new HeaderExtensionIds(
                idsByUri.getOrDefault(MID, 0),
                idsByUri.getOrDefault(RID, 0),
                idsByUri.getOrDefault(REPAIRED_RID, 0),
                idsByUri.getOrDefault(AUDIO_LEVEL, 0),
                idsByUri.getOrDefault(ABS_SEND_TIME, 0),
                idsByUri.getOrDefault(TRANSPORT_CC, 0),
                idsByUri.getOrDefault(FrameExtension.CAPTURE_TIME.uri(), 0),
                idsByUri.getOrDefault(FrameExtension.PLAYOUT_DELAY.uri(), 0),
                idsByUri.getOrDefault(FrameExtension.ORIENTATION.uri(), 0),
                idsByUri.getOrDefault(FrameExtension.COLOR_SPACE.uri(), 0),
                idsByUri.getOrDefault(FrameExtension.LAYERS_ALLOCATION.uri(), 0),
                idsByUri.getOrDefault(FrameExtension.DEPENDENCY_DESCRIPTOR.uri(), 0));
    }

    /**
     * The identifier of an extension that speaks of frames.
     *
     * @param extension which
     * @return 1 to 255, or 0 if it was not negotiated
     */
    public int id(FrameExtension extension) {
        return switch (extension) {
            case CAPTURE_TIME -> captureTime;
            case PLAYOUT_DELAY -> playoutDelay;
            case ORIENTATION -> orientation;
            case COLOR_SPACE -> colorSpace;
            case LAYERS_ALLOCATION -> layersAllocation;
            case DEPENDENCY_DESCRIPTOR -> dependencyDescriptor;
        };
    }
}
