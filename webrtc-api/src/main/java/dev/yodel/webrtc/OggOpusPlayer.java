package dev.yodel.webrtc;

import dev.yodel.media.loop.OggOpusSource;
import dev.yodel.webrtc.internal.transport.FilePlayback;
import dev.yodel.webrtc.internal.transport.LocalEncodedTrack;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Plays Ogg/Opus files (RFC 7845) to a track at their own pace, without a codec and without native code. It does not seek
 * or mix. Any thread.
 */
public final class OggOpusPlayer {
    private OggOpusPlayer() {}

    /**
     * Plays a file once, by the clock of the first connection that the track was added to. It paces itself and never
     * blocks the caller.
     *
     * @param file an Ogg/Opus file, read on a worker thread while it plays
     * @param track a track made by {@link EncodedTrack#opus} and added to a connection
     * @return completes when the last packet was handed to the connection; fails with {@link InvalidStateException} if
     *     the track was added to no connection or is stopped while it plays, and with an {@link java.io.IOException} if
     *     the file cannot be read. Cancelling it stops the player.
     */
    public static CompletableFuture<Void> play(Path file, EncodedTrack track) {
        Objects.requireNonNull(file, "file");
        if (!(track instanceof LocalEncodedTrack local)) {
            throw new IllegalArgumentException("give a track that was made by EncodedTrack.opus, not " + track);
        }
        return FilePlayback.play(local, new OggOpusSource(file), local::write);
    }
}
