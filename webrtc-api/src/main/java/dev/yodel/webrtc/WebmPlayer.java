package dev.yodel.webrtc;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.WebmReader;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.media.loop.FramePlayer;
import dev.yodel.media.opus.OpusPacket;
import dev.yodel.webrtc.internal.transport.LocalEncodedTrack;
import dev.yodel.webrtc.internal.transport.MediaSender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Plays WebM files to tracks at their own pace, sound and picture in time, without a codec and without native code. It does not
 * seek, and cannot make the key frames that a receiver asks for: a file whose key frames are far apart may stay dark after a
 * loss. Any thread.
 */
public final class WebmPlayer {
    private static final int VIDEO_CLOCK = 90_000;

    private WebmPlayer() {}

    /** A frame that was read and is to be played. */
    private record Ready(LocalEncodedTrack track, WebmReader.Frame frame) {}

    /** Reads the frames of the wanted tracks; what a frame is for goes another way, in the same order. */
    private static final class FileSource implements FramePlayer.Source {
        private final Path file;
        private final List<LocalEncodedTrack> wanted;
        private final ConcurrentLinkedQueue<Ready> ready;
        private final List<@Nullable LocalEncodedTrack> byPlace = new ArrayList<>();
        private @Nullable WebmReader reader;
        private WebmReader.@Nullable Frame ahead;

        FileSource(Path file, List<LocalEncodedTrack> wanted, ConcurrentLinkedQueue<Ready> ready) {
            this.file = file;
            this.wanted = wanted;
            this.ready = ready;
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
            ahead = read(opened);
            return opened;
        }

        private WebmReader.@Nullable Frame read(WebmReader from) throws IOException {
            WebmReader.Frame frame = from.next();
            while (frame != null && byPlace.get(frame.track()) == null) {
                frame = from.next();
            }
            return frame;
        }

        @Override
        public @Nullable EncodedFrame next() throws IOException {
            WebmReader from = reader == null ? open() : reader;
            WebmReader.Frame frame = ahead;
            if (frame == null) {
                return null;
            }
            ahead = read(from);
            LocalEncodedTrack track = Objects.requireNonNull(byPlace.get(frame.track()));
            ready.add(new Ready(track, frame));
            // Until the next frame of any track; those of one time follow each other at once.
            long gap = ahead == null ? 1 : ahead.timeNanos() - frame.timeNanos();
            return EncodedFrame.ofDuration(frame.data(), Math.max(1, gap));
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
            }
        }
    }

    /**
     * Plays a file once, by the clock of the first connection that the first track was added to. Each track gets what the file
     * has in its codec; the rest is left out.
     *
     * @param file a WebM file, read on a worker thread while it plays
     * @param tracks made by {@link EncodedTrack}'s factories and added to a connection; at least one
     * @return completes when the last frame was handed to the connection; fails with {@link InvalidStateException} if the first
     *     track was added to no connection or a track is stopped while it plays, and with an {@link IOException} if the file
     *     cannot be read or has none of the codecs. Cancelling it stops the player.
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
        MediaSender home = wanted.get(0).firstSender();
        if (home == null) {
            return CompletableFuture.failedFuture(new InvalidStateException("the track \""
                    + wanted.get(0).id() + "\" has no connection that paces it; call addTrack first, then play"));
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        ConcurrentLinkedQueue<Ready> ready = new ConcurrentLinkedQueue<>();
        long startTicks = home.loop().now() / Time.MILLISECOND * VIDEO_CLOCK / 1000;
        FramePlayer player = new FramePlayer(
                home.services().environment(),
                home.loop(),
                new FileSource(file, wanted, ready),
                paced -> {
                    Ready next = ready.poll();
                    if (next != null) {
                        write(next, startTicks, result);
                    }
                },
                failure -> {
                    if (failure == null) {
                        home.loop().execute(() -> result.complete(null));
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
        // Cancelled, or a track was stopped: nothing more is to be read.
        result.whenComplete((done, error) -> player.close());
        try {
            player.start();
        } catch (RejectedExecutionException closed) {
            result.completeExceptionally(new InvalidStateException("the factory of the track's connection is closed"));
        }
        return result;
    }

    private static void write(Ready next, long startTicks, CompletableFuture<Void> result) {
        byte[] data = next.frame.data();
        EncodedFrame frame;
        if (next.track.kind() == MediaKind.VIDEO) {
            long ticks = startTicks + next.frame.timeNanos() / 1000 * VIDEO_CLOCK / 1_000_000;
            frame = EncodedFrame.ofTimestamp(data, ticks & 0xffff_ffffL).withKeyFrame(next.frame.keyFrame());
        } else {
            // A file's milliseconds are too coarse for the clock of sound.
            int samples = OpusPacket.samples(data, 0, data.length);
            frame = EncodedFrame.ofDuration(data, samples > 0 ? samples * Time.SECOND / 48_000 : 20 * Time.MILLISECOND);
        }
        try {
            next.track.write(frame);
        } catch (InvalidStateException stopped) {
            result.completeExceptionally(stopped);
        }
    }
}
