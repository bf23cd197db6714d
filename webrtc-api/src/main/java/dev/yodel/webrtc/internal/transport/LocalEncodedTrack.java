package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaKind;

/** A track of frames in one codec. Any thread. */
public final class LocalEncodedTrack extends LocalTrack implements EncodedTrack {
    private final String codec;
    private final int clockRateHz;
    private final ListenerList<LocalEncodedTrack> keyFrameRequests = new ListenerList<>();

    public LocalEncodedTrack(MediaKind kind, String id, String codec, int clockRateHz) {
        super(kind, id);
        this.codec = codec;
        this.clockRateHz = clockRateHz;
    }

    String codec() {
        return codec;
    }

    @Override
    public String encoding() {
        return codec;
    }

    int clockRateHz() {
        return clockRateHz;
    }

    @Override
    public void write(EncodedFrame frame) {
        if (!flowing("frames")) {
            return;
        }
        if (senders().isEmpty()) {
            countDropped(1);
            return;
        }
        for (MediaSender sender : senders()) {
            sender.sendFrame(this, frame);
        }
    }

    @Override
    public long droppedFrames() {
        return dropped();
    }

    @Override
    public Registration onKeyFrameRequest(Runnable listener) {
        return keyFrameRequests.add(track -> listener.run());
    }

    /** On the lane of the connection whose peer asks. */
    void requestKeyFrame() {
        keyFrameRequests.fire(this);
    }
}
