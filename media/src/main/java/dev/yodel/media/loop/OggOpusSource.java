package dev.yodel.media.loop;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.OggOpusReader;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The packets of an Ogg/Opus file (RFC 7845) for a {@link FramePlayer}, undecoded. The file is opened by the first call of
 * {@link #next}, so a missing one is a failure of playing. One thread at a time.
 */
public final class OggOpusSource implements FramePlayer.Source {
    private final Path file;
    private @Nullable OggOpusReader reader;

    /**
     * A file that is not opened yet.
     *
     * @param file to play
     */
    public OggOpusSource(Path file) {
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
