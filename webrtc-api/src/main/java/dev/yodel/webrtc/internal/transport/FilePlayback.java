package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.loop.FramePlayer;
import dev.yodel.media.opus.OpusPacket;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Plays what a file holds to local tracks, all by one clock: that of the connection of the first. Any thread. */
public final class FilePlayback {
    private static final int VIDEO_CLOCK = 90_000;

    private FilePlayback() {}

    /**
     * A frame of a file.
     *
     * @param track where it goes
     * @param data its bytes
     * @param timeNanos from the start of the file, in an order that does not turn back
     * @param keyFrame whether a decoder can start there
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    public record Entry(LocalEncodedTrack track, byte[] data, long timeNanos, boolean keyFrame) {}

    /** What is in a file; called on a worker, one call at a time, and opened by the first. */
    public interface Entries extends Closeable {
        /**
         * The next frame.
         *
         * @return null behind the last one
         * @throws IOException if the file cannot be read
         */
        @Nullable
        Entry next() throws IOException;
    }

    /** Gives each frame the time until the next one; what the frame is for goes another way, in the same order. */
    private static final class Timed implements FramePlayer.Source {
        private final Entries entries;
        private final ConcurrentLinkedQueue<Entry> ready;
        private boolean begun;
        private @Nullable Entry ahead;

        Timed(Entries entries, ConcurrentLinkedQueue<Entry> ready) {
            this.entries = entries;
            this.ready = ready;
        }

        @Override
        public @Nullable EncodedFrame next() throws IOException {
            if (!begun) {
                begun = true;
                ahead = entries.next();
            }
            Entry entry = ahead;
            if (entry == null) {
                return null;
            }
            ahead = entries.next();
            ready.add(entry);
            // Until the next frame of any track; those of one time follow each other at once.
            long gap = ahead == null ? 1 : ahead.timeNanos() - entry.timeNanos();
            return EncodedFrame.ofDuration(entry.data(), Math.max(1, gap));
        }

        @Override
        public void close() throws IOException {
            entries.close();
        }
    }

    /**
     * Plays once.
     *
     * @param first the track whose connection gives the clock
     * @param entries what to play, closed at the end
     * @return completes when the last frame was handed over; fails if the track has no connection, if a track is
     *     stopped, or if the file cannot be read. Cancelling it ends playing.
     */
    public static CompletableFuture<Void> play(LocalEncodedTrack first, Entries entries) {
        ConcurrentLinkedQueue<Entry> ready = new ConcurrentLinkedQueue<>();
        MediaSender home = first.firstSender();
        long startTicks = home == null ? 0 : home.loop().now() / Time.MILLISECOND * VIDEO_CLOCK / 1000;
        return play(first, new Timed(entries, ready), frame -> {
            Entry next = ready.poll();
            if (next != null) {
                next.track().write(timed(next, startTicks));
            }
        });
    }

    private static EncodedFrame timed(Entry next, long startTicks) {
        byte[] data = next.data();
        if (next.track().kind() == MediaKind.VIDEO) {
            long ticks = startTicks + next.timeNanos() / 1000 * VIDEO_CLOCK / 1_000_000;
            return EncodedFrame.ofTimestamp(data, ticks & 0xffff_ffffL).withKeyFrame(next.keyFrame());
        }
        // A file's milliseconds are too coarse for the clock of sound.
        int samples = OpusPacket.samples(data, 0, data.length);
        return EncodedFrame.ofDuration(data, samples > 0 ? samples * Time.SECOND / 48_000 : 20 * Time.MILLISECOND);
    }

    /**
     * Plays once.
     *
     * @param first the track whose connection gives the clock
     * @param source frames with durations, closed at the end
     * @param sink gets each when it is due, on the loop; may say by {@link InvalidStateException} that a track was stopped
     * @return as {@link #play(LocalEncodedTrack, Entries)}
     */
    public static CompletableFuture<Void> play(
            LocalTrack first, FramePlayer.Source source, Consumer<EncodedFrame> sink) {
        MediaSender home = first.firstSender();
        if (home == null) {
            return CompletableFuture.failedFuture(new InvalidStateException("the track \"" + first.id()
                    + "\" has no connection that paces it; call addTrack first, then play"));
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        FramePlayer player = new FramePlayer(
                home.services().environment(),
                home.loop(),
                source,
                frame -> {
                    try {
                        sink.accept(frame);
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
        // Cancelled, or a track was stopped: nothing more is to be read.
        result.whenComplete((done, error) -> player.close());
        try {
            player.start();
        } catch (RejectedExecutionException closed) {
            result.completeExceptionally(new InvalidStateException("the factory of the track's connection is closed"));
        }
        return result;
    }
}
