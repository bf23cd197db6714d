package dev.yodel.media.loop;

import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.OggOpusReader;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Plays an Ogg/Opus file at its own pace without decoding it: a {@link FramePlayer} over an {@link OggOpusReader}. The
 * file is opened and read on a worker. It knows no tracks.
 */
public final class OggOpusPlayer {
    private OggOpusPlayer() {}

    private static final class FileSource implements FramePlayer.Source {
        private final Path file;
        private @Nullable OggOpusReader reader;

        FileSource(Path file) {
            this.file = file;
        }

        @Override
        public @Nullable EncodedFrame next() throws IOException {
            OggOpusReader current = reader;
            if (current == null) {
                current = OggOpusReader.open(file);
                reader = current;
            }
            return current.next();
        }

        @Override
        public void close() throws IOException {
            OggOpusReader current = reader;
            if (current != null) {
                current.close();
            }
        }
    }

    /**
     * A player for a file; its failures, a missing file included, arrive at its end.
     *
     * @param environment gives the workers
     * @param loop where frames are sent
     * @param file to play
     * @param sink gets the frames, each with its duration
     * @param end is told when it is over
     * @return a player to be started
     */
    public static FramePlayer of(
            Environment environment, Loop loop, Path file, FramePlayer.Sink sink, FramePlayer.End end) {
        return new FramePlayer(environment, loop, new FileSource(file), sink, end);
    }
}
