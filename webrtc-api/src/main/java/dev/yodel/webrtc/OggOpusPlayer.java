package dev.yodel.webrtc;

import dev.yodel.media.loop.FramePlayer;
import dev.yodel.webrtc.internal.transport.LocalEncodedTrack;
import dev.yodel.webrtc.internal.transport.MediaSender;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

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
        MediaSender home = local.firstSender();
        if (home == null) {
            return CompletableFuture.failedFuture(new InvalidStateException("the track \"" + track.id()
                    + "\" has no connection that paces it; call addTrack first, then play"));
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        FramePlayer player = dev.yodel.media.loop.OggOpusPlayer.of(
                home.services().environment(),
                home.loop(),
                file,
                frame -> {
                    try {
                        local.write(frame);
                    } catch (InvalidStateException stopped) {
                        result.completeExceptionally(stopped);
                    }
                },
                failure -> {
                    if (failure == null) {
                        // Behind the command that carries the last frame.
                        home.loop().execute(() -> result.complete(null));
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
        // Cancelled, or the track was stopped: nothing more is to be read.
        result.whenComplete((done, error) -> player.close());
        try {
            player.start();
        } catch (RejectedExecutionException closed) {
            result.completeExceptionally(new InvalidStateException("the factory of the track's connection is closed"));
        }
        return result;
    }
}
