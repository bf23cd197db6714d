package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.MediaStreamTrackState;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all local tracks share: name, state, and the senders they pour into. Any thread. */
abstract class LocalTrack implements MediaStreamTrack, TrackSource {
    private final MediaKind kind;
    private final String id;
    private final Snapshot<MediaSender> senders = new Snapshot<>();
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean enabled = true;
    private volatile boolean ended;

    LocalTrack(MediaKind kind, String id) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.id = Objects.requireNonNull(id, "id");
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a track needs an id that is not empty");
        }
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final MediaKind kind() {
        return kind;
    }

    @Override
    public final String label() {
        return id;
    }

    @Override
    public final boolean enabled() {
        return enabled;
    }

    @Override
    public final void enabled(boolean value) {
        enabled = value;
    }

    @Override
    public final boolean muted() {
        return false;
    }

    @Override
    public final MediaStreamTrackState readyState() {
        return ended ? MediaStreamTrackState.ENDED : MediaStreamTrackState.LIVE;
    }

    @Override
    public void stop() {
        ended = true;
    }

    // A local track is never muted and ends only by stop(), which fires nothing: the three listeners below stay silent,
    // and the registration has nothing to remove.

    @Override
    public final Registration onMute(Runnable listener) {
        Objects.requireNonNull(listener, "listener");
        return () -> {};
    }

    @Override
    public final Registration onUnmute(Runnable listener) {
        return onMute(listener);
    }

    @Override
    public final Registration onEnded(Runnable listener) {
        return onMute(listener);
    }

    @Override
    public final void attach(MediaSender sender) {
        senders.add(sender);
    }

    @Override
    public final void detach(MediaSender sender) {
        senders.remove(sender);
    }

    /** An immutable list of those of now. */
    final List<MediaSender> senders() {
        return senders.get();
    }

    /**
     * The sender of the first connection that the track was added to: it gives the track its clock.
     *
     * @return null while the track was added to none
     */
    public final @Nullable MediaSender firstSender() {
        List<MediaSender> all = senders.get();
        return all.isEmpty() ? null : all.get(0);
    }

    /** Whether media written now goes anywhere at all. */
    final boolean flowing(String what) {
        if (ended) {
            throw new InvalidStateException("the track \"" + id + "\" was stopped and takes no more " + what
                    + "; make a new track and hand it to replaceTrack");
        }
        return enabled;
    }

    final void countDropped(long count) {
        dropped.addAndGet(count);
    }

    final long dropped() {
        return dropped.get();
    }

    @Override
    public String toString() {
        return kind + " track \"" + id + "\" " + readyState() + (enabled ? "" : ", disabled");
    }
}
