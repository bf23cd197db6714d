package dev.yodel.webrtc;

import dev.yodel.io.Registration;

/**
 * One stream of audio or video, as W3C's Media Capture and Streams defines it. Local tracks are made by
 * {@link AudioTrack}, {@link EncodedTrack} and {@link RtpTrack}; a {@link RemoteTrack} comes with a receiver and may be
 * given to {@code addTrack} like a local one. Applications do not implement this interface. Every method may be called
 * from any thread.
 */
public interface MediaStreamTrack {
    /**
     * The track's name, unique among the tracks of a connection.
     *
     * @return the id
     */
    String id();

    /**
     * Audio or video.
     *
     * @return the kind
     */
    MediaKind kind();

    /**
     * Words about the source, possibly empty.
     *
     * @return the label
     */
    String label();

    /**
     * Whether media flows through the track; a disabled track sends nothing and gives nothing.
     *
     * @return true at first
     */
    boolean enabled();

    /**
     * Switches the flow of media on or off.
     *
     * @param enabled false sends silence by sending nothing
     */
    void enabled(boolean enabled);

    /**
     * Whether the source gives nothing at the moment, for example because the peer does not send.
     *
     * @return true while muted
     */
    boolean muted();

    /**
     * Whether the track has ended.
     *
     * @return live or ended
     */
    MediaStreamTrackState readyState();

    /** Ends the track for good: {@link #readyState()} is ended; no {@code ended} event is fired, as W3C says. */
    void stop();

    /**
     * The source paused.
     *
     * @param listener runs on the track's lane
     * @return removes the listener
     */
    Registration onMute(Runnable listener);

    /**
     * The source gives media again, or for the first time.
     *
     * @param listener runs on the track's lane
     * @return removes the listener
     */
    Registration onUnmute(Runnable listener);

    /**
     * The source is gone for another reason than {@link #stop()}.
     *
     * @param listener runs on the track's lane
     * @return removes the listener
     */
    Registration onEnded(Runnable listener);
}
