package dev.yodel.webrtc.internal;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpCodec;
import dev.yodel.webrtc.RtpCodecParameters;
import dev.yodel.webrtc.RtpHeaderExtensionCapability;
import dev.yodel.webrtc.RtpHeaderExtensionParameters;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.internal.jsep.Codec;
import dev.yodel.webrtc.internal.jsep.CodecMatch;
import dev.yodel.webrtc.internal.jsep.HeaderExtension;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.NegotiatedMedia;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import dev.yodel.webrtc.internal.transport.MediaReceiver;
import dev.yodel.webrtc.internal.transport.MediaSender;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A transceiver: a view of its part of the connection's state, and the two ends of its media. */
final class TransceiverImpl implements RtpTransceiver {
    private final PeerConnectionImpl connection;
    private final int id;
    private final SenderImpl sender;
    private final ReceiverImpl receiver;
    private volatile TransceiverState state;
    private volatile boolean gone;

    TransceiverImpl(
            PeerConnectionImpl connection, TransceiverState state, MediaSender sending, MediaReceiver receiving) {
        this.connection = connection;
        this.id = state.id();
        this.state = state;
        this.sender = new SenderImpl(this, sending, state.kind());
        this.receiver = new ReceiverImpl(this, receiving);
    }

    PeerConnectionImpl connection() {
        return connection;
    }

    int id() {
        return id;
    }

    void update(TransceiverState value) {
        state = value;
    }

    /** The transceiver has left the connection's set. */
    void leave() {
        gone = true;
    }

    @Override
    public boolean stopped() {
        return gone || connection.closed() || state.stopped();
    }

    @Nullable
    DtlsTransport transport() {
        return connection.transport(state.association().transport());
    }

    @Override
    public @Nullable String mid() {
        return gone ? null : state.association().mid();
    }

    @Override
    public SenderImpl sender() {
        return sender;
    }

    @Override
    public ReceiverImpl receiver() {
        return receiver;
    }

    @Override
    public RtpTransceiverDirection direction() {
        return gone || connection.closed() || state.stopping()
                ? RtpTransceiverDirection.STOPPED
                : outer(state.direction());
    }

    @Override
    public void direction(RtpTransceiverDirection direction) {
        Objects.requireNonNull(direction, "direction");
        boolean changed = connection.locked(() -> {
            if (stopping()) {
                throw new InvalidStateException(
                        "the transceiver was stopped and has no direction any more; add a new one");
            }
            if (direction == direction()) {
                return false;
            }
            connection.apply(new JsepInput.SetDirection(id, inner(direction)));
            return true;
        });
        if (changed) {
            connection.updateNegotiationNeeded();
        }
    }

    @Override
    public @Nullable RtpTransceiverDirection currentDirection() {
        if (stopped()) {
            return RtpTransceiverDirection.STOPPED;
        }
        Direction current = state.currentDirection();
        return current == null ? null : outer(current);
    }

    @Override
    public void stop() {
        connection.stop(this);
    }

    @Override
    public void setCodecPreferences(List<RtpCodec> codecs) {
        connection.apply(new JsepInput.SetPreferences(id, CapabilityList.preferences(state.kind(), codecs)));
    }

    @Override
    public List<RtpHeaderExtensionCapability> getHeaderExtensionsToNegotiate() {
        return state.extensions();
    }

    @Override
    public void setHeaderExtensionsToNegotiate(List<RtpHeaderExtensionCapability> extensions) {
        List<RtpHeaderExtensionCapability> wanted = List.copyOf(extensions);
        connection.locked(() -> {
            CapabilityList.checkExtensions(state.extensions(), wanted);
            connection.apply(new JsepInput.SetExtensions(id, wanted));
            return true;
        });
    }

    @Override
    public List<RtpHeaderExtensionCapability> getNegotiatedHeaderExtensions() {
        return state.negotiatedExtensions();
    }

    MediaKind kind() {
        return state.kind();
    }

    boolean stopping() {
        return gone || connection.closed() || state.stopping();
    }

    /** What negotiation knows about it now. */
    TransceiverState state() {
        return state;
    }

    List<RtpCodecParameters> codecs(boolean sending) {
        NegotiatedMedia media = state.association().media();
        List<RtpCodecParameters> codecs = new ArrayList<>();
        for (Codec codec : sending ? media.sendCodecs() : media.receiveCodecs()) {
            codecs.add(new RtpCodecParameters(codec.payloadType(), CodecMatch.shown(state.kind(), codec)));
        }
        return codecs;
    }

    List<RtpHeaderExtensionParameters> headerExtensions(boolean sending) {
        List<RtpHeaderExtensionParameters> extensions = new ArrayList<>();
        for (HeaderExtension extension : state.association().media().extensions()) {
            if (sending ? extension.direction().sends() : extension.direction().receives()) {
                extensions.add(new RtpHeaderExtensionParameters(extension.uri(), extension.id(), false));
            }
        }
        return extensions;
    }

    static RtpTransceiverDirection outer(Direction direction) {
        return switch (direction) {
            case SENDRECV -> RtpTransceiverDirection.SENDRECV;
            case SENDONLY -> RtpTransceiverDirection.SENDONLY;
            case RECVONLY -> RtpTransceiverDirection.RECVONLY;
            case INACTIVE -> RtpTransceiverDirection.INACTIVE;
        };
    }

    static Direction inner(RtpTransceiverDirection direction) {
        return switch (direction) {
            case SENDRECV -> Direction.SENDRECV;
            case SENDONLY -> Direction.SENDONLY;
            case RECVONLY -> Direction.RECVONLY;
            case INACTIVE -> Direction.INACTIVE;
            case STOPPED -> throw new IllegalArgumentException("call stop() to stop a transceiver");
        };
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
