package dev.yodel.webrtc.internal.transport;

import java.util.List;

/**
 * The negotiated media of one transport, by value. Applying a plan changes only what differs from the one before.
 *
 * @param sections the accepted m-sections of audio and video
 * @param reducedSizeRtcp whether both ends said rtcp-rsize (RFC 5506)
 * @param cryptex whether both ends take encrypted header extensions (RFC 9335)
 */
public record MediaPlan(List<MediaSectionPlan> sections, boolean reducedSizeRtcp, boolean cryptex) {
    /** No media. */
    public static final MediaPlan EMPTY = new MediaPlan(List.of(), false, false);

    public MediaPlan {
        sections = List.copyOf(sections);
    }
}
