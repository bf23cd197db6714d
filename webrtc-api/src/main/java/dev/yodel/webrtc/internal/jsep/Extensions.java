package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpHeaderExtensionCapability;
import dev.yodel.webrtc.RtpTransceiverDirection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which header extensions does a transceiver want, and which did it get? (webrtc-extensions, RTP header extension
 * control)
 */
final class Extensions {
    private Extensions() {}

    /** All that a kind has, both ways; what only forwarders need is stopped elsewhere. */
    static List<RtpHeaderExtensionCapability> all(MediaKind kind) {
        return all(kind, false);
    }

    private static List<RtpHeaderExtensionCapability> all(MediaKind kind, boolean forwarding) {
        List<RtpHeaderExtensionCapability> result = new ArrayList<>();
        for (HeaderExtension extension : Capabilities.extensions(kind)) {
            boolean stopped = !forwarding && Capabilities.isForForwarding(extension.uri());
            result.add(new RtpHeaderExtensionCapability(
                    extension.uri(), stopped ? RtpTransceiverDirection.STOPPED : RtpTransceiverDirection.SENDRECV));
        }
        return List.copyOf(result);
    }

    /** What a new transceiver wants: the same as the first one of its kind that is there. */
    static List<RtpHeaderExtensionCapability> initial(JsepState state, MediaKind kind) {
        for (TransceiverState transceiver : state.transceivers) {
            if (transceiver.kind == kind && !transceiver.stopping) {
                return transceiver.extensions;
            }
        }
        return all(kind, state.options.receiveSimulcast());
    }

    static Direction wanted(List<RtpHeaderExtensionCapability> extensions, String uri) {
        for (RtpHeaderExtensionCapability extension : extensions) {
            if (extension.uri().equals(uri)) {
                return switch (extension.direction()) {
                    case SENDRECV -> Direction.SENDRECV;
                    case SENDONLY -> Direction.SENDONLY;
                    case RECVONLY -> Direction.RECVONLY;
                    case INACTIVE, STOPPED -> Direction.INACTIVE;
                };
            }
        }
        return Direction.INACTIVE;
    }

    static Direction both(Direction one, Direction other) {
        return Direction.of(one.sends() && other.sends(), one.receives() && other.receives());
    }

    /** What both sections have in common, as we see it. */
    static List<HeaderExtension> common(MediaModel ours, MediaModel theirs) {
        List<HeaderExtension> result = new ArrayList<>();
        for (HeaderExtension extension : theirs.extensions()) {
            for (HeaderExtension other : ours.extensions()) {
                if (other.id() == extension.id() && other.uri().equals(extension.uri())) {
                    Direction direction = both(extension.direction().reversed(), other.direction());
                    if (direction != Direction.INACTIVE) {
                        result.add(extension.withDirection(direction));
                    }
                    break;
                }
            }
        }
        return result;
    }

    /** What an answer made of what was wanted; stopped where it has nothing in common. */
    static List<RtpHeaderExtensionCapability> negotiated(
            List<RtpHeaderExtensionCapability> wanted, List<HeaderExtension> common) {
        List<RtpHeaderExtensionCapability> result = new ArrayList<>();
        for (RtpHeaderExtensionCapability extension : wanted) {
            RtpTransceiverDirection direction = RtpTransceiverDirection.STOPPED;
            for (HeaderExtension got : common) {
                if (got.uri().equals(extension.uri())) {
                    direction = outer(got.direction());
                }
            }
            result.add(new RtpHeaderExtensionCapability(extension.uri(), direction));
        }
        return List.copyOf(result);
    }

    private static RtpTransceiverDirection outer(@Nullable Direction direction) {
        if (direction == Direction.SENDRECV) {
            return RtpTransceiverDirection.SENDRECV;
        }
        return direction == Direction.SENDONLY ? RtpTransceiverDirection.SENDONLY : RtpTransceiverDirection.RECVONLY;
    }
}
