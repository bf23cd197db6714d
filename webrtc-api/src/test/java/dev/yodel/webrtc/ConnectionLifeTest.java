package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.dtls.SimulatedDtls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The beginning and the end of a connection, and user code that behaves badly. */
class ConnectionLifeTest {
    /** A call of which one side is closed at an event; false if the session was over before. */
    private static boolean closedAt(int index) {
        try (SimulatedPair pair = new SimulatedPair(9)) {
            List<String> late = new ArrayList<>();
            boolean[] closed = new boolean[1];
            Runnable heard = () -> {
                if (closed[0]) {
                    late.add("event after close at " + index);
                }
            };
            pair.a.onSignalingStateChange(heard);
            pair.a.onConnectionStateChange(heard);
            pair.a.onIceConnectionStateChange(heard);
            pair.a.onIceGatheringStateChange(heard);
            pair.a.onNegotiationNeeded(heard);
            pair.a.onIceCandidate(event -> heard.run());
            pair.a.onTrack(event -> heard.run());
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.b.addTrack(EncodedTrack.opus("b"));
            pair.trickle();
            List<CompletableFuture<?>> futures = new ArrayList<>();
            futures.add(pair.a.connected());
            futures.add(pair.a.gatheringComplete());
            CompletableFuture<Void> exchange = pair.a
                    .setLocalDescription()
                    .thenCompose(pair.b::setRemoteDescription)
                    .thenCompose(done -> pair.b.setLocalDescription())
                    .thenCompose(pair.a::setRemoteDescription);
            futures.add(exchange);
            int events = 0;
            while (events < index && pair.simulator.step()) {
                events++;
                if (pair.a.connectionState() == ConnectionState.CONNECTED
                        && pair.b.connectionState() == ConnectionState.CONNECTED) {
                    return false;
                }
            }
            pair.a.close();
            closed[0] = true;
            pair.simulator.run(Duration.ofMillis(500));
            assertThat(late).isEmpty();
            for (CompletableFuture<?> future : futures) {
                assertThat(future.isDone()).as("index %d, %s", index, future).isTrue();
            }
            assertThat(pair.hostA.leaks().sockets()).as("index " + index).isEmpty();
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CLOSED);
            return true;
        }
    }

    @Test
    void F25_closeAtEveryEventOfASession() {
        int index = 0;
        while (closedAt(index)) {
            index++;
        }
        assertThat(index).as("events until connected").isGreaterThan(40);
    }

    @Test
    void F30_listenersThatThrowOrCloseHarmNobody() {
        try (SimulatedPair pair = new SimulatedPair(10)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.a.onSignalingStateChange(() -> {
                throw new IllegalStateException("thrown by the test");
            });
            pair.a.onIceCandidate(event -> {
                throw new IllegalStateException("thrown by the test");
            });
            pair.b.onTrack(event -> {
                throw new IllegalStateException("thrown by the test");
            });
            pair.connect();
            pair.a.createOffer().thenRun(() -> pair.hostA.occupyLane(Duration.ofSeconds(60)));
            pair.simulator.run(Duration.ofSeconds(70));
            assertThat(pair.b.connectionState())
                    .as("consent lives while a lane is blocked")
                    .isEqualTo(ConnectionState.CONNECTED);
            pair.b.createOffer().thenRun(pair.b::close);
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(pair.b.signalingState()).isEqualTo(SignalingState.CLOSED);
        }
    }

    @Test
    void J09_afterCloseEverythingIsRefusedByName() {
        try (SimulatedPair pair = new SimulatedPair(11)) {
            RtpTransceiver transceiver = pair.a.addTransceiver(MediaKind.AUDIO);
            pair.a.close();
            pair.a.close();
            assertThat(pair.a.signalingState()).isEqualTo(SignalingState.CLOSED);
            assertThat(pair.a.iceConnectionState()).isEqualTo(IceConnectionState.CLOSED);
            assertThat(pair.a.getSenders()).isEmpty();
            assertThatThrownBy(() -> pair.a.addTrack(EncodedTrack.opus("x"))).isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(() -> pair.a.addTransceiver(MediaKind.AUDIO)).isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(transceiver::stop).isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(() -> pair.a.removeTrack(transceiver.sender()))
                    .isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(() -> pair.a.createDataChannel("x")).isInstanceOf(InvalidStateException.class);
            assertThatThrownBy(() -> pair.a.setConfiguration(Configuration.DEFAULT))
                    .isInstanceOf(InvalidStateException.class);
            List<CompletableFuture<?>> futures = List.of(
                    pair.a.createOffer(),
                    pair.a.createAnswer(),
                    pair.a.setLocalDescription(),
                    pair.a.setRemoteDescription(SessionDescription.offer("v=0\r\n")),
                    pair.a.addIceCandidate(),
                    pair.a.connected(),
                    pair.a.gatheringComplete());
            pair.simulator.run(Duration.ofMillis(10));
            for (CompletableFuture<?> future : futures) {
                assertThatThrownBy(future::join).hasCauseInstanceOf(InvalidStateException.class);
            }
            assertThat(transceiver.receiver().track().readyState()).isEqualTo(MediaStreamTrackState.ENDED);
        }
    }

    @Test
    void J10_textFormsShowNoSecrets() {
        try (SimulatedPair pair = new SimulatedPair(12)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.connect();
            IceTransport ice = Objects.requireNonNull(pair.a.getSenders().get(0).transport())
                    .iceTransport();
            SessionDescription local = Objects.requireNonNull(pair.a.localDescription());
            IceParameters parameters = ice.getLocalParameters();
            assertThat(parameters).isNotNull();
            String secret = parameters.password();
            assertThat(local.sdp()).contains(secret);
            for (Object shown :
                    List.of(pair.a, local, parameters, ice, pair.a.getTransceivers(), pair.a.getSenders())) {
                assertThat(shown.toString()).doesNotContain(secret);
            }
            IceServer server = new IceServer(List.of("turn:host"), "user", "secret-credential");
            assertThat(server.toString()).doesNotContain("secret-credential");
        }
    }

    @Test
    void futuresReactInOrderOnTheLaneAndRefuseToDeadlock() {
        try (SimulatedPair pair = new SimulatedPair(13)) {
            List<String> order = new ArrayList<>();
            CompletableFuture<SessionDescription> offer = pair.a.createOffer();
            CompletableFuture<SessionDescription> second = pair.a.createOffer();
            offer.thenRun(() -> order.add("first"));
            offer.thenRun(() -> {
                order.add("second");
                try {
                    second.join();
                } catch (IllegalStateException e) {
                    order.add(e.getMessage());
                }
            });
            offer.thenRun(() -> order.add("third"));
            second.complete(SessionDescription.rollback());
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(order.subList(0, 2)).containsExactly("first", "second");
            assertThat(order).endsWith("third");
            CompletableFuture<SessionDescription> third = pair.a.createOffer();
            List<String> refused = new ArrayList<>();
            pair.a.addTransceiver(MediaKind.AUDIO);
            pair.a.onNegotiationNeeded(() -> {
                try {
                    pair.a.createOffer().join();
                } catch (IllegalStateException e) {
                    refused.add(e.getMessage());
                }
            });
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(third.isDone()).isTrue();
            assertThat(refused).containsExactly("createOffer would wait for itself; use thenCompose");
        }
    }

    /** Two loops, real sockets and threads: many threads call everything at random, and everything settles. */
    @Test
    void J08_randomCallsFromManyThreadsAllSettle() throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.builder()
                .settings(Settings.builder().loops(2).resolveMdns(false).build())
                .dtls(SimulatedDtls.unsafeOutsideSimulation())
                .build()) {
            for (long round = 1; round <= 6; round++) {
                race(factory, round);
            }
        }
    }

    private static void race(PeerConnectionFactory factory, long seed) throws InterruptedException {
        PeerConnection a = factory.newPeerConnection();
        PeerConnection b = factory.newPeerConnection();
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()).exceptionally(error -> null));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()).exceptionally(error -> null));
        a.onNegotiationNeeded(() -> {
            throw new IllegalStateException("thrown by the test");
        });
        int threads = 6;
        int calls = 30;
        CountDownLatch settled = new CountDownLatch(threads * calls);
        AtomicInteger unexpected = new AtomicInteger();
        List<Thread> runners = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed * 100 + i);
            Thread thread = new Thread(() -> {
                for (int call = 0; call < calls; call++) {
                    one(random.nextBoolean() ? a : b, random.nextBoolean() ? a : b, random, unexpected)
                            .whenComplete((done, error) -> settled.countDown());
                }
            });
            runners.add(thread);
            thread.start();
        }
        for (Thread thread : runners) {
            thread.join();
        }
        if (seed % 2 == 0) {
            a.close();
        }
        b.close();
        a.close();
        assertThat(settled.await(10, TimeUnit.SECONDS)).as("seed " + seed).isTrue();
        assertThat(unexpected).as("seed " + seed).hasValue(0);
    }

    static CompletableFuture<?> one(PeerConnection from, PeerConnection to, Random random, AtomicInteger unexpected) {
        try {
            switch (random.nextInt(9)) {
                case 0 -> from.addTrack(EncodedTrack.opus("t" + random.nextInt()));
                case 1 -> from.addTransceiver(random.nextBoolean() ? MediaKind.AUDIO : MediaKind.VIDEO);
                case 2 ->
                    from.getTransceivers()
                            .forEach(transceiver -> transceiver.sender().getParameters());
                case 3 -> {
                    return from.setLocalDescription().thenCompose(to::setRemoteDescription);
                }
                case 4 -> {
                    return from.setLocalDescription(SessionDescription.rollback());
                }
                case 5 -> {
                    return from.getStats();
                }
                case 6 -> from.restartIce();
                case 7 -> {
                    return from.createOffer();
                }
                default -> {
                    List<RtpSender> senders = from.getSenders();
                    if (!senders.isEmpty()) {
                        from.removeTrack(senders.get(random.nextInt(senders.size())));
                    }
                }
            }
        } catch (InvalidStateException expected) {
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            unexpected.incrementAndGet();
        }
        return CompletableFuture.completedFuture(null);
    }
}
