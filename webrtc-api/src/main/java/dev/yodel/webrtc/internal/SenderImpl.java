package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.DegradationPreference;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.DtmfSender;
import dev.yodel.webrtc.EncodingOptions;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtcpParameters;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.RtpSendParameters;
import dev.yodel.webrtc.RtpSender;
import dev.yodel.webrtc.RtpTransform;
import dev.yodel.webrtc.SetParameterOptions;
import dev.yodel.webrtc.StatsReport;
import dev.yodel.webrtc.internal.jsep.Identifiers;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import dev.yodel.webrtc.internal.transport.ListenerList;
import dev.yodel.webrtc.internal.transport.MediaSender;
import dev.yodel.webrtc.internal.transport.TrackSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The sending half of a {@link TransceiverImpl}. */
final class SenderImpl implements RtpSender {
    private final TransceiverImpl transceiver;
    private final MediaSender media;
    private final @Nullable DtmfSenderImpl dtmf;
    private final ListenerList<Long> targetListeners = new ListenerList<>();
    private volatile @Nullable MediaStreamTrack track;
    private volatile @Nullable RtpTransform transform;

    // Guarded by the connection's lock.
    private @Nullable ScriptTransformer transformer;
    // W3C's [[LastReturnedParameters]], and for what and for whom it was made.
    private @Nullable RtpSendParameters lastReturned;
    private @Nullable TransceiverState lastState;
    private boolean keptForThread;
    private @Nullable DegradationPreference degradation;

    SenderImpl(TransceiverImpl transceiver, MediaSender media, MediaKind kind) {
        this.transceiver = transceiver;
        this.media = media;
        this.dtmf = kind == MediaKind.AUDIO ? new DtmfSenderImpl(this) : null;
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

    /** Nothing is sent any more. */
    void close() {
        media.source(null);
        if (dtmf != null) {
            dtmf.close();
        }
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
    public @Nullable RtpTransform transform() {
        return transform;
    }

    @Override
    public void transform(@Nullable RtpTransform value) {
        transceiver.connection().locked(() -> {
            ScriptTransformer before = transformer;
            transformer = ScriptTransformer.begin(transceiver, true, value);
            media.transform(transformer == null ? null : transformer.stage());
            transform = value;
            if (before != null) {
                before.close();
            }
            return true;
        });
    }

    @Override
    public @Nullable DtlsTransport transport() {
        return transceiver.transport();
    }

    @Override
    public @Nullable DtmfSender dtmf() {
        return dtmf;
    }

    @Override
    public CompletableFuture<Void> replaceTrack(@Nullable MediaStreamTrack value) {
        return transceiver.connection().replaceTrack(this, value);
    }

    @Override
    public void setStreams(MediaStream... streams) {
        transceiver
                .connection()
                .changed(new JsepInput.SetStreams(transceiver.id(), TrackMethods.ids(List.of(streams))));
    }

    @Override
    public RtpSendParameters getParameters() {
        PeerConnectionImpl connection = transceiver.connection();
        LaneQueue queue = connection.queue();
        boolean onTheLane = queue.inLane() || connection.factory().settings().singleLane() != null;
        return connection.locked(() -> {
            if (lastReturned != null && isCurrent()) {
                keptForThread |= !onTheLane;
                return lastReturned;
            }
            TransceiverState state = transceiver.state();
            RtpSendParameters made = new RtpSendParameters(
                    Identifiers.uuid(connection.factory().environment().random()),
                    state.encodings(),
                    transceiver.headerExtensions(true),
                    new RtcpParameters(
                            connection.cname(), state.association().media().reducedSizeRtcp()),
                    transceiver.codecs(true),
                    degradation);
            lastReturned = made;
            lastState = state;
            keptForThread = !onTheLane;
            if (onTheLane) {
                queue.post(() -> connection.locked(() -> {
                    if (made.equals(lastReturned) && !keptForThread) {
                        lastReturned = null;
                    }
                    return true;
                }));
            }
            return made;
        });
    }

    /** Whether nothing that the parameters show has changed since. */
    private boolean isCurrent() {
        TransceiverState now = transceiver.state();
        TransceiverState then = Objects.requireNonNull(lastState, "set with the parameters");
        return now.encodings().equals(then.encodings())
                && now.association().media().equals(then.association().media());
    }

    @Override
    public CompletableFuture<Void> setParameters(RtpSendParameters parameters, SetParameterOptions options) {
        PeerConnectionImpl connection = transceiver.connection();
        RtcFuture<Void> future = new RtcFuture<>(connection.queue(), "setParameters");
        List<RtpEncodingParameters> checked;
        try {
            checked = connection.locked(() -> check(parameters, options));
        } catch (RtcException e) {
            future.fail(e);
            return future;
        }
        connection.queue().post(() -> {
            try {
                connection.locked(() -> {
                    keep(parameters, checked);
                    return true;
                });
            } catch (RtcException e) {
                future.fail(e);
                return;
            }
            requestKeyFrames(options);
            future.succeed(RtcFuture.nothing());
        });
        return future;
    }

    private List<RtpEncodingParameters> check(RtpSendParameters parameters, SetParameterOptions options) {
        if (transceiver.stopping()) {
            throw new InvalidStateException("the transceiver was stopped; add a new one to send the track");
        }
        RtpSendParameters last = lastReturned != null && isCurrent() ? lastReturned : null;
        return SendParameterChecks.setParameters(
                transceiver.kind(), last, parameters, transceiver.state().encodings(), options);
    }

    private void keep(RtpSendParameters parameters, List<RtpEncodingParameters> encodings) {
        boolean sleeping = !transceiver.state().encodings().get(0).active();
        transceiver.connection().apply(new JsepInput.SetEncodings(transceiver.id(), encodings));
        lastReturned = null;
        degradation = parameters.degradationPreference();
        if (sleeping && encodings.get(0).active()) {
            // Whoever receives pictures can only begin with a whole one.
            media.requestKeyFrame();
        }
    }

    private void requestKeyFrames(SetParameterOptions options) {
        if (transceiver.kind() == MediaKind.VIDEO
                && options.encodingOptions().stream().anyMatch(EncodingOptions::keyFrame)) {
            media.requestKeyFrame();
        }
    }

    @Override
    public Registration onTargetBitrate(LongConsumer listener) {
        return targetListeners.add(listener::accept);
    }

    /** On the connection's lane. */
    void fireTargetBitrate(long bps) {
        targetListeners.fire(bps);
    }

    @Override
    public CompletableFuture<StatsReport> getStats() {
        return transceiver.connection().getStats(transceiver, true);
    }

    @Override
    public String toString() {
        MediaStreamTrack present = track;
        return "sender of " + (present == null ? "nothing" : present);
    }
}
