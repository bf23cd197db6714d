package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** ICE restarts and changed networks of whole connections (THREATS.md F12, F15, F16; RFC 8445 section 9). */
class SimulatedRestartsTest {
    private static Duration millis(long count) {
        return Duration.ofMillis(count);
    }

    private static void restart(WatchedCall call, PeerConnection from, PeerConnection to) {
        from.restartIce();
        call.pair.negotiate(from, to);
    }

    private static Set<String> ufrags(List<IceCandidate> candidates) {
        Set<String> ufrags = new HashSet<>();
        for (IceCandidate candidate : candidates) {
            ufrags.add(Objects.requireNonNull(candidate.usernameFragment()));
        }
        return ufrags;
    }

    @Test
    void aRestartGathersAgainAndTellsItAsW3cSays() {
        try (WatchedCall call = WatchedCall.connected(1)) {
            List<IceCandidate> told = new ArrayList<>();
            List<String> events = new ArrayList<>();
            call.a.connection.onIceCandidate(event -> {
                IceCandidate candidate = event.candidate();
                events.add(candidate == null ? "null" : candidate.candidate().isEmpty() ? "end" : "candidate");
                if (candidate != null) {
                    told.add(candidate);
                }
            });
            call.a.connection.onIceGatheringStateChange(
                    () -> events.add(call.a.connection.iceGatheringState().toString()));
            String before =
                    Objects.requireNonNull(call.a.connection.localDescription()).sdp();
            restart(call, call.a.connection, call.b.connection);
            SessionDescription complete =
                    call.simulator().await(call.a.connection.gatheringComplete(), Duration.ofSeconds(5));
            call.run(millis(1_000));
            assertThat(events).containsExactly("gathering", "candidate", "end", "complete", "null");
            assertThat(ufrags(told)).hasSize(1);
            String ufrag = ufrags(told).iterator().next();
            assertThat(before).doesNotContain("ufrag:" + ufrag);
            assertThat(complete.sdp()).contains("a=ice-ufrag:" + ufrag, "a=candidate:", "a=end-of-candidates");
            assertThat(call.works()).isTrue();
        }
    }

    @Test
    void F16_restartsUnderTrafficNeverLeaveConnected() {
        int restarts = Boolean.getBoolean("yodel.long") ? 1_000 : 20;
        try (WatchedCall call = WatchedCall.connected(16)) {
            int frames = restarts * 25;
            long begun = call.simulator().now();
            call.talk(frames);
            int states = call.a.states.size() + call.b.states.size();
            Set<String> ufrags = new HashSet<>();
            for (int i = 0; i < restarts; i++) {
                PeerConnection first = i % 2 == 0 ? call.a.connection : call.b.connection;
                restart(call, first, first == call.a.connection ? call.b.connection : call.a.connection);
                for (WatchedCall.Side side : List.of(call.a, call.b)) {
                    ufrags.add(Objects.requireNonNull(side.dtls().iceTransport().getLocalParameters())
                            .usernameFragment());
                }
                call.runUntil(() -> false, millis(500 - (call.simulator().now() - begun) / Time.MILLISECOND % 500));
            }
            call.run(millis(2_000));
            assertThat(ufrags).as("fresh credentials each time").hasSize(2 * restarts);
            assertThat(call.a.states.size() + call.b.states.size())
                    .as("no state but connected")
                    .isEqualTo(states);
            assertThat(call.a.heard).hasSizeGreaterThan(frames * 98 / 100);
            assertThat(longestGap(call.a.heardAt)).isLessThanOrEqualTo(200 * Time.MILLISECOND);
            assertThat(longestGap(call.b.heardAt)).isLessThanOrEqualTo(200 * Time.MILLISECOND);
            assertThat(call.pair.hostA.leaks().sockets()).hasSize(1);
            assertThat(call.pair.hostB.leaks().sockets()).hasSize(1);
        }
    }

    private static long longestGap(List<Long> heardAt) {
        long longest = 0;
        for (int i = 1; i < heardAt.size(); i++) {
            longest = Math.max(longest, heardAt.get(i) - heardAt.get(i - 1));
        }
        return longest;
    }

    @Test
    void F12_aRestartAfterFailureFindsTheSameAssociation() {
        for (int seconds : new int[] {60, 300}) {
            try (WatchedCall call = WatchedCall.connected(12)) {
                call.talk(100);
                call.run(millis(3_000));
                List<byte[]> certificates = call.a.dtls().getRemoteCertificates();
                int heard = call.a.heard.size();
                call.cut(true);
                call.run(Duration.ofSeconds(40 + seconds));
                assertThat(call.a.connection.connectionState()).isEqualTo(ConnectionState.FAILED);
                assertThat(call.b.connection.connectionState()).isEqualTo(ConnectionState.FAILED);
                call.cut(false);
                restart(call, call.a.connection, call.b.connection);
                call.require("connected again", call::works, millis(2_000));
                call.talk(50);
                call.run(millis(2_000));
                assertThat(call.a.heard.size() - heard).as("sound goes on").isGreaterThanOrEqualTo(49);
                assertThat(call.a.dtls().state()).isEqualTo(DtlsTransportState.CONNECTED);
                assertThat(call.a.dtls().getRemoteCertificates()).hasSameSizeAs(certificates);
                assertThat(call.a.dtls().getRemoteCertificates().get(0)).isEqualTo(certificates.get(0));
            }
        }
    }

    /** The peer may have answered an offer without that section by the time the candidate comes there. */
    @Test
    void aCandidateWaitsWhileAnOfferSwitchesItsSectionOff() {
        try (WatchedCall call = WatchedCall.connected(17)) {
            List<IceCandidate> told = new ArrayList<>();
            PeerConnection a = call.a.connection;
            a.onIceCandidate(event -> {
                if (event.candidate() != null) {
                    told.add(event.candidate());
                }
            });
            a.getTransceivers().forEach(RtpTransceiver::stop);
            call.simulator().await(a.setLocalDescription(), Duration.ofSeconds(5));
            call.pair.hostA.addAddress(call.simulator().internet(), "10.1.0.9");
            call.run(millis(1_000));
            assertThat(told).isEmpty();
            call.simulator().await(a.setLocalDescription(SessionDescription.rollback()), Duration.ofSeconds(5));
            assertThat(told).extracting(IceCandidate::sdpMid).containsOnly("0").isNotEmpty();
            assertThat(told).anyMatch(candidate -> "10.1.0.9".equals(candidate.address()));

            told.clear();
            call.simulator().await(a.setLocalDescription(), Duration.ofSeconds(5));
            call.pair.hostA.addAddress(call.simulator().internet(), "10.1.0.10");
            call.run(millis(1_000));
            SessionDescription offer = Objects.requireNonNull(a.localDescription());
            PeerConnection b = call.b.connection;
            call.simulator().await(b.setRemoteDescription(offer), Duration.ofSeconds(5));
            SessionDescription answer = call.simulator().await(b.setLocalDescription(), Duration.ofSeconds(5));
            call.simulator().await(a.setRemoteDescription(answer), Duration.ofSeconds(5));
            call.simulator().run(millis(1_000));
            assertThat(told).isEmpty();
        }
    }

    @Test
    void F15_aNewInterfaceTakesOverWithoutSignaling() {
        try (WatchedCall call = WatchedCall.connected(15)) {
            List<IceCandidate> told = new ArrayList<>();
            call.a.connection.onIceCandidate(event -> {
                if (event.candidate() != null && !event.candidate().candidate().isEmpty()) {
                    told.add(event.candidate());
                }
            });
            call.talk(1_000);
            call.run(millis(1_000));
            long lost = call.simulator().now();
            call.pair.hostA.removeAddress("10.1.0.1");
            call.run(millis(1_000));
            assertThat(call.a.nanosUntil(ConnectionState.DISCONNECTED, lost)).isBetween(0L, Time.SECOND);
            long found = call.simulator().now();
            call.pair.hostA.addAddress(call.simulator().internet(), "10.1.0.9");
            call.require(
                    "connected again",
                    () -> call.a.connection.connectionState() == ConnectionState.CONNECTED,
                    millis(3_000));
            assertThat(call.a.nanosUntil(ConnectionState.CONNECTED, found)).isLessThanOrEqualTo(3 * Time.SECOND);
            int heard = call.b.heard.size();
            call.run(millis(1_000));
            assertThat(call.b.heard.size() - heard).isGreaterThanOrEqualTo(45);
            assertThat(told).singleElement().satisfies(candidate -> assertThat(candidate.candidate())
                    .contains("10.1.0.9"));
            assertThat(call.a.was(ConnectionState.FAILED)).isFalse();
            assertThat(call.b.was(ConnectionState.FAILED)).isFalse();
            assertThat(call.pair.hostA.leaks().sockets()).hasSize(1);
        }
    }

    @Test
    void aRestartThatIsRolledBackLeavesTheCallAsItWas() {
        try (WatchedCall call = WatchedCall.connected(4)) {
            call.talk(500);
            call.run(millis(1_000));
            int states = call.a.states.size();
            call.a.connection.restartIce();
            call.simulator().await(call.a.connection.setLocalDescription(), Duration.ofSeconds(5));
            call.run(millis(500));
            call.simulator()
                    .await(call.a.connection.setLocalDescription(SessionDescription.rollback()), Duration.ofSeconds(5));
            call.run(millis(3_000));
            assertThat(call.a.states).hasSize(states);
            int heard = call.b.heard.size();
            call.run(millis(1_000));
            assertThat(call.b.heard.size() - heard).isGreaterThanOrEqualTo(49);
            restart(call, call.b.connection, call.a.connection);
            call.run(millis(2_000));
            assertThat(call.works()).isTrue();
        }
    }
}
