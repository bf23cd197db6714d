package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Are the figures of statistics true? Over links whose losses and delays are known. */
class SimulatedStatsTest {
    private static StatsReport report(SimulatedPair pair, PeerConnection of) {
        return pair.simulator.await(of.getStats(), Duration.ofSeconds(1));
    }

    private static <V extends StatsView> V only(StatsReport report, Class<V> type) {
        return report.views(type).get(0);
    }

    /** Frames of three packets and key frames of a size of their own. */
    private static void film(SimulatedPair pair, EncodedTrack camera, int frames) {
        Random random = new Random(1);
        boolean[] wanted = {true};
        camera.onKeyFrameRequest(() -> wanted[0] = true);
        for (int i = 0; i < frames; i++) {
            int number = i;
            pair.simulator.schedule(Duration.ofMillis(33L * i), () -> {
                byte[] data = new byte[wanted[0] ? 12_000 : 3_000];
                random.nextBytes(data);
                data[0] = (byte) (wanted[0] ? 0x10 : 0x11);
                if (wanted[0]) {
                    byte[] size = {(byte) 0x9d, 0x01, 0x2a, (byte) 0x80, 0x02, (byte) 0x68, 0x01};
                    System.arraycopy(size, 0, data, 3, size.length);
                }
                camera.write(EncodedFrame.ofTimestamp(data, 3_000L * number).withKeyFrame(wanted[0]));
                wanted[0] = false;
            });
        }
        pair.simulator.run(Duration.ofMillis(33L * frames + 1_000));
    }

    @Test
    void lostVideoIsCountedOnBothSides() {
        Settings settings = Settings.builder().offerCongestionFeedback().build();
        try (SimulatedPair pair = new SimulatedPair(dev.yodel.simulator.Simulator.create(3), settings)) {
            EncodedTrack camera = EncodedTrack.vp8("camera");
            pair.a.addTrack(camera);
            int[] seen = {0};
            pair.b.onTrack(event -> event.track().onFrame(frame -> seen[0]++));
            pair.connect();
            pair.hostA.uplink().loss(0.05).delay(Duration.ofMillis(20));
            film(pair, camera, 200);
            StatsReport ours = report(pair, pair.a);
            OutboundRtpStreamStats sent = only(ours, OutboundRtpStreamStats.class);
            assertThat(sent.frameWidth()).isEqualTo(640);
            assertThat(sent.frameHeight()).isEqualTo(360);
            assertThat(sent.hugeFramesSent()).isNotNull().isBetween(0L, 10L);
            assertThat(sent.targetBitrate()).isNotNull().isGreaterThan(100_000);
            // The pacer spreads key frames.
            assertThat(sent.totalPacketSendDelay()).isPositive().isLessThan(200);
            IceCandidatePairStats path = ours.views(IceCandidatePairStats.class).stream()
                    .filter(pairStats -> pairStats.availableOutgoingBitrate() != null)
                    .findFirst()
                    .orElseThrow();
            assertThat(path.availableOutgoingBitrate()).isGreaterThan(100_000);
            assertThat(path.packetsDiscardedOnSend()).isZero();
            double now = path.timestamp();
            assertThat(path.lastPacketSentTimestamp()).isNotNull().isBetween(now - 5_000, now);
            assertThat(path.lastPacketReceivedTimestamp()).isNotNull().isBetween(now - 5_000, now);
            TransportStats transport = only(ours, TransportStats.class);
            assertThat(transport.ccfbMessagesReceived()).isNotNull().isGreaterThan(20);
            RemoteInboundRtpStreamStats told = only(ours, RemoteInboundRtpStreamStats.class);
            long lost = Objects.requireNonNull(told.packetsReportedAsLost());
            long packets = sent.packetsSent() - sent.retransmittedPacketsSent();
            assertThat((double) lost).isBetween(packets * 0.02, packets * 0.10);

            StatsReport theirs = report(pair, pair.b);
            InboundRtpStreamStats received = only(theirs, InboundRtpStreamStats.class);
            assertThat(received.retransmittedPacketsReceived()).isPositive();
            assertThat(received.retransmittedBytesReceived())
                    .isBetween(
                            received.retransmittedPacketsReceived() * 500,
                            received.retransmittedPacketsReceived() * 1_200);
            assertThat(received.rtxSsrc()).isEqualTo(sent.rtxSsrc());
            assertThat(received.framesAssembledFromMultiplePackets())
                    .isNotNull()
                    .isGreaterThanOrEqualTo(seen[0])
                    .isGreaterThan(180);
            assertThat(received.totalAssemblyTime()).isNotNull().isPositive();
            assertThat(received.jitterBufferEmittedCount()).isEqualTo(seen[0]);
            double assembling = Objects.requireNonNull(received.totalAssemblyTime()) / seen[0];
            assertThat(Objects.requireNonNull(received.jitterBufferDelay()) / seen[0])
                    .isBetween(assembling, 0.3);
            assertThat(Objects.requireNonNull(received.jitterBufferTargetDelay()) / seen[0])
                    .isBetween(0.001, 0.3);
            assertThat(received.jitterBufferMinimumDelay()).isLessThanOrEqualTo(received.jitterBufferTargetDelay());
            assertThat(received.packetsReportedAsLost()).isNotNull().isGreaterThanOrEqualTo(lost);
            assertThat(only(theirs, TransportStats.class).ccfbMessagesSent())
                    .isNotNull()
                    .isGreaterThanOrEqualTo(transport.ccfbMessagesReceived());
        }
    }

    private static InboundRtpStreamStats again(SimulatedPair pair) {
        pair.simulator.run(Duration.ofSeconds(2));
        return only(report(pair, pair.b), InboundRtpStreamStats.class);
    }

    @Test
    void theJitterBufferTellsItsDelays() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            AudioTrack voice = AudioTrack.g711("voice");
            pair.a.addTrack(voice);
            pair.b.onTrack(event -> {
                event.receiver().jitterBufferTarget(300.0);
                event.track().onPcm(pcm -> {});
            });
            pair.connect();
            pair.hostA.uplink().loss(0.03).jitter(Duration.ofMillis(20));
            for (int i = 0; i < 620; i++) {
                short[] loud = new short[160];
                Arrays.fill(loud, (short) 8_000);
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> voice.write(new PcmFrame(loud, 8_000, 1)));
            }
            pair.simulator.run(Duration.ofSeconds(10));
            InboundRtpStreamStats heard = only(report(pair, pair.b), InboundRtpStreamStats.class);
            long emitted = Objects.requireNonNull(heard.jitterBufferEmittedCount());
            assertThat(emitted).isBetween(60_000L, 80_000L);
            double target = Objects.requireNonNull(heard.jitterBufferTargetDelay()) / emitted;
            double minimum = Objects.requireNonNull(heard.jitterBufferMinimumDelay()) / emitted;
            double delay = Objects.requireNonNull(heard.jitterBufferDelay()) / emitted;
            assertThat(target).isBetween(0.29, 0.31);
            assertThat(minimum).isBetween(0.01, 0.15);
            assertThat(delay).isBetween(0.1, 0.35);
            // It came near to what was asked for, and stayed there.
            InboundRtpStreamStats later = again(pair);
            long more = Objects.requireNonNull(later.jitterBufferEmittedCount()) - emitted;
            double delayNow = Objects.requireNonNull(later.jitterBufferDelay());
            assertThat((delayNow - Objects.requireNonNull(heard.jitterBufferDelay())) / more)
                    .isBetween(0.285, 0.325);
            assertThat(heard.concealedSamples()).isNotNull().isPositive();
            assertThat(heard.silentConcealedSamples()).isNotNull().isLessThanOrEqualTo(heard.concealedSamples());
            OutboundRtpStreamStats sent = only(report(pair, pair.a), OutboundRtpStreamStats.class);
            assertThat(sent.targetBitrate()).isEqualTo(64_000);
            assertThat(sent.hugeFramesSent()).isNull();
        }
    }

    /** RFC 9429 5.7: what was offered to be received may come before the answer does. */
    @Test
    void mediaBeforeTheAnswerIsCounted() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            pair.a.addTransceiver(MediaKind.AUDIO, RtpTransceiverInit.of(RtpTransceiverDirection.SENDONLY));
            pair.connect();
            pair.a.addTransceiver(MediaKind.AUDIO, RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY));
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(1));
            pair.simulator.await(pair.b.setRemoteDescription(offer), Duration.ofSeconds(1));
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpTransceiver answering = pair.b.getTransceivers().get(1);
            pair.simulator.await(answering.sender().replaceTrack(voice), Duration.ofSeconds(1));
            answering.direction(RtpTransceiverDirection.SENDONLY);
            SessionDescription answer = pair.simulator.await(pair.b.setLocalDescription(), Duration.ofSeconds(1));
            assertThat(report(pair, pair.a).ofType("inbound-rtp")).isEmpty();
            for (int i = 0; i < 100; i++) {
                byte[] frame = {0x78, 1, 2};
                pair.simulator.schedule(
                        Duration.ofMillis(20L * i), () -> voice.write(EncodedFrame.ofDuration(frame, 20_000_000)));
            }
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(pair.a.signalingState()).isEqualTo(SignalingState.HAVE_LOCAL_OFFER);
            InboundRtpStreamStats early = only(report(pair, pair.a), InboundRtpStreamStats.class);
            assertThat(early.packetsReceived()).isBetween(40L, 60L);
            pair.simulator.await(pair.a.setRemoteDescription(answer), Duration.ofSeconds(1));
            pair.simulator.run(Duration.ofSeconds(2));
            InboundRtpStreamStats late = only(report(pair, pair.a), InboundRtpStreamStats.class);
            assertThat(late.id()).isEqualTo(early.id());
            assertThat(late.packetsReceived()).isEqualTo(100);
            assertThat(late.packetsLost()).isZero();
        }
    }

    /** An offer that is taken back takes back what it let in. */
    @Test
    void aRollbackEndsEarlyMedia() {
        try (SimulatedPair pair = new SimulatedPair(6)) {
            pair.a.addTransceiver(MediaKind.AUDIO, RtpTransceiverInit.of(RtpTransceiverDirection.SENDONLY));
            pair.connect();
            pair.a.addTransceiver(MediaKind.AUDIO, RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY));
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(1));
            pair.simulator.await(pair.b.setRemoteDescription(offer), Duration.ofSeconds(1));
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpTransceiver answering = pair.b.getTransceivers().get(1);
            pair.simulator.await(answering.sender().replaceTrack(voice), Duration.ofSeconds(1));
            answering.direction(RtpTransceiverDirection.SENDONLY);
            pair.simulator.await(pair.b.setLocalDescription(), Duration.ofSeconds(1));
            pair.simulator.await(pair.a.setLocalDescription(SessionDescription.rollback()), Duration.ofSeconds(1));
            voice.write(EncodedFrame.ofDuration(new byte[] {0x78, 1, 2}, 20_000_000));
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(report(pair, pair.a).ofType("inbound-rtp")).isEmpty();
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        }
    }
}
