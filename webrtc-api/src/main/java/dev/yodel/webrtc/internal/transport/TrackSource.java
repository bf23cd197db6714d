package dev.yodel.webrtc.internal.transport;

import dev.yodel.webrtc.MediaKind;

/** What a sender can be connected to: every track of ours, local or remote. Any thread. */
public interface TrackSource {
    /**
     * Audio or video.
     *
     * @return the kind
     */
    MediaKind kind();

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
