package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.RtpSender;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.internal.jsep.Association;
import dev.yodel.webrtc.internal.jsep.Codec;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * W3C's methods about tracks and transceivers: they take effect before they return, from any thread, and may make a
 * negotiation needed.
 */
final class TrackMethods {
    private final PeerConnectionImpl connection;
    private final LaneQueue queue;
    private final Signaling signaling;
    private final OperationsChain chain;

    TrackMethods(PeerConnectionImpl connection, Signaling signaling, OperationsChain chain) {
        this.connection = connection;
        this.queue = connection.queue();
        this.signaling = signaling;
        this.chain = chain;
    }

    void mustBeOpen(String method) {
        if (connection.closed()) {
            throw OperationsChain.closedError(method);
        }
    }

    static List<String> ids(List<MediaStream> streams) {
        List<String> ids = new ArrayList<>();
        for (MediaStream stream : streams) {
            if (!ids.contains(stream.id())) {
                ids.add(stream.id());
            }
        }
        return ids;
    }

    /** A synchronous change of what is wanted: it takes effect at once, and negotiation may be needed after it. */
    void changed(JsepInput input) {
        mustBeOpen(input.getClass().getSimpleName());
        signaling.apply(input);
        connection.updateNegotiationNeeded();
    }

    RtpSender addTrack(MediaStreamTrack track, MediaStream... streams) {
        SenderImpl.source(track);
        List<String> ids = ids(List.of(streams));
        SenderImpl sender = signaling.locked(() -> {
            mustBeOpen("addTrack");
            for (TransceiverImpl transceiver : signaling.transceivers().all()) {
                if (track.equals(transceiver.sender().track()) && !transceiver.stopped()) {
                    throw new InvalidAccessException(
                            "the connection sends this track already; use its sender, or addTransceiver to send it twice");
                }
            }
            return connect(new JsepInput.AddTrack(track.kind(), track.id(), ids), track)
                    .sender();
        });
        connection.updateNegotiationNeeded();
        return sender;
    }

    private TransceiverImpl connect(JsepInput input, @Nullable MediaStreamTrack track) {
        int id = signaling.apply(input).transceiver();
        TransceiverImpl transceiver =
                Objects.requireNonNull(signaling.transceivers().get(id), "the input made it");
        if (track != null) {
            transceiver.sender().connect(track);
        }
        return transceiver;
    }

    void removeTrack(RtpSender sender) {
        signaling.locked(() -> {
            mustBeOpen("removeTrack");
            if (!(sender instanceof SenderImpl ours)
                    || !connection.equals(ours.transceiver().connection())) {
                throw new InvalidAccessException("the sender belongs to another connection; call removeTrack there");
            }
            if (!ours.transceiver().stopping()) {
                signaling.apply(new JsepInput.RemoveTrack(ours.transceiver().id()));
                ours.connect(null);
            }
            return true;
        });
        connection.updateNegotiationNeeded();
    }

    CompletableFuture<Void> replaceTrack(SenderImpl sender, @Nullable MediaStreamTrack track) {
        MediaKind kind = sender.transceiver().kind();
        if (track != null && track.kind() != kind) {
            return RtcFuture.failed(
                    queue,
                    "replaceTrack",
                    new IllegalArgumentException("the sender is for " + kind + " and the track is " + track.kind()
                            + "; add a transceiver of its kind"));
        }
        if (track != null) {
            SenderImpl.source(track);
        }
        return chain.chain("replaceTrack", () -> mustNotStop(sender), () -> {
            signaling.locked(() -> {
                mustNotStop(sender);
                if (track != null) {
                    checkEnvelope(sender.transceiver().state(), track);
                }
                signaling.apply(new JsepInput.ReplaceTrack(sender.transceiver().id(), track != null));
                sender.connect(track);
                return true;
            });
            return CompletableFuture.completedFuture(RtcFuture.nothing());
        });
    }

    private static void mustNotStop(SenderImpl sender) {
        if (sender.transceiver().stopping()) {
            throw new InvalidStateException("the transceiver was stopped; add a new one to send the track");
        }
    }

    /** W3C: a track that is encoded already can only replace another one if its codec was negotiated. */
    private static void checkEnvelope(TransceiverState transceiver, MediaStreamTrack track) {
        Association association = transceiver.association();
        String codec = SenderImpl.source(track).encoding();
        boolean sending = association.current() != null && association.current().sends();
        List<Codec> negotiated = association.media().sendCodecs();
        if (sending
                && codec != null
                && negotiated.stream().noneMatch(one -> one.name().equalsIgnoreCase(codec))) {
            throw new InvalidModificationException("the track is encoded as " + codec + ", which was not negotiated;"
                    + " prefer that codec and negotiate again, or use another track");
        }
    }

    RtpTransceiver addTransceiver(MediaKind kind, RtpTransceiverInit init) {
        return addTransceiver(kind, null, init);
    }

    RtpTransceiver addTransceiver(MediaStreamTrack track, RtpTransceiverInit init) {
        SenderImpl.source(track);
        return addTransceiver(track.kind(), track, init);
    }

    private RtpTransceiver addTransceiver(MediaKind kind, @Nullable MediaStreamTrack track, RtpTransceiverInit init) {
        TransceiverImpl made = signaling.locked(() -> {
            mustBeOpen("addTransceiver");
            JsepInput input = new JsepInput.AddTransceiver(
                    kind,
                    TransceiverImpl.inner(init.direction()),
                    track == null ? null : track.id(),
                    ids(init.streams()),
                    SendParameterChecks.addTransceiver(kind, init.sendEncodings()),
                    kind == MediaKind.VIDEO ? init.receiveRids() : List.of());
            return connect(input, track);
        });
        connection.updateNegotiationNeeded();
        return made;
    }

    /** W3C's legacy options of createOffer (WebRTC 1.0, 4.4.3.2). */
    void offerToReceive(MediaKind kind, @Nullable Boolean wanted) {
        if (wanted == null) {
            return;
        }
        boolean receives = false;
        for (TransceiverImpl transceiver : signaling.transceivers().all()) {
            if (transceiver.kind() != kind || transceiver.stopping()) {
                continue;
            }
            switch (transceiver.direction()) {
                case SENDRECV -> {
                    receives = true;
                    if (!wanted) {
                        transceiver.direction(RtpTransceiverDirection.SENDONLY);
                    }
                }
                case RECVONLY -> {
                    receives = true;
                    if (!wanted) {
                        transceiver.direction(RtpTransceiverDirection.INACTIVE);
                    }
                }
                default -> {}
            }
        }
        if (wanted && !receives) {
            addTransceiver(kind, new RtpTransceiverInit(RtpTransceiverDirection.RECVONLY, List.of(), List.of()));
        }
    }

    void stop(TransceiverImpl transceiver) {
        mustBeOpen("stop");
        if (transceiver.stopping()) {
            return;
        }
        changed(new JsepInput.Stop(transceiver.id()));
        transceiver.sender().close();
        transceiver.receiver().media().track().end();
    }

    List<RtpTransceiver> getTransceivers() {
        return List.copyOf(signaling.transceivers().all());
    }

    List<RtpSender> getSenders() {
        List<RtpSender> senders = new ArrayList<>();
        if (!connection.closed()) {
            signaling.transceivers().all().forEach(transceiver -> senders.add(transceiver.sender()));
        }
        return List.copyOf(senders);
    }

    List<RtpReceiver> getReceivers() {
        List<RtpReceiver> receivers = new ArrayList<>();
        if (!connection.closed()) {
            signaling.transceivers().all().forEach(transceiver -> receivers.add(transceiver.receiver()));
        }
        return List.copyOf(receivers);
    }
}
