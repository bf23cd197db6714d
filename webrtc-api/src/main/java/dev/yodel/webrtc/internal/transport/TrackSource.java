package dev.yodel.webrtc.internal.transport;

import dev.yodel.webrtc.MediaKind;
import org.jspecify.annotations.Nullable;

/** What a sender can be connected to: every track of ours, local or remote. Any thread. */
public interface TrackSource {
    /**
     * Audio or video.
     *
     * @return the kind
     */
    MediaKind kind();

    /**
     * The codec that what it gives is encoded with already.
     *
     * @return an encoding name; null if it is raw, or not known before it comes
     */
    @Nullable
    String encoding();

    /**
     * Media goes to this sender too from now on.
     *
     * @param sender the new output
     */
    void attach(MediaSender sender);

    /**
     * Media goes no longer to this sender.
     *
     * @param sender an output attached before
     */
    void detach(MediaSender sender);
}
