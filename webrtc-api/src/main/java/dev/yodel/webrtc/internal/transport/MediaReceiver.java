package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.webrtc.MediaStreamTrackState;
import java.util.Objects;

/**
 * Where the media of one m-section goes: to its track. It tells the first packet after a silence, because W3C unmutes the
 * track then. Loop thread only, but for {@link #track()}.
 */
public final class MediaReceiver {
    private final Loop loop;
    private final ReceivedTrack track;
    private final HeardSources sources = new HeardSources();
    private final ListenerList<MediaReceiver> ssrcListeners = new ListenerList<>();
    private final ListenerList<MediaReceiver> csrcListeners = new ListenerList<>();
    private boolean flowing;
    private int sourceChanges;
    private Runnable keyFrameRequest = () -> {};
    private long pictures;

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

    /**
     * Who was heard.
     *
     * @return never changes
     */
    public HeardSources sources() {
        return sources;
    }

    /**
     * Who wants to know when another stream is received; called on the connection's lane.
     *
     * @return the listeners
     */
    public ListenerList<MediaReceiver> ssrcListeners() {
        return ssrcListeners;
    }

    /**
     * Who wants to know when others contribute; called on the connection's lane.
     *
     * @return the listeners
     */
    public ListenerList<MediaReceiver> csrcListeners() {
        return csrcListeners;
    }

    /** Pictures whose last packet has come, if it is video. Loop thread. */
    long pictures() {
        return pictures;
    }

    /** Whether there is news for {@link #ssrcListeners} or {@link #csrcListeners}; it is taken with the answer. */
    int takeSourceChanges() {
        int changes = sourceChanges;
        sourceChanges = 0;
        return changes;
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
        if (packet.marker && packet.payloadLength > 0) {
            pictures++;
        }
        if (track.readyState() == MediaStreamTrackState.LIVE && packet.payloadLength > 0) {
            int changes = sources.handlePacket(packet);
            sourceChanges |= changes
                    & ((ssrcListeners.isEmpty() ? 0 : HeardSources.SSRC_CHANGED)
                            | (csrcListeners.isEmpty() ? 0 : HeardSources.CSRC_CHANGED));
        }
        if (track.decoded().takeKeyFrameWish()) {
            keyFrameRequest.run();
        }
        if (flowing) {
            return false;
        }
        flowing = true;
        return true;
    }

    /** Nothing comes any more. */
    void close() {
        track.decoded().stopVideo();
    }

    /** The peer stopped sending; true if it had been sending. */
    boolean silence() {
        boolean was = flowing;
        flowing = false;
        return was;
    }
}
