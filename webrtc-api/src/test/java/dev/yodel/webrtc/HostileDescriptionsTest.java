package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.sdp.Sdp;
import dev.yodel.sdp.SdpParseException;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Descriptions of real peers, harmed in seeded ways, through {@code setRemoteDescription}: refused with an error that
 * says where, and nothing has changed; or accepted, and everything fits together. Nothing in between.
 */
class HostileDescriptionsTest {
    private static final int SEEDS =
            Integer.getInteger("yodel.mutations", Boolean.getBoolean("yodel.long") ? 10_000 : 400);

    private static final List<String> OFFERS = List.of(
            "aiortc-1.4.0-offer.sdp",
            "chromium-156-offer.sdp",
            "firefox-153esr-offer.sdp",
            "gstreamer-1.22-offer.sdp",
            "libdatachannel-0.24.5-offer.sdp",
            "pion-3.1.56-offer.sdp",
            "roamhq-wrtc-0.10.0-offer.sdp",
            "webrtc-java-0.14.0-offer.sdp",
            "werift-0.24.4-offer.sdp");
    private static final List<String> ANSWERS = List.of(
            "aiortc-1.4.0-answer.sdp",
            "chromium-156-answer.sdp",
            "firefox-153esr-answer.sdp",
            "gstreamer-1.22-answer.sdp",
            "janus-1.1.2-answer-to-chrome.sdp",
            "janus-1.1.2-answer-to-firefox.sdp",
            "libdatachannel-0.24.5-answer.sdp",
            "pion-3.1.56-answer.sdp",
            "roamhq-wrtc-0.10.0-answer.sdp",
            "webrtc-java-0.14.0-answer.sdp",
            "werift-0.24.4-answer.sdp");

    private int refused;
    private int accepted;
    private int answersTaken;

    private static String load(String name) throws IOException {
        try (InputStream in = HostileDescriptionsTest.class.getResourceAsStream("/sdp/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Everything that the API shows of negotiation. */
    private static List<Object> view(PeerConnection connection) {
        List<Object> view = new ArrayList<>();
        view.add(connection.signalingState());
        view.add(text(connection.currentLocalDescription()));
        view.add(text(connection.pendingLocalDescription()));
        view.add(text(connection.currentRemoteDescription()));
        view.add(text(connection.pendingRemoteDescription()));
        view.add(String.valueOf(connection.canTrickleIceCandidates()));
        view.add(String.valueOf(connection.sctp()));
        for (RtpTransceiver transceiver : connection.getTransceivers()) {
            view.add(transceiver.mid() + " " + transceiver.direction() + " " + transceiver.currentDirection() + " "
                    + transceiver.stopped());
            view.add(transceiver.receiver().track().id() + " "
                    + transceiver.receiver().track().muted());
            view.add(String.valueOf(transceiver.sender().transport()));
            view.add(transceiver.receiver().getParameters());
            view.add(transceiver.getNegotiatedHeaderExtensions());
        }
        return view;
    }

    private static String text(@Nullable SessionDescription description) {
        return description == null ? "" : description.type() + description.sdp();
    }

    /** One connection that gets one description. */
    private final class Trial {
        final Simulator simulator;
        final SimulatedHost host;
        final PeerConnection connection;
        final String where;
        final Queue<String> violations = new ConcurrentLinkedQueue<>();
        final StateOracle oracle;
        final List<String> events = new ArrayList<>();

        Trial(Simulator simulator, SimulatedHost host, PeerConnectionFactory factory, String where) {
            this.simulator = simulator;
            this.host = host;
            this.where = where;
            connection = factory.newPeerConnection();
            oracle = new StateOracle("it", connection, violations, true);
            connection.onTrack(event -> events.add("track"));
            connection.onSignalingStateChange(() -> events.add("signalingstatechange"));
        }

        private <T> @Nullable Throwable outcome(CompletableFuture<T> future) {
            Throwable[] error = new Throwable[1];
            boolean[] done = new boolean[1];
            future.whenComplete((value, failure) -> {
                error[0] = failure;
                done[0] = true;
            });
            simulator.require("settled: " + where, () -> done[0], Duration.ofSeconds(10));
            return error[0];
        }

        void offer(String original, String harmed) throws SdpParseException {
            connection.addTrack(EncodedTrack.opus("voice"));
            simulator.run(Duration.ofMillis(1));
            if (takes(SdpType.OFFER, harmed)) {
                answer();
            } else {
                // It is as if nothing had been: the offer as it was is taken.
                assertThat(outcome(connection.setRemoteDescription(SessionDescription.offer(original))))
                        .as(where)
                        .isNull();
                answer();
            }
            end();
        }

        private void answer() throws SdpParseException {
            assertThat(outcome(connection.setLocalDescription())).as(where).isNull();
            String remote = Objects.requireNonNull(connection.currentRemoteDescription())
                    .sdp();
            String local =
                    Objects.requireNonNull(connection.currentLocalDescription()).sdp();
            assertThat(Sdp.parse(local).media()).as(where).hasSameSizeAs(sections(remote));
        }

        private static List<String> sections(String text) {
            return text.lines().filter(line -> line.startsWith("m=")).toList();
        }

        /** An offer of ours with the sections of the answer; the answer's names are made ours. */
        void answer(String original, Random random) {
            List<String> sections = sections(original);
            for (String section : sections) {
                if (section.startsWith("m=application")) {
                    connection.createDataChannel("data");
                } else {
                    connection.addTransceiver(section.startsWith("m=audio") ? MediaKind.AUDIO : MediaKind.VIDEO);
                }
            }
            assertThat(outcome(connection.setLocalDescription())).as(where).isNull();
            outcome(connection.gatheringComplete());
            String fitted = fitted(original, mids());
            boolean taken = takes(SdpType.ANSWER, new SdpMutation(random).of(fitted));
            if (!taken && outcome(connection.setRemoteDescription(SessionDescription.answer(fitted))) == null) {
                answersTaken++;
            }
            end();
        }

        private List<String> mids() {
            return Objects.requireNonNull(connection.localDescription())
                    .sdp()
                    .lines()
                    .filter(line -> line.startsWith("a=mid:"))
                    .map(line -> line.substring("a=mid:".length()))
                    .toList();
        }

        private boolean takes(SdpType type, String harmed) {
            List<Object> before = view(connection);
            List<String> socketsBefore = host.leaks().sockets();
            events.clear();
            Throwable error = outcome(connection.setRemoteDescription(new SessionDescription(type, harmed)));
            if (error == null) {
                accepted++;
                oracle.checkAtRest();
                assertThat(violations).as(where + "\n" + harmed).isEmpty();
                return true;
            }
            refused++;
            says(error, harmed);
            simulator.run(Duration.ofMillis(1));
            assertThat(view(connection)).as(where + "\n" + harmed).isEqualTo(before);
            assertThat(host.leaks().sockets()).as(where).isEqualTo(socketsBefore);
            assertThat(events).as(where).isEmpty();
            return false;
        }

        /** W3C's exception; a fault of the text alone has the number of its line. */
        private void says(Throwable error, String harmed) {
            RtcException named = RtcException.of(error);
            assertThat(named.getCause()).as(where + " " + error).isNull();
            assertThat(named.getMessage()).as(where).isNotBlank();
            if (named instanceof RtcErrorException syntax) {
                assertThat(syntax.error().errorDetail()).as(where).isEqualTo(RtcErrorDetail.SDP_SYNTAX_ERROR);
                assertThat(syntax.error().sdpLineNumber())
                        .as(where + " " + error)
                        .isNotNull()
                        .isBetween(1, 1 + (int) harmed.lines().count());
            } else {
                // W3C: whatever else is wrong with a description is an OperationError, here that two sections share a
                // track.
                assertThat(named).as(where).isInstanceOfAny(InvalidAccessException.class, OperationException.class);
            }
        }

        private void end() {
            oracle.checkAtRest();
            assertThat(violations).as(where).isEmpty();
            connection.close();
            oracle.closed();
            simulator.run(Duration.ofMillis(20));
            assertThat(host.leaks().sockets()).as(where).isEmpty();
            assertThat(violations).as(where).isEmpty();
        }
    }

    private static String fitted(String answer, List<String> mids) {
        StringBuilder text = new StringBuilder();
        int section = 0;
        for (String line : answer.lines().toList()) {
            if (line.startsWith("a=mid:") && section < mids.size()) {
                text.append("a=mid:").append(mids.get(section++));
            } else if (line.startsWith("a=group:BUNDLE")) {
                text.append("a=group:BUNDLE ").append(String.join(" ", mids));
            } else {
                text.append(line);
            }
            text.append("\r\n");
        }
        return text.toString();
    }

    @Test
    void J07_harmedDescriptionsOfRealPeersAreNeverHalfApplied() throws Exception {
        try (Simulator simulator = Simulator.create(1)) {
            SimulatedHost host = simulator.internet().host("a", "10.1.0.1");
            try (PeerConnectionFactory factory = PeerConnectionFactory.builder()
                    .environment(host)
                    .dtls(new SimulatedDtls())
                    .build()) {
                for (int seed = 0; seed < SEEDS; seed++) {
                    Random random = new Random(seed);
                    boolean offer = random.nextInt(3) > 0;
                    List<String> files = offer ? OFFERS : ANSWERS;
                    String file = files.get(random.nextInt(files.size()));
                    Trial trial = new Trial(simulator, host, factory, "seed " + seed + ", " + file);
                    if (offer) {
                        String original = load(file);
                        trial.offer(original, new SdpMutation(random).of(original));
                    } else {
                        trial.answer(load(file), random);
                    }
                }
            }
        }
        // Both happen, or this tests nothing.
        assertThat(refused).isGreaterThan(SEEDS / 10);
        assertThat(accepted).isGreaterThan(SEEDS / 10);
        assertThat(answersTaken).isPositive();
    }
}
