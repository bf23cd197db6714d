package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.MediaStreamTrackEvent;
import dev.yodel.webrtc.MediaStreamTrackState;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A stream of ours or of a peer. Any thread; what a peer does comes on the connection's lane. */
public final class MediaStreamImpl implements MediaStream {
    private final String id;
    private final CopyOnWriteArrayList<MediaStreamTrack> tracks = new CopyOnWriteArrayList<>();
    private final ListenerList<MediaStreamTrackEvent> added = new ListenerList<>();
    private final ListenerList<MediaStreamTrackEvent> removed = new ListenerList<>();

    /** A stream of a peer, whose name is taken as it came. */
    MediaStreamImpl(String id) {
        this.id = id;
    }

    /** A stream of ours, whose name must fit into a description. */
    public static MediaStream local(String id) {
        Objects.requireNonNull(id, "id");
        boolean good = !id.isEmpty() && id.length() <= 64 && !id.equals("-");
        for (int i = 0; i < id.length() && good; i++) {
            good = id.charAt(i) > ' ' && id.charAt(i) < 127;
        }
        if (!good) {
            throw new IllegalArgumentException("a stream id has 1 to 64 visible ASCII characters and is not \"-\"");
        }
        return new MediaStreamImpl(id);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean active() {
        return tracks.stream().anyMatch(track -> track.readyState() == MediaStreamTrackState.LIVE);
    }

    @Override
    public List<MediaStreamTrack> getTracks() {
        return List.copyOf(tracks);
    }

    @Override
    public List<MediaStreamTrack> getAudioTracks() {
        return tracks.stream().filter(track -> track.kind() == MediaKind.AUDIO).toList();
    }

    @Override
    public List<MediaStreamTrack> getVideoTracks() {
        return tracks.stream().filter(track -> track.kind() == MediaKind.VIDEO).toList();
    }

    @Override
    public @Nullable MediaStreamTrack getTrackById(String trackId) {
        for (MediaStreamTrack track : tracks) {
            if (track.id().equals(trackId)) {
                return track;
            }
        }
        return null;
    }

    @Override
    public void addTrack(MediaStreamTrack track) {
        tracks.addIfAbsent(Objects.requireNonNull(track, "track"));
    }

    @Override
    public void removeTrack(MediaStreamTrack track) {
        tracks.remove(Objects.requireNonNull(track, "track"));
    }

    @Override
    public Registration onAddTrack(Consumer<MediaStreamTrackEvent> listener) {
        return added.add(listener);
    }

    @Override
    public Registration onRemoveTrack(Consumer<MediaStreamTrackEvent> listener) {
        return removed.add(listener);
    }

    void addRemotely(MediaStreamTrack track) {
        if (tracks.addIfAbsent(track)) {
            added.fire(new MediaStreamTrackEvent(track));
        }
    }

    void removeRemotely(MediaStreamTrack track) {
        if (tracks.remove(track)) {
            removed.fire(new MediaStreamTrackEvent(track));
        }
    }

    @Override
    public String toString() {
        return "stream \"" + id + "\" with " + tracks.size() + " tracks";
    }
}
