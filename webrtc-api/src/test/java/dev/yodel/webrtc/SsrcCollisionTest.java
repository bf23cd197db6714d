package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.io.Bytes;
import dev.yodel.io.Environment;
import dev.yodel.io.RandomSource;
import dev.yodel.media.EncodedFrame;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** RFC 3550 8.2 in a whole call: both ends happen to choose the same source. */
class SsrcCollisionTest {
    private static final int SAME = 0x5a5a_1234;

    /** A host whose first four random bytes in a row, once it is armed, are chosen. */
    private static final class Chosen implements RandomSource {
        private final RandomSource real;
        private int value = SAME;
        private boolean armed;

        Chosen(RandomSource real) {
            this.real = real;
        }

        Environment of(SimulatedHost host) {
            return (Environment) Proxy.newProxyInstance(
                    Environment.class.getClassLoader(), new Class<?>[] {Environment.class}, (proxy, method, args) -> {
                        if (method.getName().equals("random")) {
                            return this;
                        }
                        try {
                            return method.invoke(host, args);
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
        }

        @Override
        public void nextBytes(byte[] target, int offset, int length) {
            real.nextBytes(target, offset, length);
            if (armed && length == 4) {
                armed = false;
                Bytes.put32(target, offset, value);
            }
        }

        @Override
        public int nextInt() {
            return real.nextInt();
        }

        @Override
        public long nextLong() {
            return real.nextLong();
        }
    }

    private static final class End {
        final PeerConnectionFactory factory;
        final PeerConnection connection;
        final EncodedTrack voice;
        final List<RtpPacketEvent> heard = new ArrayList<>();
        int negotiationsNeeded;

        End(SimulatedHost host, String name) {
            Chosen random = new Chosen(host.random());
            factory = PeerConnectionFactory.builder()
                    .environment(random.of(host))
                    .dtls(SimulatedDtls.unsafeOutsideSimulation())
                    .build();
            connection = factory.newPeerConnection();
            voice = EncodedTrack.opus(name);
            random.armed = true;
            connection.addTrack(voice);
            connection.onTrack(event -> event.track().onRtp(heard::add));
            connection.onNegotiationNeeded(() -> negotiationsNeeded++);
        }

        long announced() {
            String sdp = Objects.requireNonNull(connection.localDescription()).sdp();
            int at = sdp.indexOf("a=ssrc:") + 7;
            return Long.parseLong(sdp.substring(at, sdp.indexOf(' ', at)));
        }
    }

    private static void exchange(Simulator simulator, End from, End to) {
        exchange(simulator, from.connection, to.connection);
    }

    private static void exchange(Simulator simulator, PeerConnection from, PeerConnection to) {
        SessionDescription offer = simulator.await(from.setLocalDescription(), Duration.ofSeconds(5));
        simulator.await(to.setRemoteDescription(offer), Duration.ofSeconds(5));
        SessionDescription answer = simulator.await(to.setLocalDescription(), Duration.ofSeconds(5));
        simulator.await(from.setRemoteDescription(answer), Duration.ofSeconds(5));
    }

    private static void carryCandidates(Simulator simulator, End from, End to) {
        carryCandidates(simulator, from.connection, to.connection);
    }

    private static void carryCandidates(Simulator simulator, PeerConnection from, PeerConnection to) {
        from.onIceCandidate(event -> {
            IceCandidate candidate = event.candidate();
            if (candidate != null) {
                simulator.schedule(Duration.ofMillis(5), () -> to.addIceCandidate(candidate));
            }
        });
    }

    private static void talk(Simulator simulator, int frames, End... ends) {
        for (int i = 0; i < frames; i++) {
            byte[] data = {(byte) 0x78, (byte) i, 3};
            simulator.schedule(Duration.ofMillis(20L * i), () -> {
                for (End end : ends) {
                    end.voice.write(EncodedFrame.ofDuration(data, 20_000_000));
                }
            });
        }
        simulator.run(Duration.ofMillis(20L * frames + 200));
    }

    private static Stats only(Simulator simulator, End end, String type) {
        List<Stats> found = simulator
                .await(end.connection.getStats(), Duration.ofSeconds(1))
                .ofType(type);
        assertThat(found).as(type).hasSize(1);
        return found.get(0);
    }

    private static long ssrc(Stats stats) {
        return Objects.requireNonNull(stats.number("ssrc")).longValue();
    }

    @Test
    void R08_aCollisionCostsOnePacketAndIsToldByTheNextOffer() {
        try (Simulator simulator = Simulator.create(8)) {
            End a = new End(simulator.internet().host("a", "10.1.0.1"), "a");
            End b = new End(simulator.internet().host("b", "10.1.0.2"), "b");
            carryCandidates(simulator, a, b);
            carryCandidates(simulator, b, a);
            exchange(simulator, a, b);
            simulator.await(a.connection.connected(), Duration.ofSeconds(5));
            simulator.await(b.connection.connected(), Duration.ofSeconds(5));
            assertThat(a.announced()).isEqualTo(SAME).isEqualTo(b.announced());
            simulator.run(Duration.ofMillis(100));
            a.negotiationsNeeded = 0;
            b.negotiationsNeeded = 0;

            // B speaks first, so A notices.
            talk(simulator, 20, b);
            assertThat(a.heard).as("A noticed, and dropped the first").hasSize(19);
            talk(simulator, 50, a, b);
            assertThat(a.heard).hasSize(69);
            assertThat(b.heard).as("A had spoken to nobody before it changed").hasSize(50);
            long changed = ssrc(only(simulator, a, "outbound-rtp"));
            assertThat(changed).isNotEqualTo(SAME);
            assertThat(only(simulator, a, "outbound-rtp").number("packetsSent")).isEqualTo(50);
            assertThat(ssrc(only(simulator, b, "inbound-rtp"))).isEqualTo(changed);
            assertThat(ssrc(only(simulator, b, "outbound-rtp"))).isEqualTo(SAME);
            assertThat(ssrc(only(simulator, a, "inbound-rtp"))).isEqualTo(SAME);
            assertThat(a.negotiationsNeeded).isEqualTo(1);
            assertThat(b.negotiationsNeeded).isZero();

            // What was agreed on stays what it was, and the next offer tells the truth.
            assertThat(a.announced()).isEqualTo(SAME);
            exchange(simulator, a, b);
            assertThat(a.announced()).isEqualTo(changed);
            assertThat(b.announced()).isEqualTo(SAME);
            talk(simulator, 50, a, b);
            assertThat(a.heard).hasSize(119);
            assertThat(b.heard).hasSize(100);
            assertThat(only(simulator, a, "outbound-rtp").number("packetsSent")).isEqualTo(100);
            assertThat(ssrc(only(simulator, b, "inbound-rtp"))).isEqualTo(changed);
            assertThat(a.negotiationsNeeded).as("it is told once").isEqualTo(1);
            a.factory.close();
            b.factory.close();
            simulator.run(Duration.ofSeconds(1));
            simulator.assertNoLeaks();
        }
    }

    @Test
    void R08_bothChangeWhenBothSpeakAtOnce() {
        try (Simulator simulator = Simulator.create(9)) {
            End a = new End(simulator.internet().host("a", "10.1.0.1"), "a");
            End b = new End(simulator.internet().host("b", "10.1.0.2"), "b");
            carryCandidates(simulator, a, b);
            carryCandidates(simulator, b, a);
            exchange(simulator, a, b);
            simulator.await(a.connection.connected(), Duration.ofSeconds(5));
            simulator.await(b.connection.connected(), Duration.ofSeconds(5));
            talk(simulator, 50, a, b);
            assertThat(a.heard.size()).isBetween(48, 49);
            assertThat(b.heard.size()).isBetween(48, 49);
            long ofA = ssrc(only(simulator, a, "outbound-rtp"));
            long ofB = ssrc(only(simulator, b, "outbound-rtp"));
            assertThat(ofA).isNotEqualTo(SAME).isNotEqualTo(ofB);
            assertThat(ofB).isNotEqualTo(SAME);
            exchange(simulator, b, a);
            talk(simulator, 50, a, b);
            assertThat(a.announced()).isEqualTo(ofA);
            assertThat(b.announced()).isEqualTo(ofB);
            assertThat(ssrc(only(simulator, a, "outbound-rtp"))).isEqualTo(ofA);
            assertThat(ssrc(only(simulator, b, "outbound-rtp"))).isEqualTo(ofB);
            assertThat(a.heard.size()).isBetween(98, 99);
            assertThat(b.heard.size()).isBetween(98, 99);
            a.factory.close();
            b.factory.close();
            simulator.run(Duration.ofSeconds(1));
        }
    }

    private static long ssrcOfLayer(Simulator simulator, PeerConnection connection, String rid) {
        return simulator.await(connection.getStats(), Duration.ofSeconds(1)).ofType("outbound-rtp").stream()
                .filter(entry -> rid.equals(entry.members().get("rid")))
                .mapToLong(SsrcCollisionTest::ssrc)
                .findFirst()
                .orElseThrow();
    }

    /**
     * What an SFU sends on: the layer goes on with a key frame that is asked for at once, and without a new
     * negotiation.
     */
    @Test
    void R08_aForwarderFollowsAPublisherThatChangesItsSource() {
        try (Simulator simulator = Simulator.create(10)) {
            SimulatedHost publisher = simulator.internet().host("a", "10.1.0.1");
            SimulatedHost server = simulator.internet().host("b", "10.1.0.2");
            Chosen random = new Chosen(server.random());
            PeerConnectionFactory factoryA = PeerConnectionFactory.builder()
                    .environment(publisher)
                    .dtls(new SimulatedDtls())
                    .build();
            PeerConnectionFactory factoryB = PeerConnectionFactory.builder()
                    .environment(random.of(server))
                    .dtls(SimulatedDtls.unsafeOutsideSimulation())
                    .settings(Settings.builder().receiveSimulcast().build())
                    .build();
            PeerConnection a = factoryA.newPeerConnection();
            PeerConnection b = factoryB.newPeerConnection();
            EncodedTrack picture = EncodedTrack.vp8("v");
            boolean[] keyWanted = {true};
            picture.onKeyFrameRequest(() -> keyWanted[0] = true);
            List<RtpEncodingParameters> encodings = List.of(
                    RtpEncodingParameters.builder().rid("q").build(),
                    RtpEncodingParameters.builder().rid("f").build());
            a.addTransceiver(picture, new RtpTransceiverInit(RtpTransceiverDirection.SENDRECV, List.of(), encodings));
            List<EncodedFrame> back = new ArrayList<>();
            long[] lastNanos = {0};
            a.onTrack(event -> event.track().onFrame(frame -> {
                back.add(frame);
                lastNanos[0] = simulator.now();
            }));
            b.onTrack(event -> {
                RtpForwarder forwarder = RtpForwarder.of(event.track());
                forwarder.select("q");
                b.addTrack(forwarder.track());
            });
            carryCandidates(simulator, a, b);
            carryCandidates(simulator, b, a);
            exchange(simulator, a, b);
            simulator.await(a.connected(), Duration.ofSeconds(5));
            for (int i = 0; i < 300; i++) {
                int number = i;
                simulator.schedule(Duration.ofMillis(33L * i), () -> {
                    boolean key = keyWanted[0];
                    keyWanted[0] = false;
                    for (String rid : List.of("q", "f")) {
                        byte[] data = new byte[rid.equals("q") ? 400 : 2_000];
                        data[0] = (byte) (key ? 0x10 : 0x11);
                        picture.write(EncodedFrame.ofTimestamp(data, 3_000L * number)
                                .withKeyFrame(key)
                                .withRid(rid));
                    }
                });
            }
            simulator.run(Duration.ofSeconds(2));
            assertThat(back).hasSizeGreaterThan(50);

            // The server happens to speak under the publisher's source while it does not hear the publisher.
            long before = ssrcOfLayer(simulator, a, "q");
            random.value = (int) before;
            random.armed = true;
            EncodedTrack voice = EncodedTrack.opus("late");
            b.addTrack(voice);
            assertThat(random.armed).isFalse();
            simulator.filter(packet ->
                    !packet.source().getAddress().equals(publisher.address()) || (packet.data()[0] & 0xc0) != 0x80);
            exchange(simulator, b, a);
            voice.write(EncodedFrame.ofDuration(new byte[] {0x78, 1, 2}, 20_000_000));
            simulator.run(Duration.ofMillis(50));
            assertThat(ssrcOfLayer(simulator, a, "q")).isNotEqualTo(before);
            simulator.clearFilters();
            long heardAgain = simulator.now();
            int framesBefore = back.size();
            simulator.require("pictures again", () -> back.size() > framesBefore, Duration.ofSeconds(2));
            assertThat(lastNanos[0] - heardAgain).as("ns until a picture came").isLessThan(200_000_000L);
            assertThat(back.get(framesBefore).keyFrame()).isTrue();
            simulator.run(Duration.ofSeconds(2));
            assertThat(back.size() - framesBefore).isGreaterThan(55);
            assertThat(back).allMatch(frame -> frame.data().length == 400);
            factoryA.close();
            factoryB.close();
            simulator.run(Duration.ofSeconds(1));
            simulator.assertNoLeaks();
        }
    }
}
