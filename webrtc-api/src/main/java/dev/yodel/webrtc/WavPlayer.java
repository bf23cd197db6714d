package dev.yodel.webrtc;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.file.WavReader;
import dev.yodel.media.loop.FramePlayer;
import dev.yodel.webrtc.internal.transport.FilePlayback;
import dev.yodel.webrtc.internal.transport.LocalAudioTrack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Plays WAV files to a track of raw audio at their own pace; the track encodes. It does not seek or mix. Any thread. */
public final class WavPlayer {
    private static final int PIECES_PER_SECOND = 50;

    private WavPlayer() {}

    /** Carries 20 ms of samples as the bytes of a frame. */
    private static final class Pieces implements FramePlayer.Source {
        private final Path file;
        private @Nullable WavReader reader;
        private short[] samples = {};

        Pieces(Path file) {
            this.file = file;
        }

        @Override
        public @Nullable EncodedFrame next() throws IOException {
            WavReader from = reader;
            if (from == null) {
                from = WavReader.open(file);
                reader = from;
                if (from.channels() > 2 || from.sampleRateHz() < 8_000 || from.sampleRateHz() > 192_000) {
                    throw new IOException(file + " has " + from.channels() + " channels at " + from.sampleRateHz()
                            + " Hz; one or two channels at 8000 to 192000 Hz can be played");
                }
                samples = new short[from.sampleRateHz() / PIECES_PER_SECOND * from.channels()];
            }
            int moments = from.read(samples, 0, samples.length / from.channels());
            if (moments <= 0) {
                return null;
            }
            int count = moments * from.channels();
            ByteBuffer bytes = ByteBuffer.allocate(5 + 2 * count);
            bytes.putInt(from.sampleRateHz()).put((byte) from.channels());
            bytes.asShortBuffer().put(samples, 0, count);
            return EncodedFrame.ofDuration(bytes.array(), moments * Time.SECOND / from.sampleRateHz());
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
            }
        }
    }

    private static PcmFrame pcm(EncodedFrame piece) {
        ByteBuffer bytes = ByteBuffer.wrap(piece.data());
        int rate = bytes.getInt();
        int channels = bytes.get();
        short[] samples = new short[bytes.remaining() / 2];
        bytes.asShortBuffer().get(samples);
        return new PcmFrame(samples, rate, channels);
    }

    /**
     * Plays a file once, by the clock of the first connection that the track was added to.
     *
     * @param file a WAV file of one or two channels, read on a worker thread while it plays
     * @param track made by {@link AudioTrack}'s factories and added to a connection
     * @return completes when the last sample was handed to the track; fails with {@link InvalidStateException} if the
     *     track was added to no connection or is stopped while it plays, and with an {@link IOException} if the file
     *     cannot be read. Cancelling it stops the player.
     */
    public static CompletableFuture<Void> play(Path file, AudioTrack track) {
        Objects.requireNonNull(file, "file");
        if (!(track instanceof LocalAudioTrack local)) {
            throw new IllegalArgumentException("give a track that was made by AudioTrack, not " + track);
        }
        return FilePlayback.play(local, new Pieces(file), piece -> local.write(pcm(piece)));
    }
}
