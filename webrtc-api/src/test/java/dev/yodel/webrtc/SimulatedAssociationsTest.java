package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A transport whose DTLS association gives way to another (RFC 8842 5.5; THREATS.md D16). */
class SimulatedAssociationsTest {
    private static final Duration SHORT = Duration.ofSeconds(5);

    private final List<RtpPacketEvent> heardByA = new ArrayList<>();
    private final List<RtpPacketEvent> heardByB = new ArrayList<>();
    private final EncodedTrack voiceA = EncodedTrack.opus("voice-a");
    private final EncodedTrack voiceB = EncodedTrack.opus("voice-b");

    private static Duration seconds(long count) {
        return Duration.ofSeconds(count);
    }

    private void talk(SimulatedPair pair, int frames) {
        for (int i = 0; i < frames; i++) {
            pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                byte[] frame = {(byte) 0x78, 1, 2};
                voiceA.write(EncodedFrame.ofDuration(frame, 20_000_000));
                voiceB.write(EncodedFrame.ofDuration(frame, 20_000_000));
            });
        }
    }

    private static void hear(PeerConnection connection, List<RtpPacketEvent> into) {
        connection.onTrack(event -> event.track().onRtp(into::add));
    }

    private static DtlsTransport transport(PeerConnection connection) {
        for (RtpTransceiver each : connection.getTransceivers()) {
            DtlsTransport transport = each.sender().transport();
            if (transport != null) {
                return transport;
            }
        }
        throw new AssertionError("no transport");
    }

    private static List<String> watched(DtlsTransport transport) {
        List<String> states = new ArrayList<>();
        transport.onStateChange(() -> states.add(transport.state().toString()));
        transport.onError(event -> states.add(event.error().errorDetail().toString()));
        return states;
    }

    private static void carry(SimulatedPair pair, PeerConnection from, PeerConnection to) {
        from.onIceCandidate(event -> {
            IceCandidate candidate = event.candidate();
            if (candidate != null && to.signalingState() != SignalingState.CLOSED) {
                pair.simulator.schedule(Duration.ofMillis(5), () -> to.addIceCandidate(candidate)
                        .exceptionally(late -> null));
            }
        });
    }

    private void flows(SimulatedPair pair, List<RtpPacketEvent> there, List<RtpPacketEvent> back) {
        there.clear();
        back.clear();
        talk(pair, 50);
        pair.simulator.run(seconds(2));
        assertThat(there.size()).isGreaterThan(40);
        assertThat(back.size()).isGreaterThan(40);
    }

    /** B hands its side of the call over to another connection, which has another certificate. */
    private SessionDescription answerOfAnother(SimulatedPair pair, PeerConnection other) {
        other.addTrack(voiceB);
        hear(other, heardByB);
        pair.a.restartIce();
        SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), SHORT);
        pair.simulator.await(other.setRemoteDescription(offer), SHORT);
        carry(pair, pair.a, other);
        carry(pair, other, pair.a);
        return pair.simulator.await(other.setLocalDescription(), SHORT);
    }

    @Test
    void D16_anotherCertificateWithARestartBeginsAnotherAssociation() {
        try (SimulatedPair pair = new SimulatedPair(31)) {
            pair.a.addTrack(voiceA);
            hear(pair.a, heardByA);
            DataChannel channel = pair.a.createDataChannel("chat");
            pair.connect();
            pair.simulator.require("open", () -> channel.readyState() == DataChannelState.OPEN, SHORT);
            byte[] before = transport(pair.a).getRemoteCertificates().get(0);
            List<String> states = watched(transport(pair.a));
            PeerConnection other = pair.factoryB.newPeerConnection();
            SessionDescription answer = answerOfAnother(pair, other);
            pair.simulator.await(pair.a.setRemoteDescription(answer), SHORT);
            pair.simulator.await(other.connected(), SHORT);
            pair.simulator.require(
                    "the other certificate",
                    () -> !java.util.Arrays.equals(
                            before, transport(pair.a).getRemoteCertificates().get(0)),
                    SHORT);
            // The farewell of the association that was replaced must not hurt the new one.
            pair.b.close();
            flows(pair, heardByB, heardByA);
            assertThat(states).isEmpty();
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
            // Its channels were the old peer's.
            assertThat(channel.readyState()).isEqualTo(DataChannelState.CLOSED);
            DataChannel again = pair.a.createDataChannel("again");
            pair.simulator.require("open", () -> again.readyState() == DataChannelState.OPEN, SHORT);
        }
    }

    @Test
    void D16_anotherAssociationThatFailsEndsTheOldOne() {
        try (SimulatedPair pair = new SimulatedPair(32)) {
            pair.a.addTrack(voiceA);
            hear(pair.a, heardByA);
            pair.connect();
            List<String> states = watched(transport(pair.a));
            SessionDescription answer = answerOfAnother(pair, pair.factoryB.newPeerConnection());
            String line = answer.sdp()
                    .lines()
                    .filter(text -> text.startsWith("a=fingerprint:"))
                    .findFirst()
                    .orElseThrow();
            String wrong = line.substring(0, line.length() - 2) + (line.endsWith("00") ? "01" : "00");
            pair.simulator.await(
                    pair.a.setRemoteDescription(
                            SessionDescription.answer(answer.sdp().replace(line, wrong))),
                    SHORT);
            pair.simulator.require(
                    "failed", () -> pair.a.connectionState() == ConnectionState.FAILED, Duration.ofSeconds(20));
            assertThat(states).containsExactly("fingerprint-failure", "failed");
            heardByA.clear();
            talk(pair, 20);
            pair.simulator.run(seconds(1));
            assertThat(heardByA).isEmpty();
        }
    }

    /** Both are told that the other has the other role: no handshake can end, and both say so in time. */
    @Test
    void D16_bothEndsInOneRoleFailInTime() {
        for (boolean clients : List.of(true, false)) {
            String what = clients ? "both clients" : "both servers";
            try (SimulatedPair pair = new SimulatedPair(clients ? 35 : 36)) {
                pair.a.addTrack(voiceA);
                pair.b.addTrack(voiceB);
                hear(pair.a, heardByA);
                hear(pair.b, heardByB);
                pair.trickle();
                String offer = pair.simulator
                        .await(pair.a.setLocalDescription(), SHORT)
                        .sdp();
                String offered = clients ? offer : offer.replace("a=setup:actpass", "a=setup:active");
                pair.simulator.await(pair.b.setRemoteDescription(SessionDescription.offer(offered)), SHORT);
                String answer = pair.simulator
                        .await(pair.b.setLocalDescription(), SHORT)
                        .sdp();
                String truth = clients ? "a=setup:active" : "a=setup:passive";
                String lie = clients ? "a=setup:passive" : "a=setup:active";
                assertThat(answer).as(what).contains(truth);
                pair.simulator.await(
                        pair.a.setRemoteDescription(SessionDescription.answer(answer.replace(truth, lie))), SHORT);
                talk(pair, 50);
                for (PeerConnection each : List.of(pair.a, pair.b)) {
                    pair.simulator.require(
                            what + " fail", () -> each.connectionState() == ConnectionState.FAILED, seconds(60));
                }
                assertThat(heardByA).as(what).isEmpty();
                assertThat(heardByB).as(what).isEmpty();
            }
        }
    }

    /** RFC 8842 5.5: without another association the roles are those of the one that stands, whatever is said. */
    @Test
    void D16_aRoleThatFlipsInASessionChangesNothing() {
        try (SimulatedPair pair = new SimulatedPair(37)) {
            pair.a.addTrack(voiceA);
            pair.b.addTrack(voiceB);
            hear(pair.a, heardByA);
            hear(pair.b, heardByB);
            pair.connect();
            List<String> states = watched(transport(pair.a));
            states.addAll(watched(transport(pair.b)));
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), SHORT);
            pair.simulator.await(pair.b.setRemoteDescription(offer), SHORT);
            String answer =
                    pair.simulator.await(pair.b.setLocalDescription(), SHORT).sdp();
            assertThat(answer).contains("a=setup:active");
            String flipped = answer.replace("a=setup:active", "a=setup:passive");
            pair.simulator.await(pair.a.setRemoteDescription(SessionDescription.answer(flipped)), SHORT);
            flows(pair, heardByA, heardByB);

            for (String said : List.of("a=setup:passive", "a=setup:active")) {
                offer = pair.simulator.await(pair.b.setLocalDescription(), SHORT);
                String lie = offer.sdp().replace("a=setup:actpass", said);
                pair.simulator.await(pair.a.setRemoteDescription(SessionDescription.offer(lie)), SHORT);
                answer = pair.simulator
                        .await(pair.a.setLocalDescription(), SHORT)
                        .sdp();
                assertThat(answer).as(said).contains("a=setup:passive");
                pair.simulator.await(pair.b.setRemoteDescription(SessionDescription.answer(answer)), SHORT);
                flows(pair, heardByA, heardByB);
            }
            assertThat(states).isEmpty();
            assertThat(pair.errors).isEmpty();
        }
    }

    /** Two sections on one transport, of which the first one goes. */
    private void addTwo(SimulatedPair pair) {
        pair.a.addTrack(EncodedTrack.opus("first-a"));
        pair.a.addTrack(voiceA);
        pair.b.addTrack(EncodedTrack.opus("first-b"));
        pair.b.addTrack(voiceB);
        hear(pair.a, heardByA);
        hear(pair.b, heardByB);
    }

    private static void stopFirst(PeerConnection connection) {
        for (RtpTransceiver each : connection.getTransceivers()) {
            if (Objects.equals(each.mid(), "0")) {
                each.stop();
                return;
            }
        }
        throw new AssertionError("no section 0");
    }

    @Test
    void whatIsBundledGoesOnWithoutItsFirstSection() {
        try (SimulatedPair pair = new SimulatedPair(33)) {
            addTwo(pair);
            DataChannel channel = pair.a.createDataChannel("chat");
            List<String> heard = new ArrayList<>();
            pair.b.onDataChannel(event -> event.channel().onMessage(message -> heard.add(message.text())));
            pair.connect();
            pair.simulator.require("open", () -> channel.readyState() == DataChannelState.OPEN, SHORT);
            flows(pair, heardByA, heardByB);
            List<String> states = watched(transport(pair.a));
            String offered = Objects.requireNonNull(pair.a.localDescription()).sdp();

            stopFirst(pair.a);
            pair.negotiate(pair.a, pair.b);
            pair.simulator.run(seconds(1));
            flows(pair, heardByA, heardByB);
            channel.send("still here");
            pair.simulator.run(seconds(1));
            assertThat(heard).containsExactly("still here");

            // And again, when the place is used by another section, whoever offers.
            pair.b.addTransceiver(MediaKind.AUDIO);
            pair.negotiate(pair.b, pair.a);
            assertThat(Objects.requireNonNull(pair.b.localDescription()).sdp()).doesNotContain("BUNDLE 1 2\r");
            pair.simulator.run(seconds(1));
            flows(pair, heardByA, heardByB);
            channel.send("and here");
            pair.simulator.run(seconds(1));
            assertThat(heard).containsExactly("still here", "and here");
            assertThat(offered).contains("a=group:BUNDLE 0 1 2\r");
            assertThat(states).isEmpty();
            assertThat(pair.errors).isEmpty();
        }
    }

    /** A peer that ties its transport to no section keeps its association: nothing is lost by asking for another. */
    @Test
    void aPeerMayKeepItsAssociation() {
        try (SimulatedPair pair = new SimulatedPair(34)) {
            addTwo(pair);
            pair.trickle();
            // To B another section is the first of the group, so that it sees nothing happen to it later.
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), SHORT);
            String turned = offer.sdp().replace("BUNDLE 0 1", "BUNDLE 1 0");
            pair.simulator.await(pair.b.setRemoteDescription(SessionDescription.offer(turned)), SHORT);
            SessionDescription answer = pair.simulator.await(pair.b.setLocalDescription(), SHORT);
            String back = answer.sdp().replace("BUNDLE 1 0", "BUNDLE 0 1");
            assertThat(back).isNotEqualTo(answer.sdp());
            pair.simulator.await(pair.a.setRemoteDescription(SessionDescription.answer(back)), SHORT);
            pair.simulator.await(pair.a.connected(), SHORT);
            pair.simulator.await(pair.b.connected(), SHORT);
            List<String> states = watched(transport(pair.a));

            stopFirst(pair.a);
            pair.negotiate(pair.a, pair.b);
            pair.simulator.run(seconds(1));
            flows(pair, heardByA, heardByB);
            // Long after the handshake was given up.
            pair.simulator.run(seconds(60));
            flows(pair, heardByA, heardByB);
            assertThat(states).isEmpty();
            assertThat(pair.b.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        }
    }
}
