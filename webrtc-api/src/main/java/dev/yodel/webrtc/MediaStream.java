package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.internal.MediaStreamImpl;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * W3C's MediaStream: a name for tracks that belong together. It moves no media. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/mediacapture-streams/#mediastream">Media Capture and Streams, 4.2</a>
 */
public interface MediaStream {
    /**
     * A stream with a random id and no tracks.
     *
     * @return the stream
     */
    static MediaStream create() {
        return MediaStreamImpl.local(java.util.UUID.randomUUID().toString());
    }

    /**
     * A stream with a chosen id, which peers see.
     *
     * @param id 1 to 64 visible ASCII characters
     * @return the stream, without tracks
     * @throws IllegalArgumentException if the id could not stand in a description (RFC 8830 2)
     */
    static MediaStream create(String id) {
        return MediaStreamImpl.local(id);
    }

    /**
     * The name.
     *
     * @return the id
     */
    String id();

    /**
     * Whether a track of it lives.
     *
     * @return true if so
     */
    boolean active();

    /**
     * All tracks.
     *
     * @return an immutable list
     */
    List<MediaStreamTrack> getTracks();

    /**
     * The audio tracks.
     *
     * @return an immutable list
     */
    List<MediaStreamTrack> getAudioTracks();

    /**
     * The video tracks.
     *
     * @return an immutable list
     */
    List<MediaStreamTrack> getVideoTracks();

    /**
     * Looks a track up.
     *
     * @param trackId the track's id
     * @return null if it is not here
     */
    @Nullable
    MediaStreamTrack getTrackById(String trackId);

    /**
     * Adds a track; fires nothing, as W3C says.
     *
     * @param track the track
     */
    void addTrack(MediaStreamTrack track);

    /**
     * Removes a track; fires nothing, as W3C says.
     *
     * @param track the track
     */
    void removeTrack(MediaStreamTrack track);

    /**
     * W3C's addtrack: the peer added a track.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onAddTrack(Consumer<MediaStreamTrackEvent> listener);

    /**
     * W3C's removetrack: the peer removed a track.
     *
     * @param listener runs on the connection's lane
     * @return removes it
     */
    Registration onRemoveTrack(Consumer<MediaStreamTrackEvent> listener);
}
