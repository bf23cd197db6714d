package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RangeException;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcpParameters;
import dev.yodel.webrtc.RtpContributingSource;
import dev.yodel.webrtc.RtpReceiveParameters;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.RtpSynchronizationSource;
import dev.yodel.webrtc.RtpTransform;
import dev.yodel.webrtc.StatsReport;
import dev.yodel.webrtc.internal.transport.HeardSources;
import dev.yodel.webrtc.internal.transport.MediaReceiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The receiving half of a {@link TransceiverImpl}. */
final class ReceiverImpl implements RtpReceiver {
    private static final double MOST_TARGET_MILLIS = 4_000;

    /** What the two getters show, from one moment. */
    private record Heard(List<RtpSynchronizationSource> synchronization, List<RtpContributingSource> contributing) {}

    private final TransceiverImpl transceiver;
    private final MediaReceiver media;
    private volatile @Nullable Double jitterBufferTarget;
    private volatile @Nullable RtpTransform transform;
    // Guarded by the connection's lock.
    private @Nullable ScriptTransformer transformer;
    /** W3C: within one task all calls tell of one moment. Written on the lane. */
    private volatile @Nullable Heard heardInThisTask;

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
    public @Nullable RtpTransform transform() {
        return transform;
    }

    @Override
    public void transform(@Nullable RtpTransform value) {
        transceiver.connection().locked(() -> {
            ScriptTransformer before = transformer;
            transformer = ScriptTransformer.begin(transceiver, false, value);
            media.track().decoded().transform(transformer == null ? null : transformer.stage());
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
    public RtpReceiveParameters getParameters() {
        boolean reduced = transceiver.state().association().media().reducedSizeRtcp();
        return new RtpReceiveParameters(
                transceiver.headerExtensions(false), new RtcpParameters(null, reduced), transceiver.codecs(false));
    }

    @Override
    public @Nullable Double jitterBufferTarget() {
        return jitterBufferTarget;
    }

    @Override
    public void jitterBufferTarget(@Nullable Double target) {
        if (target != null && !(target >= 0 && target <= MOST_TARGET_MILLIS)) {
            throw new RangeException("jitterBufferTarget is 0 to 4000 ms, was " + target);
        }
        jitterBufferTarget = target;
        media.track().decoded().requestDelay(target == null ? 0 : (long) (target * Time.MILLISECOND));
    }

    @Override
    public List<RtpSynchronizationSource> getSynchronizationSources() {
        return heard().synchronization();
    }

    @Override
    public List<RtpContributingSource> getContributingSources() {
        return heard().contributing();
    }

    private Heard heard() {
        PeerConnectionImpl connection = transceiver.connection();
        LaneQueue queue = connection.queue();
        if (!queue.inLane() && connection.factory().settings().singleLane() == null) {
            return read();
        }
        Heard heard = heardInThisTask;
        if (heard == null) {
            heard = read();
            heardInThisTask = heard;
            queue.post(() -> heardInThisTask = null);
        }
        return heard;
    }

    private Heard read() {
        PeerConnectionImpl connection = transceiver.connection();
        WallTime time = connection.factory().wallTime();
        long now = connection.loop().now();
        boolean audio = transceiver.kind() == MediaKind.AUDIO;
        List<RtpSynchronizationSource> synchronization = new ArrayList<>();
        for (HeardSources.Source source : media.sources().synchronization(now)) {
            synchronization.add(new RtpSynchronizationSource(
                    time.millis(source.arrivalNanos()),
                    source.source(),
                    audio ? linear(source.audioLevel()) : null,
                    source.rtpTimestamp()));
        }
        List<RtpContributingSource> contributing = new ArrayList<>();
        for (HeardSources.Source source : media.sources().contributing(now)) {
            contributing.add(new RtpContributingSource(
                    time.millis(source.arrivalNanos()), source.source(), null, source.rtpTimestamp()));
        }
        return new Heard(List.copyOf(synchronization), List.copyOf(contributing));
    }

    /** W3C: 127 is silence and 0 overload; null if the packets do not say. */
    private static @Nullable Double linear(int level) {
        return level < 0 ? null : (Double) (level == 127 ? 0 : Math.pow(10, -level / 20.0));
    }

    /** On the lane. */
    void sourcesChanged(boolean synchronization, boolean contributing) {
        if (synchronization) {
            media.ssrcListeners().fire(media);
        }
        if (contributing) {
            media.csrcListeners().fire(media);
        }
    }

    @Override
    public Registration onSsrcChange(Runnable listener) {
        return media.ssrcListeners().add(receiver -> listener.run());
    }

    @Override
    public Registration onCsrcChange(Runnable listener) {
        return media.csrcListeners().add(receiver -> listener.run());
    }

    @Override
    public CompletableFuture<StatsReport> getStats() {
        return transceiver.connection().getStats(transceiver, false);
    }

    @Override
    public String toString() {
        return "receiver of " + media.track();
    }
}
