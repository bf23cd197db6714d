package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Registration;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both sides change what they send at random moments; every exchange ends. */
class PerfectNegotiationTest {
    private static final List<RtpTransceiverDirection> DIRECTIONS = List.of(
            RtpTransceiverDirection.SENDRECV,
            RtpTransceiverDirection.SENDONLY,
            RtpTransceiverDirection.RECVONLY,
            RtpTransceiverDirection.INACTIVE);

    /** A signaling path with random delays that keeps the order. */
    private static final class Wire implements Negotiation.Signal {
        private final Simulator simulator;
        private final Random random;
        private final List<Consumer<SessionDescription>> descriptions = new ArrayList<>();
        private final List<Consumer<IceCandidate>> candidates = new ArrayList<>();
        private Wire other = this;
        private long lastMillis;

        Wire(Simulator simulator, Random random) {
            this.simulator = simulator;
            this.random = random;
        }

        private void later(Runnable what) {
            long at = Math.max(lastMillis, simulator.elapsed().toMillis() + random.nextInt(120));
            lastMillis = at;
            simulator.schedule(Duration.ofMillis(at).minus(simulator.elapsed()), what);
        }

        @Override
        public void send(SessionDescription description) {
            later(() -> List.copyOf(other.descriptions).forEach(listener -> listener.accept(description)));
        }

        @Override
        public void send(IceCandidate candidate) {
            later(() -> List.copyOf(other.candidates).forEach(listener -> listener.accept(candidate)));
        }

        @Override
        public Registration onDescription(Consumer<SessionDescription> listener) {
            descriptions.add(listener);
            return () -> descriptions.remove(listener);
        }

        @Override
        public Registration onCandidate(Consumer<IceCandidate> listener) {
            candidates.add(listener);
            return () -> candidates.remove(listener);
        }
    }

    private static void change(PeerConnection connection, Random random, int number) {
        List<RtpTransceiver> transceivers = connection.getTransceivers();
        int choice = random.nextInt(5);
        if (choice == 0 || transceivers.isEmpty()) {
            connection.addTrack(EncodedTrack.opus("t" + number), MediaStream.create("s" + number % 3));
        } else if (choice == 1) {
            connection.addTransceiver(random.nextBoolean() ? MediaKind.AUDIO : MediaKind.VIDEO);
        } else {
            RtpTransceiver transceiver = transceivers.get(random.nextInt(transceivers.size()));
            if (transceiver.direction() == RtpTransceiverDirection.STOPPED) {
                return;
            }
            if (choice == 2) {
                transceiver.stop();
            } else if (choice == 3) {
                connection.removeTrack(transceiver.sender());
            } else {
                transceiver.direction(DIRECTIONS.get(random.nextInt(4)));
            }
        }
    }

    private static void storm(long seed, int rounds) {
        try (SimulatedPair pair = new SimulatedPair(seed)) {
            Random random = new Random(seed);
            Wire a = new Wire(pair.simulator, random);
            Wire b = new Wire(pair.simulator, random);
            a.other = b;
            b.other = a;
            Negotiation.perfect(pair.a, a, true);
            Negotiation.perfect(pair.b, b, false);
            pair.a.addTrack(EncodedTrack.opus("first"));
            pair.b.addTrack(EncodedTrack.opus("first"));
            for (int i = 0; i < rounds; i++) {
                change(random.nextBoolean() ? pair.a : pair.b, random, i);
                pair.simulator.run(Duration.ofMillis(random.nextInt(150)));
            }
            pair.simulator.run(Duration.ofSeconds(10));
            String where = "seed " + seed + ", a " + pair.a + ", b " + pair.b;
            assertThat(pair.a.signalingState()).as(where).isEqualTo(SignalingState.STABLE);
            assertThat(pair.b.signalingState()).as(where).isEqualTo(SignalingState.STABLE);
            assertThat(mids(pair.a)).as(where).isEqualTo(mids(pair.b));
            for (RtpTransceiver mine : pair.a.getTransceivers()) {
                for (RtpTransceiver theirs : pair.b.getTransceivers()) {
                    if (String.valueOf(mine.mid()).equals(theirs.mid())) {
                        assertThat(String.valueOf(mine.currentDirection()))
                                .as(where + " mid " + mine.mid())
                                .isEqualTo(reversed(String.valueOf(theirs.currentDirection())));
                    }
                }
            }
            if (!pair.a.getTransceivers().isEmpty()) {
                assertThat(pair.a.connectionState()).as(where).isEqualTo(ConnectionState.CONNECTED);
                assertThat(pair.b.connectionState()).as(where).isEqualTo(ConnectionState.CONNECTED);
            }
        }
    }

    private static List<String> mids(PeerConnection connection) {
        return connection.getTransceivers().stream()
                .map(transceiver -> String.valueOf(transceiver.mid()))
                .sorted()
                .toList();
    }

    private static String reversed(String direction) {
        return switch (direction) {
            case "sendonly" -> "recvonly";
            case "recvonly" -> "sendonly";
            default -> direction;
        };
    }

    @Test
    void F34_stormsOfChangesConverge() {
        for (long seed = 1; seed <= 25; seed++) {
            storm(seed, 20);
        }
    }

    @Tag("long")
    @Test
    void F34_tenThousandRoundsConverge() {
        for (long seed = 1_000; seed < 1_200; seed++) {
            storm(seed, 50);
        }
    }

    @Test
    void glareOfTheFirstOffersConnects() {
        try (SimulatedPair pair = new SimulatedPair(77)) {
            Random random = new Random(77);
            Wire a = new Wire(pair.simulator, random);
            Wire b = new Wire(pair.simulator, random);
            a.other = b;
            b.other = a;
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.b.addTrack(EncodedTrack.opus("b"));
            Negotiation.perfect(pair.a, a, true);
            Negotiation.perfect(pair.b, b, false);
            pair.simulator.await(pair.a.connected(), Duration.ofSeconds(20));
            pair.simulator.await(pair.b.connected(), Duration.ofSeconds(20));
            assertThat(pair.a.getTransceivers()).hasSize(1);
            assertThat(pair.a.getTransceivers().get(0).currentDirection()).isEqualTo(RtpTransceiverDirection.SENDRECV);
        }
    }
}
