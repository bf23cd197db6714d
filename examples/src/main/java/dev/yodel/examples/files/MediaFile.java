package dev.yodel.examples.files;

import dev.yodel.media.file.AnnexBReader;
import dev.yodel.media.file.IvfReader;
import dev.yodel.media.file.WebmReader;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.OggOpusPlayer;
import dev.yodel.webrtc.VideoFilePlayer;
import dev.yodel.webrtc.WavPlayer;
import dev.yodel.webrtc.WebmPlayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A media file that can be played, and the tracks for it. What it is, its name tells; it is opened once at the
 * beginning, so that a wrong one is found before anybody is called.
 */
public final class MediaFile {
    private final List<MediaStreamTrack> tracks;
    private final Supplier<CompletableFuture<Void>> player;

    private MediaFile(List<? extends MediaStreamTrack> tracks, Supplier<CompletableFuture<Void>> player) {
        this.tracks = List.copyOf(tracks);
        this.player = player;
    }

    /**
     * Looks into a file.
     *
     * @param file whose name tells its kind
     * @param framesPerSecond counts for byte streams of H.264 and H.265, which do not say it
     * @return the file, not playing
     * @throws IOException if it cannot be read or holds nothing that can be played; in words
     */
    public static MediaFile open(Path file, double framesPerSecond) throws IOException {
        return switch (extension(file)) {
            case "ogg", "opus" -> {
                final EncodedTrack track = EncodedTrack.opus("sound");
                yield new MediaFile(List.of(track), () -> OggOpusPlayer.play(file, track));
            }
            case "wav" -> {
                final AudioTrack track = AudioTrack.opus("sound");
                yield new MediaFile(List.of(track), () -> WavPlayer.play(file, track));
            }
            case "ivf" -> {
                final EncodedTrack track = ivf(file);
                yield new MediaFile(List.of(track), () -> VideoFilePlayer.playIvf(file, track));
            }
            case "h264", "264", "avc", "h265", "265", "hevc" -> {
                final EncodedTrack track =
                        AnnexBReader.isH265(file) ? EncodedTrack.h265("picture") : EncodedTrack.h264("picture");
                yield new MediaFile(List.of(track), () -> VideoFilePlayer.playAnnexB(file, framesPerSecond, track));
            }
            case "webm" -> {
                final EncodedTrack[] made = webm(file);
                yield new MediaFile(List.of(made), () -> WebmPlayer.play(file, made));
            }
            default -> throw new IOException(file + " is none of .webm, .ogg, .opus, .wav, .ivf, .h264 and .h265");
        };
    }

    static String extension(Path file) {
        final String name = file.toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static EncodedTrack ivf(Path file) throws IOException {
        try (IvfReader reader = IvfReader.open(file)) {
            final EncodedTrack track = video(reader.encodingName());
            if (track == null) {
                throw new IOException(file + " holds " + reader.encodingName() + "; VP8, VP9 and AV1 can be played");
            }
            return track;
        }
    }

    private static EncodedTrack[] webm(Path file) throws IOException {
        final List<EncodedTrack> made = new ArrayList<>();
        boolean sound = false;
        boolean picture = false;
        try (WebmReader reader = WebmReader.open(file)) {
            for (final WebmTrack track : reader.tracks()) {
                final EncodedTrack one =
                        track.encodingName().equals("opus") ? EncodedTrack.opus("sound") : video(track.encodingName());
                if (one != null && !(track.video() ? picture : sound)) {
                    made.add(one);
                    picture |= track.video();
                    sound |= !track.video();
                }
            }
            if (made.isEmpty()) {
                throw new IOException(file + " has " + reader.tracks() + "; Opus, VP8, VP9 and AV1 can be played");
            }
        }
        return made.toArray(new EncodedTrack[0]);
    }

    private static @Nullable EncodedTrack video(String encodingName) {
        return switch (encodingName) {
            case "VP8" -> EncodedTrack.vp8("picture");
            case "VP9" -> EncodedTrack.vp9("picture");
            case "AV1" -> EncodedTrack.av1("picture");
            default -> null;
        };
    }

    /**
     * What to add to a connection.
     *
     * @return one for sound, one for the picture, or both
     */
    public List<MediaStreamTrack> tracks() {
        return tracks;
    }

    /**
     * Plays once; the tracks must have been added to a connection.
     *
     * @return completes when all was handed over
     */
    public CompletableFuture<Void> play() {
        return player.get();
    }
}
