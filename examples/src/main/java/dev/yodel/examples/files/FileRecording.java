package dev.yodel.examples.files;

import dev.yodel.io.Registration;
import dev.yodel.media.file.RtpDumpWriter;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.OggOpusRecorder;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.VideoFileRecorder;
import dev.yodel.webrtc.WavRecorder;
import dev.yodel.webrtc.WebmRecorder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records the tracks of a call into the kind of file that its name tells. A WebM file takes sound and picture; others
 * take the first track of their kind. Any thread.
 */
final class FileRecording implements AutoCloseable {
    private final Path file;
    private final String extension;
    private final @Nullable WebmRecorder webm;
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable RtpDumpWriter dump;
    private boolean taken;
    private boolean closed;

    FileRecording(Path file) throws IOException {
        this.file = file;
        extension = MediaFile.extension(file);
        switch (extension) {
            case "webm", "ogg", "opus", "wav", "ivf", "h264", "264", "h265", "265", "hevc", "rtpdump" -> {}
            default ->
                throw new IOException(file + " is none of .webm, .ogg, .opus, .wav, .ivf, .h264, .h265 and .rtpdump");
        }
        webm = extension.equals("webm") ? WebmRecorder.to(file) : null;
    }

    /** The video codec that the file needs, null if any will do. */
    @Nullable
    String videoCodec() {
        return switch (extension) {
            case "h264", "264" -> "video/H264";
            case "h265", "265", "hevc" -> "video/H265";
            default -> null;
        };
    }

    boolean wants(MediaKind kind) {
        return switch (extension) {
            case "webm", "rtpdump" -> true;
            case "ogg", "opus", "wav" -> kind == MediaKind.AUDIO;
            default -> kind == MediaKind.VIDEO;
        };
    }

    /** Records a track, if there is a place for it in the file; says what becomes of it. */
    synchronized String add(RemoteTrack track) throws IOException {
        final String kind = track.kind() == MediaKind.AUDIO ? "sound" : "picture";
        if (closed || !wants(track.kind()) || taken) {
            return "the " + kind + " is not recorded: there is no place for it in " + file;
        }
        if (webm != null) {
            webm.add(track);
        } else if (extension.equals("rtpdump")) {
            dump(track);
        } else {
            taken = true;
            open.add(
                    switch (extension) {
                        case "ogg", "opus" -> OggOpusRecorder.of(file, track);
                        case "wav" -> WavRecorder.of(file, track);
                        default -> VideoFileRecorder.of(file, track);
                    });
        }
        return "recording the " + kind;
    }

    private void dump(RemoteTrack track) throws IOException {
        RtpDumpWriter to = dump;
        final long start = System.nanoTime();
        final long wallNanos = System.currentTimeMillis() * 1_000_000;
        if (to == null) {
            to = RtpDumpWriter.create(file, wallNanos);
            dump = to;
        }
        final RtpDumpWriter into = to;
        final Registration registration = track.onRtp(packet -> {
            synchronized (this) {
                if (!closed) {
                    try {
                        final byte[] data = packet.packet();
                        into.write(false, data, 0, data.length, wallNanos + System.nanoTime() - start);
                    } catch (IOException e) {
                        closed = true;
                    }
                }
            }
        });
        open.add(registration);
    }

    /** Ends the file, once. */
    void finish() throws IOException {
        final List<AutoCloseable> ending;
        final RtpDumpWriter dumped;
        synchronized (this) {
            if (closed && open.isEmpty()) {
                return;
            }
            closed = true;
            ending = List.copyOf(open);
            open.clear();
            dumped = dump;
        }
        for (final AutoCloseable one : ending) {
            try {
                one.close();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        if (dumped != null) {
            dumped.close();
        }
        if (webm != null) {
            webm.close();
        }
    }

    @Override
    public void close() throws IOException {
        finish();
    }

    @Override
    public String toString() {
        return webm != null ? webm.toString() : String.valueOf(open.isEmpty() ? file : open.get(0));
    }
}
