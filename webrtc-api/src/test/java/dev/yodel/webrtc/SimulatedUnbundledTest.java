package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.simulator.PacketFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Audio, video and data with a peer that does not bundle (RFC 9143 7.3, RFC 9429 4.1.1): a transport for each. */
class SimulatedUnbundledTest {
    private static final int AUDIO_FRAMES = 100;
    private static final int VIDEO_FRAMES = 60;

    /** One end, with what it sends and what it heard. */
    private static final class End {
        final PeerConnection connection;
        final EncodedTrack voice = EncodedTrack.opus("voice");
        final EncodedTrack picture = EncodedTrack.vp8("picture");
        final RtpSender audio;
        final RtpSender video;
        final List<RtpPacketEvent> heard = new ArrayList<>();
        final List<EncodedFrame> seen = new ArrayList<>();
        final List<String> messages = new ArrayList<>();
        final Set<String> candidateMids = new HashSet<>();

        End(PeerConnection connection) {
            this.connection = connection;
            audio = connection.addTrack(voice);
            video = connection.addTrack(picture);
            connection.onTrack(event -> {
                if (event.track().kind() == MediaKind.AUDIO) {
                    event.track().onRtp(heard::add);
                } else {
                    event.track().onFrame(seen::add);
                }
            });
            connection.onDataChannel(event -> event.channel().onMessage(message -> messages.add(message.text())));
        }

        DtlsTransport transport(RtpSender sender) {
            return Objects.requireNonNull(sender.transport());
        }
    }

    private final SimulatedPair pair = new SimulatedPair(4);
    private final End a = new End(pair.factoryA.newPeerConnection(
            Configuration.builder().bundlePolicy(BundlePolicy.MAX_COMPAT).build()));
    private final End b = new End(pair.factoryB.newPeerConnection());

    private void carry(End from, End to) {
        from.connection.onIceCandidate(event -> {
            IceCandidate candidate = event.candidate();
            if (candidate != null) {
                from.candidateMids.add(String.valueOf(candidate.sdpMid()));
                pair.simulator.schedule(
                        Duration.ofMillis(5),
                        () -> to.connection.addIceCandidate(candidate).whenComplete((done, error) -> {
                            if (error != null) {
                                pair.errors.add(error);
                            }
                        }));
            }
        });
    }

    private static SessionDescription withoutGroup(SessionDescription offer) {
        StringBuilder kept = new StringBuilder();
        offer.sdp().lines().filter(line -> !line.startsWith("a=group:")).forEach(line -> kept.append(line)
                .append("\r\n"));
        return SessionDescription.offer(kept.toString());
    }

    private void exchange() {
        SessionDescription offer = pair.simulator.await(a.connection.setLocalDescription(), Duration.ofSeconds(5));
        assertThat(offer.sdp()).doesNotContain("a=bundle-only");
        pair.simulator.await(b.connection.setRemoteDescription(withoutGroup(offer)), Duration.ofSeconds(5));
        SessionDescription answer = pair.simulator.await(b.connection.setLocalDescription(), Duration.ofSeconds(5));
        assertThat(answer.sdp()).doesNotContain("a=group:BUNDLE");
        pair.simulator.await(a.connection.setRemoteDescription(answer), Duration.ofSeconds(5));
    }

    private void connect() {
        carry(a, b);
        carry(b, a);
        exchange();
        pair.simulator.await(a.connection.connected(), Duration.ofSeconds(10));
        pair.simulator.await(b.connection.connected(), Duration.ofSeconds(10));
    }

    private void talk() {
        for (int i = 0; i < AUDIO_FRAMES; i++) {
            byte[] data = {(byte) 0x78, (byte) i, 3};
            pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                a.voice.write(EncodedFrame.ofDuration(data, 20_000_000));
                b.voice.write(EncodedFrame.ofDuration(data, 20_000_000));
            });
        }
        for (int i = 0; i < VIDEO_FRAMES; i++) {
            boolean key = i == 0;
            byte[] data = new byte[3_000];
            data[0] = (byte) (key ? 0x10 : 0x11);
            data[1] = (byte) i;
            long timestamp = 3_000L * i;
            pair.simulator.schedule(Duration.ofMillis(33L * i), () -> {
                a.picture.write(EncodedFrame.ofTimestamp(data, timestamp).withKeyFrame(key));
                b.picture.write(EncodedFrame.ofTimestamp(data, timestamp).withKeyFrame(key));
            });
        }
        pair.simulator.run(Duration.ofMillis(2_500));
    }

    private StatsReport stats(End end) {
        return pair.simulator.await(end.connection.getStats(), Duration.ofSeconds(1));
    }

    private static Stats ofKind(StatsReport report, String type, String kind) {
        return report.ofType(type).stream()
                .filter(stats -> kind.equals(stats.text("kind")))
                .findFirst()
                .orElseThrow();
    }

    private static int port(DtlsTransport transport) {
        String candidate = Objects.requireNonNull(transport.iceTransport().getSelectedCandidatePair())
                .local()
                .candidate();
        return Integer.parseInt(candidate.split(" ", -1)[5]);
    }

    @Test
    void everySectionHasATransportOfItsOwnWithItsOwnStates() {
        DataChannel channel = a.connection.createDataChannel("notes");
        channel.onOpen(() -> channel.send("on a third one"));
        connect();
        talk();
        for (End end : List.of(a, b)) {
            assertThat(end.heard).hasSize(AUDIO_FRAMES);
            assertThat(end.seen).hasSize(VIDEO_FRAMES);
            assertThat(end.candidateMids).containsExactlyInAnyOrder("0", "1", "2");
            DtlsTransport data = Objects.requireNonNull(end.connection.sctp()).transport();
            List<DtlsTransport> transports = List.of(end.transport(end.audio), end.transport(end.video), data);
            assertThat(transports).doesNotHaveDuplicates();
            for (DtlsTransport transport : transports) {
                assertThat(transport.state()).isEqualTo(DtlsTransportState.CONNECTED);
                assertThat(transport.iceTransport().getSelectedCandidatePair()).isNotNull();
            }
            assertThat(transports.stream().map(SimulatedUnbundledTest::port)).doesNotHaveDuplicates();
        }
        assertThat(b.messages).containsExactly("on a third one");
        assertThat(pair.errors).isEmpty();
        for (End end : List.of(a, b)) {
            assertStats(end);
        }
        pair.close();
    }

    /** Each stream's figures hang on its own transport, whose counts are those of that stream alone. */
    private void assertStats(End end) {
        StatsReport report = stats(end);
        assertThat(report.ofType("transport")).hasSize(3);
        assertThat(report.ofType("candidate-pair")).hasSize(3).allSatisfy(each -> assertThat(each.text("state"))
                .isEqualTo("succeeded"));
        assertThat(report.ofType("peer-connection").get(0).number("yodelTransports"))
                .isEqualTo(3);
        Map<String, Integer> least = Map.of("audio", AUDIO_FRAMES, "video", 3 * VIDEO_FRAMES);
        Set<String> used = new HashSet<>();
        least.forEach((kind, packets) -> {
            Stats inbound = ofKind(report, "inbound-rtp", kind);
            Stats outbound = ofKind(report, "outbound-rtp", kind);
            String id = Objects.requireNonNull(inbound.text("transportId"));
            assertThat(outbound.text("transportId")).isEqualTo(id);
            assertThat(used.add(id)).isTrue();
            assertThat(inbound.number("packetsReceived")).isGreaterThanOrEqualTo(packets);
            Stats transport = Objects.requireNonNull(report.get(id));
            assertThat(transport.text("dtlsState")).isEqualTo("connected");
            double carried = Objects.requireNonNull(transport.number("packetsReceived"));
            // The rest is the handshake and RTCP.
            assertThat(carried)
                    .isBetween(
                            inbound.number("packetsReceived"),
                            Objects.requireNonNull(inbound.number("packetsReceived")) + 120);
            Stats selected = Objects.requireNonNull(
                    report.get(Objects.requireNonNull(transport.text("selectedCandidatePairId"))));
            assertThat(selected.text("transportId")).isEqualTo(id);
        });
    }

    @Test
    void aTransportThatDiesMakesTheConnectionFailAndTheOthersGoOn() {
        connect();
        int dead = port(a.transport(a.video));
        pair.simulator.filter(PacketFilter.dropAll(packet ->
                packet.source().getPort() == dead || packet.destination().getPort() == dead));
        pair.simulator.run(Duration.ofSeconds(15));
        assertThat(a.connection.connectionState()).isEqualTo(ConnectionState.DISCONNECTED);
        assertThat(a.transport(a.video).iceTransport().state()).isEqualTo(IceTransportState.DISCONNECTED);
        assertThat(a.transport(a.audio).iceTransport().state())
                .isIn(IceTransportState.CONNECTED, IceTransportState.COMPLETED);
        pair.simulator.run(Duration.ofSeconds(25));
        assertThat(a.connection.connectionState()).isEqualTo(ConnectionState.FAILED);
        talk();
        assertThat(b.heard).as("the voice goes on").hasSize(AUDIO_FRAMES);
        assertThat(b.seen).isEmpty();
        // Without video there is nothing that fails.
        a.connection.getTransceivers().get(1).stop();
        exchange();
        pair.simulator.run(Duration.ofSeconds(1));
        assertThat(a.connection.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(stats(a).ofType("transport")).hasSize(1);
        talk();
        assertThat(b.heard).hasSize(2 * AUDIO_FRAMES);
        pair.close();
    }
}
