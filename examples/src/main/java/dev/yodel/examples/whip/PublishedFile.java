package dev.yodel.examples.whip;

import dev.yodel.media.file.WebmReader;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.OggOpusPlayer;
import dev.yodel.webrtc.WebmPlayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A file to be published, and a track for each of its parts. It is opened once before anybody is asked. */
final class PublishedFile {
    private final Path file;
    private final boolean webm;
    private final List<EncodedTrack> tracks;

    private PublishedFile(Path file, boolean webm, List<EncodedTrack> tracks) {
        this.file = file;
        this.webm = webm;
        this.tracks = List.copyOf(tracks);
    }

    static PublishedFile open(Path file) throws IOException {
        final String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".ogg") || name.endsWith(".opus")) {
            if (!file.toFile().canRead()) {
                throw new IOException(file + " cannot be read");
            }
            return new PublishedFile(file, false, List.of(EncodedTrack.opus("sound")));
        }
        if (!name.endsWith(".webm")) {
            throw new IOException(file + " is none of .webm, .ogg and .opus");
        }
        final List<EncodedTrack> made = new ArrayList<>();
        try (WebmReader reader = WebmReader.open(file)) {
            boolean sound = false;
            boolean picture = false;
            for (final WebmTrack track : reader.tracks()) {
                final EncodedTrack one = trackFor(track.encodingName());
                if (one != null && !(track.video() ? picture : sound)) {
                    made.add(one);
                    picture |= track.video();
                    sound |= !track.video();
                }
            }
            if (made.isEmpty()) {
                throw new IOException(file + " has " + reader.tracks() + "; Opus, VP8, VP9 and AV1 can be sent");
            }
        }
        return new PublishedFile(file, true, made);
    }

    private static @Nullable EncodedTrack trackFor(String encodingName) {
        return switch (encodingName) {
            case "opus" -> EncodedTrack.opus("sound");
            case "VP8" -> EncodedTrack.vp8("picture");
            case "VP9" -> EncodedTrack.vp9("picture");
            case "AV1" -> EncodedTrack.av1("picture");
            default -> null;
        };
    }

    /** One for sound, one for the picture, or both. */
    List<EncodedTrack> tracks() {
        return tracks;
    }

    /** Plays once; the tracks must have been added to a connection. */
    CompletableFuture<Void> play() {
        return webm
                ? WebmPlayer.play(file, tracks.toArray(new EncodedTrack[0]))
                : OggOpusPlayer.play(file, tracks.get(0));
    }
}
