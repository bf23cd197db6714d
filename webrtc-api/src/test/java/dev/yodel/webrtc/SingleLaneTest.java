package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** With {@link Settings#singleLane()} the rules are a browser's to the letter. */
class SingleLaneTest {
    private interface Script {
        void run(PeerConnection connection) throws Exception;
    }

    private static void onTheLane(Script script) throws Exception {
        ExecutorService lane = Executors.newSingleThreadExecutor();
        try (PeerConnectionFactory factory = PeerConnectionFactory.builder()
                .settings(Settings.builder().singleLane(lane).build())
                .build()) {
            PeerConnection connection = factory.newPeerConnection();
            Future<?> done = lane.submit(() -> {
                script.run(connection);
                return null;
            });
            done.get(20, TimeUnit.SECONDS);
        } finally {
            lane.shutdown();
        }
    }

    @Test
    void whatTheStateForbidsFailsBeforeTheCallReturns() throws Exception {
        onTheLane(connection -> {
            assertThat(connection.createAnswer()).isCompletedExceptionally();
            assertThat(connection.addIceCandidate()).isCompletedExceptionally();
            assertThat(connection.setLocalDescription(SessionDescription.rollback()))
                    .isCompletedExceptionally();
            RtpTransceiver stopped = connection.addTransceiver(MediaKind.AUDIO);
            stopped.stop();
            assertThat(stopped.sender().replaceTrack(null)).isCompletedExceptionally();
        });
    }

    @Test
    void whatWaitsInTheChainIsCheckedWhenItsTurnComes() throws Exception {
        onTheLane(connection -> {
            CompletableFuture<SessionDescription> offer = connection.createOffer();
            assertThat(connection.createAnswer()).isNotDone();
            assertThat(offer).isNotDone();
        });
    }

    @Test
    void whatIsUnderWayStaysPendingWhenTheConnectionCloses() throws Exception {
        onTheLane(connection -> {
            CompletableFuture<SessionDescription> offer = connection.createOffer();
            CompletableFuture<Void> garbage = connection.setRemoteDescription(SessionDescription.offer("garbage"));
            connection.close();
            assertThat(offer).isNotDone();
            assertThat(connection.createOffer()).isCompletedExceptionally();
            // What could only fail says so nevertheless.
            assertThatThrownBy(() -> garbage.get(0, TimeUnit.SECONDS)).isNotNull();
        });
    }

    @Test
    void aDescriptionIsTheSameObjectUntilItChanges() throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            PeerConnection connection = factory.newPeerConnection();
            connection.addTransceiver(MediaKind.AUDIO);
            SessionDescription offer = connection.createOffer().get(20, TimeUnit.SECONDS);
            PeerConnection other = factory.newPeerConnection();
            other.setRemoteDescription(offer).get(20, TimeUnit.SECONDS);
            assertThat(other.remoteDescription()).isNotNull().isSameAs(other.pendingRemoteDescription());
        }
    }

    @Test
    void aRefusedOfferHasRolledBackOurs() throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            PeerConnection connection = factory.newPeerConnection();
            connection.addTransceiver(MediaKind.AUDIO);
            connection.setLocalDescription().get(20, TimeUnit.SECONDS);
            CompletableFuture<Void> refused = connection.setRemoteDescription(SessionDescription.offer("garbage"));
            assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(RtcErrorException.class);
            assertThat(connection.signalingState()).isEqualTo(SignalingState.STABLE);
        }
    }

    @Test
    void rtcpOnAPortOfItsOwnIsNotSupported() {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            Configuration plain = Configuration.DEFAULT;
            Configuration negotiate = new Configuration(
                    plain.iceServers(),
                    plain.iceTransportPolicy(),
                    plain.bundlePolicy(),
                    RtcpMuxPolicy.NEGOTIATE,
                    plain.certificates(),
                    0);
            assertThatThrownBy(() -> factory.newPeerConnection(negotiate)).isInstanceOf(NotSupportedException.class);
            PeerConnection connection = factory.newPeerConnection();
            assertThatThrownBy(() -> connection.setConfiguration(negotiate))
                    .isInstanceOf(InvalidModificationException.class);
        }
    }
}
