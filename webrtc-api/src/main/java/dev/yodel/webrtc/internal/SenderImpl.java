package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.RtpParameters;
import dev.yodel.webrtc.RtpSender;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.transport.MediaSender;
import dev.yodel.webrtc.internal.transport.TrackSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The sending half of a {@link TransceiverImpl}. */
final class SenderImpl implements RtpSender {
    private final TransceiverImpl transceiver;
    private final MediaSender media;
    private volatile @Nullable MediaStreamTrack track;

    SenderImpl(TransceiverImpl transceiver, MediaSender media) {
        this.transceiver = transceiver;
        this.media = media;
    }

    MediaSender media() {
        return media;
    }

    TransceiverImpl transceiver() {
        return transceiver;
    }

    /** Connects a track at once; the caller has the connection's lock. */
    void connect(@Nullable MediaStreamTrack value) {
        track = value;
        media.source(value == null ? null : source(value));
    }

    static TrackSource source(MediaStreamTrack track) {
        if (!(track instanceof TrackSource source)) {
            throw new IllegalArgumentException("the track was not made by this library; use EncodedTrack, RtpTrack,"
                    + " AudioTrack or a received track");
        }
        return source;
    }

    @Override
    public @Nullable MediaStreamTrack track() {
        return track;
    }

    @Override
    public @Nullable DtlsTransport transport() {
        return transceiver.transport();
    }

    @Override
    public CompletableFuture<Void> replaceTrack(@Nullable MediaStreamTrack value) {
        return transceiver.connection().replaceTrack(this, value);
    }

    @Override
    public void setStreams(MediaStream... streams) {
        transceiver
                .connection()
                .changed(new JsepInput.SetStreams(transceiver.id(), TrackMethods.ids(java.util.List.of(streams))));
    }

    @Override
    public RtpParameters getParameters() {
        return transceiver.parameters(true);
    }

    @Override
    public String toString() {
        MediaStreamTrack present = track;
        return "sender of " + (present == null ? "nothing" : present);
    }
}
