package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.rtp.ReceivedPacket;
import java.util.Objects;

/**
 * Where the media of one m-section goes: to its track. It tells the first packet after a silence, because W3C unmutes the
 * track then. Loop thread only, but for {@link #track()}.
 */
public final class MediaReceiver {
    private final Loop loop;
    private final ReceivedTrack track;
    private boolean flowing;
    private Runnable keyFrameRequest = () -> {};

    /**
     * The receiving end of a transceiver.
     *
     * @param loop the connection's loop
     * @param track gets the packets
     */
    public MediaReceiver(Loop loop, ReceivedTrack track) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.track = Objects.requireNonNull(track, "track");
    }

    /**
     * The track.
     *
     * @return never changes
     */
    public ReceivedTrack track() {
        return track;
    }

    /** What a wish for a key frame does from now on: on the loop. */
    void onKeyFrameWish(Runnable request) {
        keyFrameRequest = request;
        track.onKeyFrameWish(() -> {
            try {
                loop.execute(() -> keyFrameRequest.run());
            } catch (java.util.concurrent.RejectedExecutionException closed) {
                // Nothing comes any more.
            }
        });
    }

    /** Takes a packet; true if it is the first since {@link #silence()}. */
    boolean handlePacket(ReceivedPacket packet) {
        track.handlePacket(loop, packet);
        if (track.decoded().takeKeyFrameWish()) {
            keyFrameRequest.run();
        }
        if (flowing) {
            return false;
        }
        flowing = true;
        return true;
    }

    /** The peer stopped sending; true if it had been sending. */
    boolean silence() {
        boolean was = flowing;
        flowing = false;
        return was;
    }
}
