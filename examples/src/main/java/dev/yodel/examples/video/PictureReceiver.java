package dev.yodel.examples.video;

import dev.yodel.io.Registration;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.RemoteTrack;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decodes a received VP8 track and hands its pictures over, on the track's lane. Any thread. */
public final class PictureReceiver implements AutoCloseable {
    private final Consumer<Picture> viewer;
    private final RemoteTrack track;
    private @Nullable VpxDecoder decoder;
    private boolean broken;
    private boolean closed;
    private final Registration registration;

    /**
     * Begins to decode.
     *
     * @param track whose frames are VP8
     * @param decoder for them; closed with the receiver
     * @param viewer gets each picture, which it may look at until it returns
     */
    public PictureReceiver(RemoteTrack track, VpxDecoder decoder, Consumer<Picture> viewer) {
        this.track = track;
        this.decoder = decoder;
        this.viewer = viewer;
        this.registration = track.onFrame(this::show);
    }

    private void show(EncodedFrame frame) {
        final Picture picture;
        synchronized (this) {
            final VpxDecoder current = decoder;
            if (closed || current == null || (broken && !frame.keyFrame())) {
                return;
            }
            picture = current.decode(frame.data());
            broken = picture == null && frame.keyFrame();
        }
        if (picture != null) {
            viewer.accept(picture);
        } else {
            track.requestKeyFrame();
        }
    }

    @Override
    public void close() {
        registration.close();
        synchronized (this) {
            closed = true;
            if (decoder != null) {
                decoder.close();
                decoder = null;
            }
        }
    }
}
