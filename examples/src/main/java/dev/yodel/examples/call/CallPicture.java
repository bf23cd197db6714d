package dev.yodel.examples.call;

import dev.yodel.examples.video.PictureReceiver;
import dev.yodel.examples.video.PictureSender;
import dev.yodel.examples.video.VideoKind;
import dev.yodel.examples.video.VideoWindow;
import dev.yodel.examples.video.VpxDecoder;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtpSender;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a call: sent, if one is wanted and can be encoded here, and shown, if there is a display. Where
 * something is not there, it says so and the call goes on without. Any thread.
 */
final class CallPicture implements AutoCloseable {
    private final Consumer<String> notes;
    private final Runnable onWindowClosed;
    private final @Nullable PictureSender sender;
    private @Nullable PictureReceiver receiver;
    private @Nullable VideoWindow window;
    private boolean closed;

    CallPicture(@Nullable VideoKind kind, Consumer<String> notes, Runnable onWindowClosed) {
        this.notes = notes;
        this.onWindowClosed = onWindowClosed;
        PictureSender opened = null;
        if (kind != null) {
            try {
                opened = PictureSender.open(kind);
            } catch (IOException e) {
                notes.accept(e.getMessage() + "; the call has no picture of ours");
            }
        }
        sender = opened;
    }

    /** Adds our picture to a connection, once. */
    synchronized void addTo(PeerConnection pc) {
        final PictureSender from = sender;
        if (from == null
                || closed
                || pc.getSenders().stream().anyMatch(one -> from.track().equals(one.track()))) {
            return;
        }
        final RtpSender to = pc.addTrack(from.track());
        from.follow(to);
    }

    /** Begins to take pictures. */
    void start() {
        if (sender != null) {
            sender.start();
        }
    }

    /** Shows what the other side sends, where there is a display. */
    synchronized void show(RemoteTrack track) {
        if (closed || receiver != null) {
            return;
        }
        final VpxDecoder decoder = VpxDecoder.of("VP8");
        window = decoder == null ? null : VideoWindow.open("yodel call", onWindowClosed);
        final VideoWindow open = window;
        if (decoder == null || open == null) {
            if (decoder != null) {
                decoder.close();
            }
            notes.accept("there is no " + (decoder == null ? "libvpx" : "display")
                    + " to show the other side's picture with; --record FILE.webm keeps it");
            return;
        }
        receiver = new PictureReceiver(track, decoder, open::show);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (sender != null) {
            sender.close();
        }
        if (receiver != null) {
            receiver.close();
        }
        if (window != null) {
            window.close();
        }
    }
}
