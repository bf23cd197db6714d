package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.StatsReport;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Voice and pictures with an aiortc that does not bundle: the group is taken out of the descriptions on their way, and
 * either side makes a transport for each section (RFC 9143 7.3). What aiortc sends comes back to it.
 */
class AiortcUnbundledTest {
    private static final Configuration MAX_COMPAT =
            Configuration.builder().bundlePolicy(BundlePolicy.MAX_COMPAT).build();

    private static String withoutGroup(String sdp) {
        final StringBuilder kept = new StringBuilder();
        sdp.lines().filter(line -> !line.startsWith("a=group:BUNDLE")).forEach(line -> kept.append(line)
                .append("\r\n"));
        return kept.toString();
    }

    /** aiortc trickles nothing, so it gets a description that holds all candidates. */
    private static JsonObject whole(PeerConnection pc, CompletableFuture<SessionDescription> set) throws Exception {
        final SessionDescription description =
                set.thenCompose(done -> pc.gatheringComplete()).get(30, TimeUnit.SECONDS);
        final JsonObject json = new JsonObject();
        json.addProperty("type", description.type().toString());
        json.addProperty("sdp", withoutGroup(description.sdp()));
        return json;
    }

    @SuppressWarnings("try") // Closed early on purpose: the peer is to notice.
    @ParameterizedTest
    @ValueSource(strings = {"offer", "answer"})
    void voiceAndPicturesComeBackOverTransportsOfTheirOwn(String role) throws Exception {
        final int hz = EchoCheck.randomHz();
        final boolean weOffer = role.equals("answer");
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection(MAX_COMPAT);
                AiortcPeer peer = AiortcPeer.start(role, hz, "video")) {
            pc.onTrack(event -> {
                if (weOffer) {
                    event.transceiver().sender().replaceTrack(event.track());
                } else {
                    pc.addTrack(event.track());
                }
            });
            if (weOffer) {
                pc.addTransceiver(MediaKind.AUDIO);
                pc.addTransceiver(MediaKind.VIDEO);
                peer.say(whole(pc, pc.setLocalDescription()));
            }
            final String theirs = withoutGroup(peer.await("a description", message -> message.has("sdp"))
                    .get("sdp")
                    .getAsString());
            if (weOffer) {
                pc.setRemoteDescription(SessionDescription.answer(theirs)).get(30, TimeUnit.SECONDS);
            } else {
                pc.setRemoteDescription(SessionDescription.offer(theirs)).get(30, TimeUnit.SECONDS);
                peer.say(whole(pc, pc.setLocalDescription()));
            }
            pc.connected().get(30, TimeUnit.SECONDS);
            // In whichever order they come first.
            final boolean[] heard = new boolean[2];
            peer.await("the echo of " + hz + " Hz and of pictures", message -> {
                heard[0] |= message.has("hertz")
                        && Math.abs(message.get("hertz").getAsDouble() - hz) < 3
                        && message.get("level").getAsDouble() > 500;
                heard[1] |= message.has("frames") && message.get("width").getAsInt() == 640;
                return heard[0] && heard[1];
            });
            assertTransports(pc.getStats().get(10, TimeUnit.SECONDS));
            pc.close();
            peer.await(
                    "our hang-up",
                    message -> message.has("ended")
                            || (message.has("state")
                                    && !message.get("state").getAsString().startsWith("connect")));
        }
    }

    private static void assertTransports(StatsReport report) {
        assertThat(report.ofType("transport")).hasSize(2).allSatisfy(transport -> {
            assertThat(transport.text("dtlsState")).isEqualTo("connected");
            assertThat(transport.text("selectedCandidatePairId")).isNotNull();
        });
        final Set<String> used = new HashSet<>();
        for (final String kind : List.of("audio", "video")) {
            final Stats inbound = ofKind(report, "inbound-rtp", kind);
            final Stats outbound = ofKind(report, "outbound-rtp", kind);
            final String id = Objects.requireNonNull(inbound.text("transportId"));
            assertThat(outbound.text("transportId")).isEqualTo(id);
            assertThat(used.add(id)).as("%s has a transport of its own", kind).isTrue();
            assertThat(inbound.number("packetsReceived")).isGreaterThan(9);
            assertThat(outbound.number("packetsSent")).isGreaterThan(9);
        }
    }

    private static Stats ofKind(StatsReport report, String type, String kind) {
        return report.ofType(type).stream()
                .filter(stats -> kind.equals(stats.text("kind")))
                .findFirst()
                .orElseThrow();
    }
}
