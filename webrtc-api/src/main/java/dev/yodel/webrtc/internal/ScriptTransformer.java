package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.EncodedMediaFrame;
import dev.yodel.webrtc.EncodedVideoFrameType;
import dev.yodel.webrtc.FrameTransformer;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.KeyFrameRequestEvent;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.NotFoundException;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.RtpScriptTransformer;
import dev.yodel.webrtc.RtpTransform;
import dev.yodel.webrtc.internal.transport.ListenerList;
import dev.yodel.webrtc.internal.transport.TransformStage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One transform at work for one sender or receiver: its frames, and W3C's key frame algorithms. Any thread. */
final class ScriptTransformer implements RtpScriptTransformer {
    /** Waits for a key frame of each of these layers. */
    private record Pending(Set<String> layers, RtcFuture<Void> future) {}

    /** Stands for the only stream where there is no simulcast. */
    private static final String ONLY = "";

    private final TransceiverImpl transceiver;
    private final boolean sending;
    private final OwnedTransform transform;
    private final FrameTransformer user;
    private final TransformStage stage;
    private final ListenerList<KeyFrameRequestEvent> keyFrameListeners = new ListenerList<>();
    // Guarded by this.
    private final List<Pending> pending = new ArrayList<>();

    private ScriptTransformer(TransceiverImpl transceiver, boolean sending, OwnedTransform transform) {
        this.transceiver = transceiver;
        this.sending = sending;
        this.transform = transform;
        this.user = transform.transformer(sending);
        PeerConnectionImpl connection = transceiver.connection();
        this.stage = new TransformStage(
                connection.factory().newLane(connection.loop()), this::onFrame, this::onLoss, this::onKeyFrameRequest);
        transform.begin(stage);
    }

    /** W3C's setter: checks, and takes possession. Null for no transform. */
    static @Nullable ScriptTransformer begin(
            TransceiverImpl transceiver, boolean sending, @Nullable RtpTransform value) {
        if (value == null) {
            return null;
        }
        OwnedTransform transform = OwnedTransform.of(value);
        transform.claim();
        return new ScriptTransformer(transceiver, sending, transform);
    }

    TransformStage stage() {
        return stage;
    }

    private void onFrame(EncodedMediaFrame frame) {
        if (sending && frame.type() == EncodedVideoFrameType.KEY) {
            generated(frame.getMetadata().rid());
        }
        try {
            user.transform(frame, this);
        } catch (RuntimeException | Error e) {
            transform.failed(e);
        }
    }

    private void onLoss() {
        if (sending) {
            askSource();
        } else {
            transceiver.receiver().track().requestKeyFrame();
        }
    }

    private void askSource() {
        transceiver.connection().queue().post(() -> transceiver.sender().media().requestKeyFrame());
    }

    @Override
    public void write(EncodedMediaFrame frame) {
        stage.write(frame);
    }

    @Override
    public Registration onKeyFrameRequest(Consumer<KeyFrameRequestEvent> listener) {
        return keyFrameListeners.add(listener);
    }

    private void onKeyFrameRequest(@Nullable String rid) {
        KeyFrameRequestEvent event = new KeyFrameRequestEvent(rid);
        keyFrameListeners.fire(event);
        if (!event.defaultPrevented()) {
            askSource();
        }
    }

    @Override
    public CompletableFuture<Void> generateKeyFrame(@Nullable String rid) {
        RtcFuture<Void> future = new RtcFuture<>(transceiver.connection().queue(), "generateKeyFrame");
        if (!sending || transceiver.kind() != MediaKind.VIDEO) {
            future.fail(new InvalidStateException(
                    "only a sender of video makes key frames; a receiver asks for one by sendKeyFrameRequest"));
            return future;
        }
        if (rid != null && !SendParameterChecks.isRid(rid)) {
            future.fail(new IllegalArgumentException("\"" + rid + "\" is no rid (RFC 8851 10)"));
            return future;
        }
        Set<String> layers = new HashSet<>();
        if (transceiver.sender().track() != null) {
            for (RtpEncodingParameters encoding : transceiver.state().encodings()) {
                String layer = encoding.rid() == null ? ONLY : encoding.rid();
                if (encoding.active() && (rid == null || rid.equals(layer))) {
                    layers.add(layer);
                }
            }
        }
        if (layers.isEmpty()) {
            future.fail(new NotFoundException(
                    rid == null
                            ? "nothing active is sent; give the sender a track and activate an encoding"
                            : "no active encoding has the rid \"" + rid + "\""));
            return future;
        }
        synchronized (this) {
            pending.add(new Pending(layers, future));
        }
        askSource();
        return future;
    }

    /** W3C: the promise settles just before the frame is seen. On the stage's lane. */
    private void generated(@Nullable String rid) {
        List<RtcFuture<Void>> done = new ArrayList<>();
        synchronized (this) {
            for (Iterator<Pending> all = pending.iterator(); all.hasNext(); ) {
                Pending task = all.next();
                task.layers().remove(rid == null ? ONLY : rid);
                // A layer that the answer has taken away would be waited for in vain.
                if (rid == null || task.layers().isEmpty()) {
                    all.remove();
                    done.add(task.future());
                }
            }
        }
        done.forEach(future -> future.succeed(RtcFuture.nothing()));
    }

    @Override
    public CompletableFuture<Void> sendKeyFrameRequest() {
        RtcFuture<Void> future = new RtcFuture<>(transceiver.connection().queue(), "sendKeyFrameRequest");
        if (sending || transceiver.kind() != MediaKind.VIDEO) {
            future.fail(new InvalidStateException(
                    "only a receiver of video asks for key frames; a sender makes one by generateKeyFrame"));
            return future;
        }
        transceiver.receiver().track().requestKeyFrame();
        future.succeed(RtcFuture.nothing());
        return future;
    }

    /** Nothing goes through it any more. */
    void close() {
        stage.close();
        List<Pending> left;
        synchronized (this) {
            left = List.copyOf(pending);
            pending.clear();
        }
        left.forEach(task -> task.future()
                .failQuietly(new InvalidStateException("the transform was replaced before the key frame came")));
    }
}
