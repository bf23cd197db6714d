package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.rtp.LayerRate;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A forwarder between two connections of one side, in virtual time. */
class SimulatedForwardingTest {
    private static byte[] frame(boolean key, int number) {
        byte[] data = new byte[3_000];
        data[0] = (byte) (key ? 0x10 : 0x11);
        data[3] = (byte) (number >> 8);
        data[4] = (byte) number;
        return data;
    }

    /** What is forwarded back arrives whole; a pause ends with a key frame, which the forwarder asks for. */
    @Test
    void aPauseEndsWithAKeyFrame() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            EncodedTrack picture = EncodedTrack.vp8("v");
            List<EncodedFrame> back = new ArrayList<>();
            List<RtpForwarder> forwarders = new ArrayList<>();
            boolean[] keyWanted = {true};
            int[] requests = {0};
            picture.onKeyFrameRequest(() -> {
                requests[0]++;
                keyWanted[0] = true;
            });
            pair.a.addTrack(picture);
            pair.a.onTrack(event -> event.track().onFrame(back::add));
            pair.b.onTrack(event -> {
                RtpForwarder forwarder = RtpForwarder.of(event.track());
                forwarders.add(forwarder);
                RtpSender sender = pair.b.addTrack(forwarder.track());
                sender.onTargetBitrate(forwarder::maxBitrate);
            });
            pair.connect();
            for (int i = 0; i < 300; i++) {
                int number = i;
                pair.simulator.schedule(Duration.ofMillis(33L * i), () -> {
                    boolean key = keyWanted[0];
                    keyWanted[0] = false;
                    picture.write(EncodedFrame.ofTimestamp(frame(key, number), 3_000L * number)
                            .withKeyFrame(key));
                });
            }
            RtpForwarder forwarder = forwarders.get(0);
            pair.simulator.run(Duration.ofSeconds(2));
            int before = back.size();
            assertThat(before).isGreaterThan(50);
            forwarder.pause(true);
            pair.simulator.run(Duration.ofSeconds(1));
            int paused = back.size();
            assertThat(paused - before).isLessThan(5);
            int asked = requests[0];
            forwarder.pause(false);
            pair.simulator.run(Duration.ofSeconds(4));
            assertThat(requests[0]).isGreaterThan(asked);
            assertThat(back.get(paused).keyFrame()).isTrue();
            assertThat(back.size() - paused).isGreaterThan(80);
            // Nothing is missing from there on.
            for (int i = paused + 1; i < back.size(); i++) {
                assertThat(back.get(i).data()[4])
                        .isEqualTo((byte) (back.get(i - 1).data()[4] + 1));
            }
            assertThat(forwarder.switches()).isEqualTo(2);
            assertNothingLooksLost(pair);
            // The same where the track is switched off.
            forwarder.track().enabled(false);
            pair.simulator.run(Duration.ofSeconds(1));
            forwarder.track().enabled(true);
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(forwarder.switches()).isEqualTo(3);
            assertNothingLooksLost(pair);
            forwarder.close();
        }
    }

    /** What was left out on purpose is neither counted as lost nor asked for again (RFC 3550 6.4.1, RFC 4585 6.2.1). */
    private static void assertNothingLooksLost(SimulatedPair pair) {
        StatsReport report = pair.simulator.await(pair.a.getStats(), Duration.ofSeconds(1));
        assertThat(report.ofType("inbound-rtp")).isNotEmpty().allSatisfy(entry -> assertThat(entry.members())
                .containsEntry("packetsLost", 0L)
                .containsEntry("nackCount", 0L));
    }

    /** RFC 8853: three layers are sent under their rids, received under them, and one at a time comes back. */
    @Test
    void threeLayersAreSentAndForwardedOneAtATime() {
        Settings settings = Settings.builder().receiveSimulcast().build();
        try (SimulatedPair pair = new SimulatedPair(Simulator.create(2), settings)) {
            EncodedTrack picture = EncodedTrack.vp8("v");
            Map<String, Integer> sizes = Map.of("q", 400, "h", 1_200, "f", 3_500);
            List<EncodedFrame> back = new ArrayList<>();
            List<EncodedFrame> shown = new ArrayList<>();
            List<RtpForwarder> forwarders = new ArrayList<>();
            boolean[] keyWanted = {true};
            picture.onKeyFrameRequest(() -> keyWanted[0] = true);
            List<RtpEncodingParameters> encodings = List.of(
                    RtpEncodingParameters.builder().rid("q").build(),
                    RtpEncodingParameters.builder().rid("h").build(),
                    RtpEncodingParameters.builder().rid("f").build());
            RtpTransceiver transceiver = pair.a.addTransceiver(
                    picture, new RtpTransceiverInit(RtpTransceiverDirection.SENDRECV, List.of(), encodings));
            transceiver.receiver();
            pair.a.onTrack(event -> event.track().onFrame(back::add));
            pair.b.onTrack(event -> {
                event.track().onFrame(shown::add);
                RtpForwarder forwarder = RtpForwarder.of(event.track());
                forwarders.add(forwarder);
                pair.b.addTrack(forwarder.track());
            });
            pair.connect();
            for (int i = 0; i < 300; i++) {
                int number = i;
                pair.simulator.schedule(Duration.ofMillis(33L * i), () -> {
                    boolean key = keyWanted[0];
                    keyWanted[0] = false;
                    sizes.forEach((rid, size) -> {
                        byte[] data = new byte[size];
                        data[0] = (byte) (key ? 0x10 : 0x11);
                        data[4] = (byte) number;
                        picture.write(EncodedFrame.ofTimestamp(data, 3_000L * number)
                                .withKeyFrame(key)
                                .withRid(rid));
                    });
                });
            }
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(picture.droppedFrames()).isZero();
            StatsReport stats = pair.simulator.await(pair.a.getStats(), Duration.ofSeconds(1));
            assertThat(stats.ofType("outbound-rtp"))
                    .extracting(entry -> entry.members().get("rid"))
                    .containsExactlyInAnyOrder("q", "h", "f");
            assertThat(shown.get(shown.size() - 1).data()).hasSize(3_500);
            RtpForwarder forwarder = forwarders.get(0);
            for (String rid : List.of("q", "f", "h")) {
                forwarder.select(rid);
                pair.simulator.run(Duration.ofSeconds(2));
                assertThat(forwarder.currentRid()).isEqualTo(rid);
                assertThat(back.get(back.size() - 1).data()).hasSize(Objects.requireNonNull(sizes.get(rid)));
            }
            assertThat(back.size()).isGreaterThan(200);
            // A change costs no frame, though it may show one twice, and the picture's time goes on.
            for (int i = 1; i < back.size(); i++) {
                assertThat((back.get(i).data()[4] - back.get(i - 1).data()[4]) & 0xff)
                        .isLessThanOrEqualTo(1);
                long step = (back.get(i).rtpTimestamp() - back.get(i - 1).rtpTimestamp()) & 0xffff_ffffL;
                assertThat(step).isBetween(1L, 6_000L);
            }
        }
    }

    /** An SFU's offer asks for layers; the answerer makes an encoding of each, and the forwarder tells what each takes. */
    @Test
    void anOfferAsksForLayersAndTheForwarderTellsTheirRates() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            pair.trickle();
            RtpTransceiver receiver = pair.a.addTransceiver(
                    MediaKind.VIDEO,
                    RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY).withReceiveRids("q", "h", "f"));
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(5));
            pair.simulator.await(pair.b.setRemoteDescription(offer), Duration.ofSeconds(5));
            EncodedTrack picture = EncodedTrack.vp8("v");
            RtpTransceiver sender = pair.b.getTransceivers().get(0);
            assertThat(sender.sender().getParameters().encodings())
                    .extracting(RtpEncodingParameters::rid)
                    .containsExactly("q", "h", "f");
            sender.direction(RtpTransceiverDirection.SENDONLY);
            pair.simulator.await(sender.sender().replaceTrack(picture), Duration.ofSeconds(5));
            SessionDescription answer = pair.simulator.await(pair.b.setLocalDescription(), Duration.ofSeconds(5));
            pair.simulator.await(pair.a.setRemoteDescription(answer), Duration.ofSeconds(5));
            pair.simulator.await(pair.a.connected(), Duration.ofSeconds(20));
            RtpForwarder forwarder = RtpForwarder.of(receiver.receiver().track());
            List<Long> targets = new ArrayList<>();
            pair.b.onTargetBitrate(targets::add);
            assertThat(forwarder.layers()).isEmpty();
            for (int i = 0; i < 60; i++) {
                int number = i;
                pair.simulator.schedule(Duration.ofMillis(33L * i), () -> {
                    for (Map.Entry<String, Integer> layer :
                            Map.of("q", 300, "h", 900, "f", 2_500).entrySet()) {
                        byte[] data = new byte[layer.getValue()];
                        data[0] = (byte) (number == 0 ? 0x10 : 0x11);
                        picture.write(EncodedFrame.ofTimestamp(data, 3_000L * number)
                                .withKeyFrame(number == 0)
                                .withRid(layer.getKey()));
                    }
                });
            }
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(forwarder.layers()).extracting(LayerRate::rid).containsExactly("q", "h", "f");
            assertThat(forwarder.layers().get(0).bps()).isBetween(50_000L, 110_000L);
            assertThat(forwarder.layers().get(2).bps()).isBetween(450_000L, 750_000L);
            assertThat(targets).isNotEmpty();
            forwarder.close();
        }
    }

    /** RFC 6464: what packets say of their loudness is told without decoding them. */
    @Test
    void audioLevelsAreTold() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            AudioTrack voice = AudioTrack.g711("v");
            List<Integer> levels = new ArrayList<>();
            pair.a.addTrack(voice);
            pair.b.onTrack(event -> event.track().onAudioLevel(levels::add));
            pair.connect();
            short[] tone = new short[160];
            for (int i = 0; i < tone.length; i++) {
                tone[i] = (short) (10_000 * Math.sin(i * Math.PI / 8));
            }
            for (int i = 0; i < 50; i++) {
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> voice.write(new PcmFrame(tone, 8_000, 1)));
            }
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(levels.size()).isBetween(30, 60);
            // A sine of 10,000 is 13.3 dB below full scale.
            assertThat(levels.get(20)).isBetween(10, 16);
        }
    }

    @Test
    void aConnectionMayBeMadeNearAnotherOne() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            PeerConnection near = pair.factoryA.newPeerConnection(Configuration.DEFAULT, pair.a);
            assertThat(near.connectionState()).isEqualTo(ConnectionState.NEW);
            assertThatThrownBy(() -> pair.factoryA.newPeerConnection(Configuration.DEFAULT, pair.b))
                    .isInstanceOf(IllegalArgumentException.class);
            near.close();
        }
    }
}
