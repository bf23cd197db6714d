package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** W3C's RTCIceCandidate (WebRTC 1.0, 4.8). */
class IceCandidateTest {
    @Test
    void everyFieldOfTheTextHasItsName() {
        IceCandidate candidate = new IceCandidate(
                "candidate:435653019 2 tcp 1845501695 192.168.0.196 4444 typ srflx raddr www.example.com rport 22222"
                        + " tcptype active generation 0",
                "video",
                1,
                "user1",
                IceServerTransportProtocol.TCP,
                "turn:turn.example.net");
        assertThat(candidate.foundation()).isEqualTo("435653019");
        assertThat(candidate.component()).isEqualTo(IceComponent.RTCP);
        assertThat(candidate.protocol()).isEqualTo(IceProtocol.TCP);
        assertThat(candidate.priority()).isEqualTo(1_845_501_695L);
        assertThat(candidate.address()).isEqualTo("192.168.0.196");
        assertThat(candidate.port()).isEqualTo(4_444);
        assertThat(candidate.type()).isEqualTo(IceCandidateType.SRFLX);
        assertThat(candidate.tcpType()).isEqualTo(IceTcpCandidateType.ACTIVE);
        assertThat(candidate.relatedAddress()).isEqualTo("www.example.com");
        assertThat(candidate.relatedPort()).isEqualTo(22_222);
        assertThat(candidate.usernameFragment()).isEqualTo("user1");
        assertThat(candidate.relayProtocol()).isEqualTo(IceServerTransportProtocol.TCP);
        assertThat(candidate.url()).isEqualTo("turn:turn.example.net");
        assertThat(candidate.toJson()).isEqualTo(new IceCandidateInit(candidate.candidate(), "video", 1, "user1"));
        IceCandidate plain = new IceCandidate("candidate:1 1 udp 2113937151 2001:db8::1 0 typ relay", "a", null, null);
        assertThat(plain.component()).isEqualTo(IceComponent.RTP);
        assertThat(plain.type()).isEqualTo(IceCandidateType.RELAY);
        assertThat(plain.tcpType()).isNull();
        assertThat(plain.relatedAddress()).isNull();
        assertThat(plain.relatedPort()).isNull();
        assertThat(plain.relayProtocol()).isNull();
    }

    @Test
    void whatDoesNotFollowTheGrammarHasNoFields() {
        for (String text : List.of(
                "",
                "<arbitrary string[0] content>;",
                "candidate:1 1 sctp 1 192.0.2.1 1 typ host",
                "candidate:1 1 udp 1 192.0.2.1 1 typ unknown",
                "candidate:1 1 udp 4294967296 192.0.2.1 1 typ host",
                "candidate:" + "1".repeat(10_000))) {
            IceCandidate candidate = new IceCandidate(text, "audio", null);
            assertThat(candidate.candidate()).isEqualTo(text);
            assertThat(candidate.foundation()).isNull();
            assertThat(candidate.component()).isNull();
            assertThat(candidate.priority()).isNull();
            assertThat(candidate.address()).isNull();
            assertThat(candidate.protocol()).isNull();
            assertThat(candidate.port()).isNull();
            assertThat(candidate.type()).isNull();
            assertThat(candidate.relatedPort()).isNull();
        }
    }

    @Test
    void aCandidateNeedsASection() {
        assertThatThrownBy(() -> new IceCandidate("", null, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IceCandidate("", null, 65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new IceCandidate("", null, 0).sdpMLineIndex()).isZero();
    }

    @Test
    void anInitWithoutASectionIsRefusedOnlyIfItHasAText() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            pair.a.addTransceiver(MediaKind.AUDIO);
            pair.negotiate(pair.a, pair.b);
            String text = "candidate:1 1 udp 1 192.0.2.1 1 typ host";
            CompletableFuture<Void> refused = pair.a.addIceCandidate(new IceCandidateInit(text, null, null, null));
            CompletableFuture<Void> end = pair.a.addIceCandidate(new IceCandidateInit("", null, null, null));
            CompletableFuture<Void> good = pair.a.addIceCandidate(new IceCandidateInit(text, "0", null, null));
            pair.simulator.run(Duration.ofMillis(10));
            assertThatThrownBy(refused::join).hasCauseInstanceOf(IllegalArgumentException.class);
            assertThat(end).isCompleted();
            assertThat(good).isCompleted();
        }
    }

    @Test
    void aTransportShowsItsCandidatesAndThePairInUse() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            List<String> events = new ArrayList<>();
            List<IceCandidate> signaled = new ArrayList<>();
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.a.onIceCandidate(event -> {
                if (event.candidate() != null && !event.candidate().candidate().isEmpty()) {
                    signaled.add(event.candidate());
                    assertThat(event.url()).isNull();
                }
            });
            pair.trickle();
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(5));
            IceTransport ice = Objects.requireNonNull(pair.a.getSenders().get(0).transport())
                    .iceTransport();
            assertThat(ice.role()).isEqualTo(IceRole.CONTROLLING);
            assertThat(ice.state()).isEqualTo(IceTransportState.NEW);
            assertThat(ice.getRemoteParameters()).isNull();
            assertThat(ice.getSelectedCandidatePair()).isNull();
            ice.onStateChange(() -> events.add("state " + ice.state()));
            ice.onGatheringStateChange(() -> events.add("gathering " + ice.gatheringState()));
            ice.onSelectedCandidatePairChange(() -> events.add("pair"));
            pair.simulator.await(pair.b.setRemoteDescription(offer), Duration.ofSeconds(5));
            SessionDescription answer = pair.simulator.await(pair.b.setLocalDescription(), Duration.ofSeconds(5));
            pair.simulator.await(pair.a.setRemoteDescription(answer), Duration.ofSeconds(5));
            pair.simulator.await(pair.a.connected(), Duration.ofSeconds(20));
            assertThat(ice.role()).isEqualTo(IceRole.CONTROLLING);
            assertThat(ice.component()).isEqualTo(IceComponent.RTP);
            assertThat(events).containsSubsequence("state checking", "pair", "state connected");
            assertThat(ice.getLocalCandidates()).isEqualTo(signaled).isNotEmpty();
            assertThat(ice.getRemoteCandidates()).isNotEmpty();
            IceCandidatePair selected = Objects.requireNonNull(ice.getSelectedCandidatePair());
            assertThat(selected).isSameAs(ice.getSelectedCandidatePair());
            assertThat(selected.local().address()).isEqualTo("10.1.0.1");
            assertThat(selected.remote().address()).isEqualTo("10.1.0.2");
            assertThat(selected.local().sdpMid()).isEqualTo("0");
            IceParameters local = Objects.requireNonNull(ice.getLocalParameters());
            assertThat(selected.local().usernameFragment()).isEqualTo(local.usernameFragment());
            assertThat(offer.sdp()).contains("a=ice-ufrag:" + local.usernameFragment());
            pair.a.close();
            assertThat(ice.state()).isEqualTo(IceTransportState.CLOSED);
        }
    }
}
