package dev.yodel.webrtc;

import dev.yodel.media.file.AnnexBReader;
import dev.yodel.media.file.IvfReader;
import dev.yodel.media.file.WebmReader;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.webrtc.internal.transport.FilePlayback;
import dev.yodel.webrtc.internal.transport.LocalEncodedTrack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Plays IVF files (VP8, VP9, AV1) and byte streams of H.264 and H.265 (Annex B) to a track at their own pace, without
 * a codec and without native code. It does not seek, and cannot make the key frames that a receiver asks for. Any
 * thread.
 */
public final class VideoFilePlayer {
    private VideoFilePlayer() {}

    private interface Pictures {
        WebmReader.@Nullable Frame next() throws IOException;
    }

    private abstract static class File implements FilePlayback.Entries {
        private final LocalEncodedTrack track;
        private @Nullable Pictures pictures;

        File(LocalEncodedTrack track) {
            this.track = track;
        }

        /** Opens the file. */
        abstract Pictures open() throws IOException;

        abstract boolean isKeyFrame(WebmReader.Frame frame);

        /** A track sends one codec only. */
        void check(Path file, String encodingName) throws IOException {
            if (!encodingName.equalsIgnoreCase(track.encoding())) {
                throw new IOException(file + " holds " + encodingName + ", but the track takes " + track.encoding());
            }
        }

        @Override
        public FilePlayback.@Nullable Entry next() throws IOException {
            Pictures opened = pictures;
            if (opened == null) {
                opened = open();
                pictures = opened;
            }
            WebmReader.Frame frame = opened.next();
            return frame == null
                    ? null
                    : new FilePlayback.Entry(track, frame.data(), frame.timeNanos(), isKeyFrame(frame));
        }
    }

    private static final class Ivf extends File {
        private final Path path;
        private @Nullable IvfReader reader;

        Ivf(Path path, LocalEncodedTrack track) {
            super(track);
            this.path = path;
        }

        @Override
        Pictures open() throws IOException {
            IvfReader opened = IvfReader.open(path);
            reader = opened;
            check(path, opened.encodingName());
            return opened::next;
        }

        @Override
        boolean isKeyFrame(WebmReader.Frame frame) {
            // The file does not say; the frame itself does.
            return reader != null && WebmTrack.video(reader.encodingName(), frame.data()) != null;
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
            }
        }
    }

    private static final class AnnexB extends File {
        private final Path path;
        private final double framesPerSecond;
        private @Nullable AnnexBReader reader;

        AnnexB(Path path, double framesPerSecond, LocalEncodedTrack track) {
            super(track);
            this.path = path;
            this.framesPerSecond = framesPerSecond;
        }

        @Override
        Pictures open() throws IOException {
            AnnexBReader opened = AnnexBReader.open(path, framesPerSecond);
            reader = opened;
            check(path, opened.encodingName());
            return opened::next;
        }

        @Override
        boolean isKeyFrame(WebmReader.Frame frame) {
            return frame.keyFrame();
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
            }
        }
    }

    /**
     * Plays an IVF file once, by the clock of the first connection that the track was added to.
     *
     * @param file read on a worker thread while it plays
     * @param track made by one of {@link EncodedTrack}'s factories for the file's codec, and added to a connection
     * @return completes when the last picture was handed to the connection; fails with {@link InvalidStateException} if the
     *     track was added to no connection or is stopped while it plays, and with an {@link IOException} if the file cannot be
     *     read or has another codec. Cancelling it stops the player.
     */
    public static CompletableFuture<Void> playIvf(Path file, EncodedTrack track) {
        LocalEncodedTrack local = local(track);
        return FilePlayback.play(local, new Ivf(Objects.requireNonNull(file, "file"), local));
    }

    /**
     * Plays a byte stream of H.264 or H.265 once, by the clock of the first connection that the track was added to. What it
     * holds, the file's name tells ({@link AnnexBReader#open}).
     *
     * @param file read on a worker thread while it plays
     * @param framesPerSecond pictures in a second, which the file does not say: more than 0 and at most 1,000
     * @param track made by {@link EncodedTrack#h264} or {@link EncodedTrack#h265}, and added to a connection
     * @return as {@link #playIvf}
     */
    public static CompletableFuture<Void> playAnnexB(Path file, double framesPerSecond, EncodedTrack track) {
        if (!(framesPerSecond > 0 && framesPerSecond <= 1_000)) {
            throw new IllegalArgumentException("framesPerSecond must be up to 1000, was " + framesPerSecond);
        }
        LocalEncodedTrack local = local(track);
        return FilePlayback.play(local, new AnnexB(Objects.requireNonNull(file, "file"), framesPerSecond, local));
    }

    private static LocalEncodedTrack local(EncodedTrack track) {
        if (!(track instanceof LocalEncodedTrack local)) {
            throw new IllegalArgumentException("give a track that was made by EncodedTrack, not " + track);
        }
        return local;
    }
}
