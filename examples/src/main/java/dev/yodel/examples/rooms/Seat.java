package dev.yodel.examples.rooms;

import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpForwarder;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two sections of a receiver's connection, one for sound and one for a picture, and what is forwarded on them now. Whom
 * they show changes without negotiation; both are in one stream, so that the receiver keeps them in time. Room's lane only.
 */
final class Seat {
    private final RtpTransceiver audio;
    private final RtpTransceiver video;
    private @Nullable RtpForwarder forwarder;
    private @Nullable RemoteTrack shown;
    private long keyFramesBefore;
    private boolean awaitsWhole;
    private LayerChoice.@Nullable Layer layer;

    Seat(PeerConnection connection, int number) {
        final RtpTransceiverInit init = new RtpTransceiverInit(
                RtpTransceiverDirection.SENDONLY, List.of(MediaStream.create("seat-" + number)), List.of());
        audio = connection.addTransceiver(MediaKind.AUDIO, init);
        audio.setCodecPreferences(Codecs.AUDIO);
        video = connection.addTransceiver(MediaKind.VIDEO, init);
        video.setCodecPreferences(Codecs.VIDEO);
    }

    @Nullable
    String audioMid() {
        return audio.mid();
    }

    @Nullable
    String videoMid() {
        return video.mid();
    }

    /** Shows something else from now on; null for nothing. */
    void show(@Nullable RemoteTrack sound, @Nullable RemoteTrack picture) {
        final RtpForwarder before = forwarder;
        final RtpForwarder next = picture == null ? null : RtpForwarder.of(picture);
        forwarder = next;
        shown = picture;
        layer = null;
        if (next != null) {
            // The smallest until it is known what the path carries.
            next.select(Codecs.RIDS.get(0));
        }
        ignore(audio.sender().replaceTrack(sound));
        ignore(video.sender().replaceTrack(next == null ? null : next.track()));
        if (before != null) {
            before.close();
        }
        showWhole();
    }

    /** Asks for a key frame from now on: what was sent before could not be received, or was not wanted. */
    void showWhole() {
        final RtpForwarder forwarding = forwarder;
        if (forwarding != null) {
            keyFramesBefore = forwarding.keyFrames();
            awaitsWhole = true;
            askAgain();
        }
    }

    /**
     * A screen that stands still is sent seldom or not at all: a forwarder that waits for its next packet could wait
     * for ever.
     */
    void askAgain() {
        final RtpForwarder forwarding = forwarder;
        final RemoteTrack picture = shown;
        awaitsWhole = awaitsWhole && forwarding != null && forwarding.keyFrames() == keyFramesBefore;
        if (awaitsWhole && picture != null) {
            picture.requestKeyFrame();
        }
    }

    private static void ignore(java.util.concurrent.CompletableFuture<Void> done) {
        // It fails when the connection is closed meanwhile, and then nobody misses it.
        done.exceptionally(failure -> {
            RtcException.of(failure);
            return null;
        });
    }

    /** The layers that the one on this seat sends; none if nobody is shown. */
    @Nullable
    RtpForwarder forwarder() {
        return forwarder;
    }

    LayerChoice.@Nullable Layer layer() {
        return layer;
    }

    /** What would be sent of the picture if the path carried it. */
    void want(long bps) {
        final RtpForwarder forwarding = forwarder;
        if (forwarding != null) {
            forwarding.wantedBitrate(bps);
        }
    }

    /** Forwards another layer, or none; true if that is a change. */
    boolean choose(LayerChoice.@Nullable Layer next) {
        final RtpForwarder forwarding = forwarder;
        if (forwarding == null) {
            return false;
        }
        final boolean same =
                next == null ? layer == null : layer != null && java.util.Objects.equals(next.rid(), layer.rid());
        final boolean wakes = layer == null && next != null;
        layer = next;
        forwarding.pause(next == null);
        if (next != null) {
            forwarding.select(next.rid());
        }
        if (wakes) {
            showWhole();
        }
        return !same;
    }

    void close() {
        final RtpForwarder forwarding = forwarder;
        forwarder = null;
        if (forwarding != null) {
            forwarding.close();
        }
    }
}
