package dev.yodel.examples.serve;

import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.examples.video.PictureSender;
import dev.yodel.examples.video.VideoKind;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.WebmRecorder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A peer that sends back what it hears: the received track is the sent track, so the packets go back without being
 * decoded, and messages of data channels go back as they came. One bot is one call. May be used from any thread.
 */
public final class EchoBot implements AutoCloseable {
    /** Who hears of a call. */
    public interface Listener {
        /**
         * Something is to be told to the peer.
         *
         * @param message for the peer
         */
        void onSignal(SignalMessage message);

        /**
         * The call's state changed.
         *
         * @param state the new one
         */
        void onState(ConnectionState state);
    }

    private final PeerConnection pc;
    private final Listener listener;
    private volatile @Nullable Consumer<PcmFrame> recorder;
    private volatile boolean offering;
    private volatile @Nullable WebmRecorder file;
    private volatile @Nullable PictureSender picture;

    /**
     * A bot that waits for an offer, or for {@link #offer()}.
     *
     * @param factory makes its connection
     * @param configuration its servers
     * @param listener who hears of the call
     */
    public EchoBot(PeerConnectionFactory factory, Configuration configuration, Listener listener) {
        this.listener = listener;
        pc = factory.newPeerConnection(configuration);
        pc.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            listener.onSignal(
                    candidate == null
                            ? new SignalMessage.EndOfCandidates()
                            : new SignalMessage.Candidate(
                                    candidate.candidate(),
                                    candidate.sdpMid(),
                                    candidate.sdpMLineIndex(),
                                    candidate.usernameFragment()));
        });
        pc.onConnectionStateChange(() -> listener.onState(pc.connectionState()));
        pc.onDataChannel(event -> echo(event.channel()));
        pc.onTrack(event -> {
            final Consumer<PcmFrame> wanted = recorder;
            if (wanted != null && event.track().kind() == MediaKind.AUDIO) {
                event.track().onPcm(wanted);
            }
            final WebmRecorder recording = file;
            if (recording != null) {
                record(recording, event.track());
            }
            final PictureSender shown = picture;
            if (shown != null && event.track().kind() == MediaKind.VIDEO) {
                return;
            }
            if (offering) {
                event.transceiver().sender().replaceTrack(event.track()).whenComplete(this::complain);
            } else {
                pc.addTrack(event.track());
            }
        });
    }

    /**
     * Also decodes what the peer says. To be called before the call begins.
     *
     * @param listener gets 10 ms at a time
     */
    public void onHeard(Consumer<PcmFrame> listener) {
        recorder = listener;
    }

    /**
     * Also records what the peer says and shows, without decoding it. To be called before the call begins.
     *
     * @param webm the file, written until the call ends
     */
    public void record(Path webm) {
        file = WebmRecorder.to(webm);
    }

    private void record(WebmRecorder recording, RemoteTrack track) {
        try {
            recording.add(track);
        } catch (RtcException late) {
            complain(null, late);
        }
    }

    /**
     * Shows the peer a picture of ours instead of its own. To be called before the call begins. Where there is none,
     * or nothing to encode it with, the peer is told and gets its own.
     *
     * @param kind what to show
     */
    public void show(VideoKind kind) {
        try {
            picture = PictureSender.open(kind);
        } catch (IOException e) {
            complain(null, new OperationException(String.valueOf(e.getMessage())));
        }
    }

    /** Adds our picture before an offer or answer is made, once; it begins when the call stands. */
    private void addPicture() {
        final PictureSender shown = picture;
        if (shown == null
                || pc.getSenders().stream().anyMatch(one -> shown.track().equals(one.track()))) {
            return;
        }
        shown.follow(pc.addTrack(shown.track()));
        pc.connected().thenRun(shown::start);
    }

    /** Calls the peer instead of waiting for its offer. */
    public void offer() {
        offering = true;
        // On the lane no candidate comes before the offer that it belongs to has been told.
        final AtomicBoolean offered = new AtomicBoolean();
        pc.onNegotiationNeeded(() -> {
            if (!offered.getAndSet(true)) {
                describe();
            }
        });
        pc.addTransceiver(MediaKind.AUDIO);
        if (picture == null) {
            pc.addTransceiver(MediaKind.VIDEO);
        } else {
            addPicture();
        }
    }

    private static void echo(DataChannel channel) {
        channel.onMessage(message -> {
            if (message.isText()) {
                channel.sendAsync(message.text());
            } else {
                channel.sendAsync(message.bytes());
            }
        });
    }

    private void describe() {
        pc.setLocalDescription()
                .thenAccept(description -> listener.onSignal(
                        new SignalMessage.Description(description.type().toString(), description.sdp())))
                .whenComplete(this::complain);
    }

    /**
     * Takes what the peer says.
     *
     * @param message a description or a candidate
     */
    public void receive(SignalMessage message) {
        try {
            if (message instanceof SignalMessage.Description description) {
                describe(description);
            } else if (message instanceof SignalMessage.Candidate candidate) {
                pc.addIceCandidate(new IceCandidateInit(
                                candidate.candidate(),
                                candidate.sdpMid(),
                                candidate.sdpMLineIndex(),
                                candidate.usernameFragment()))
                        .whenComplete(this::complain);
            } else if (message instanceof SignalMessage.EndOfCandidates) {
                pc.addIceCandidate().whenComplete(this::complain);
            }
        } catch (RtcException | IllegalArgumentException e) {
            complain(null, e);
        }
    }

    private void describe(SignalMessage.Description description) {
        switch (description.type()) {
            case "offer" ->
                pc.setRemoteDescription(SessionDescription.offer(description.sdp()))
                        .thenRun(this::answer)
                        .whenComplete(this::complain);
            case "answer" ->
                pc.setRemoteDescription(SessionDescription.answer(description.sdp()))
                        .whenComplete(this::complain);
            default ->
                listener.onSignal(new SignalMessage.Failure("unknown-message", "the bot takes an offer or an answer"));
        }
    }

    private void answer() {
        // Only a peer that has a place for pictures gets one.
        if (pc.getTransceivers().stream().anyMatch(one -> one.receiver().track().kind() == MediaKind.VIDEO)) {
            addPicture();
        }
        describe();
    }

    private void complain(@Nullable Object done, @Nullable Throwable failure) {
        if (failure != null) {
            final String words = RtcException.of(failure).getMessage();
            listener.onSignal(new SignalMessage.Failure("refused", words == null ? "refused" : words));
        }
    }

    /**
     * The connection, for statistics.
     *
     * @return the bot's
     */
    public PeerConnection connection() {
        return pc;
    }

    /** Ends the call; the peer learns of it by DTLS. */
    public void hangUp() {
        pc.close();
        final PictureSender shown = picture;
        picture = null;
        if (shown != null) {
            shown.close();
        }
        final WebmRecorder recording = file;
        file = null;
        if (recording != null) {
            try {
                recording.close();
            } catch (IOException e) {
                complain(null, new OperationException("the recording was not written: " + e.getMessage()));
            }
        }
    }

    @Override
    public void close() {
        hangUp();
    }
}
