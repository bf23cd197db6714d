package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcpParameters;
import dev.yodel.webrtc.RtpReceiveParameters;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.internal.transport.MediaReceiver;
import org.jspecify.annotations.Nullable;

/** The receiving half of a {@link TransceiverImpl}. */
final class ReceiverImpl implements RtpReceiver {
    private final TransceiverImpl transceiver;
    private final MediaReceiver media;

    ReceiverImpl(TransceiverImpl transceiver, MediaReceiver media) {
        this.transceiver = transceiver;
        this.media = media;
    }

    MediaReceiver media() {
        return media;
    }

    @Override
    public RemoteTrack track() {
        return media.track();
    }

    @Override
    public @Nullable DtlsTransport transport() {
        return transceiver.transport();
    }

    @Override
    public RtpReceiveParameters getParameters() {
        boolean reduced = transceiver.state().association().media().reducedSizeRtcp();
        return new RtpReceiveParameters(
                transceiver.headerExtensions(), new RtcpParameters(null, reduced), transceiver.codecs(false));
    }

    @Override
    public String toString() {
        return "receiver of " + media.track();
    }
}
