package dev.yodel.webrtc;

import dev.yodel.media.file.WebmReader;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.webrtc.internal.transport.FilePlayback;
import dev.yodel.webrtc.internal.transport.LocalEncodedTrack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Plays WebM files to tracks at their own pace, sound and picture in time, without a codec and without native code.
 * It does not seek, and cannot make the key frames that a receiver asks for: a file whose key frames are far apart
 * may stay dark after a loss. Any thread.
 */
public final class WebmPlayer {
    private WebmPlayer() {}

    /** Reads the frames of the wanted tracks. */
    private static final class WantedFrames implements FilePlayback.Entries {
        private final Path file;
        private final List<LocalEncodedTrack> wanted;
        private final List<@Nullable LocalEncodedTrack> byPlace = new ArrayList<>();
        private @Nullable WebmReader reader;

        WantedFrames(Path file, List<LocalEncodedTrack> wanted) {
            this.file = file;
            this.wanted = wanted;
        }

        private WebmReader open() throws IOException {
            WebmReader opened = WebmReader.open(file);
            reader = opened;
            List<LocalEncodedTrack> free = new ArrayList<>(wanted);
            for (WebmTrack track : opened.tracks()) {
                LocalEncodedTrack found = null;
                for (LocalEncodedTrack one : free) {
                    if (one.encoding().equalsIgnoreCase(track.encodingName())) {
                        found = one;
                        break;
                    }
                }
                free.remove(found);
                byPlace.add(found);
            }
            if (free.size() == wanted.size()) {
                throw new IOException(file + " has " + opened.tracks() + ", and nothing that the given tracks take");
            }
            return opened;
        }

        @Override
        public FilePlayback.@Nullable Entry next() throws IOException {
            WebmReader from = reader == null ? open() : reader;
            WebmReader.Frame frame = from.next();
            while (frame != null) {
                LocalEncodedTrack track = byPlace.get(frame.track());
                if (track != null) {
                    return new FilePlayback.Entry(track, frame.data(), frame.timeNanos(), frame.keyFrame());
                }
                frame = from.next();
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
            }
        }
    }

    /**
     * Plays a file once, by the clock of the first connection that the first track was added to. Each track gets what
     * the file has in its codec; the rest is left out.
     *
     * @param file a WebM file, read on a worker thread while it plays
     * @param tracks made by {@link EncodedTrack}'s factories and added to a connection; at least one
     * @return completes when the last frame was handed to the connection; fails with {@link InvalidStateException} if
     *     the first track was added to no connection or a track is stopped while it plays, and with an {@link
     *     IOException} if the file cannot be read or has none of the codecs. Cancelling it stops the player.
     */
    public static CompletableFuture<Void> play(Path file, EncodedTrack... tracks) {
        Objects.requireNonNull(file, "file");
        List<LocalEncodedTrack> wanted = new ArrayList<>();
        for (EncodedTrack track : tracks) {
            if (!(track instanceof LocalEncodedTrack local)) {
                throw new IllegalArgumentException("give tracks that were made by EncodedTrack, not " + track);
            }
            wanted.add(local);
        }
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("give at least one track");
        }
        return FilePlayback.play(wanted.get(0), new WantedFrames(file, wanted));
    }
}
