package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.PcmFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** W3C's RTCRtpReceiver: whom it heard, and how long it waits (WebRTC 1.0, 5.3; webrtc-extensions). */
class RtpReceiverTest {
    private static RtpReceiver receiver(PeerConnection connection) {
        return connection.getReceivers().get(0);
    }

    private static void play(SimulatedPair pair, EncodedTrack track, int frames) {
        for (int i = 0; i < frames; i++) {
            byte[] data = {0x78, (byte) i};
            pair.simulator.schedule(
                    Duration.ofMillis(20L * i), () -> track.write(EncodedFrame.ofDuration(data, 20_000_000)));
        }
        pair.simulator.run(Duration.ofMillis(20L * frames));
    }

    private static void speak(SimulatedPair pair, AudioTrack track, int seconds) {
        for (int i = 0; i < seconds * 100; i++) {
            short[] samples = new short[80];
            for (int k = 0; k < samples.length; k++) {
                samples[k] = (short) (8_000 * Math.sin((i * 80 + k) * 0.3));
            }
            pair.simulator.schedule(
                    Duration.ofMillis(10L * i), () -> track.write(new PcmFrame(samples, 8_000, 1, false)));
        }
        pair.simulator.run(Duration.ofSeconds(seconds));
    }

    @Test
    void synchronizationSourcesTellWhoWasHeardAndForgetAfterTenSeconds() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            AudioTrack voice = AudioTrack.g711("a");
            pair.a.addTrack(voice);
            List<RtpPacketEvent> heard = new ArrayList<>();
            pair.b.onTrack(event -> event.track().onRtp(heard::add));
            pair.connect();
            assertThat(receiver(pair.b).getSynchronizationSources()).isEmpty();
            pair.simulator.run(Duration.ofMillis(100));
            speak(pair, voice, 1);
            RtpPacketEvent last = heard.get(heard.size() - 1);
            List<RtpSynchronizationSource> sources = receiver(pair.b).getSynchronizationSources();
            assertThat(sources).hasSize(1);
            assertThat(sources.get(0).source()).isEqualTo(last.ssrc());
            assertThat(sources.get(0).rtpTimestamp()).isEqualTo(last.rtpTimestamp());
            // 8,000 of 32,768 as a sine are -15.3 dBov.
            assertThat(sources.get(0).audioLevel()).isEqualTo(Math.pow(10, -15 / 20.0), within(0.03));
            double now = pair.simulator
                    .await(pair.b.getStats(), Duration.ofSeconds(1))
                    .values()
                    .iterator()
                    .next()
                    .timestamp();
            assertThat(now - sources.get(0).timestamp()).isBetween(0.0, 60.0);
            assertThat(receiver(pair.b).getContributingSources()).isEmpty();
            pair.simulator.run(Duration.ofMillis(9_900));
            assertThat(receiver(pair.b).getSynchronizationSources()).hasSize(1);
            pair.simulator.run(Duration.ofMillis(200));
            assertThat(receiver(pair.b).getSynchronizationSources()).isEmpty();
        }
    }

    @Test
    void inOneListenerTheSourcesAreOfOneMoment() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            pair.a.addTrack(voice);
            pair.connect();
            play(pair, voice, 10);
            List<RtpSynchronizationSource> first = new ArrayList<>();
            List<RtpSynchronizationSource> second = new ArrayList<>();
            pair.b.createAnswer().exceptionally(error -> {
                first.addAll(receiver(pair.b).getSynchronizationSources());
                second.addAll(receiver(pair.b).getSynchronizationSources());
                return SessionDescription.rollback();
            });
            play(pair, voice, 10);
            assertThat(first).hasSize(1).isEqualTo(second);
            assertThat(receiver(pair.b).getSynchronizationSources().get(0).rtpTimestamp())
                    .isNotEqualTo(first.get(0).rtpTimestamp());
        }
    }

    @Test
    void aChangeOfTheSourceIsAnEvent() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            RtpSender sender = pair.a.addTrack(voice);
            List<String> events = new ArrayList<>();
            pair.b.onTrack(event -> {
                event.receiver()
                        .onSsrcChange(() -> events.add("ssrc "
                                + event.receiver().getSynchronizationSources().size()));
                event.receiver().onCsrcChange(() -> events.add("csrc"));
            });
            pair.connect();
            play(pair, voice, 10);
            pair.simulator.run(Duration.ofMillis(200));
            assertThat(events).containsExactly("ssrc 1");
            assertThat(sender.track()).isSameAs(voice);
        }
    }

    @Test
    void jitterBufferTargetIsChecked() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            RtpReceiver receiver = pair.a.addTransceiver(MediaKind.AUDIO).receiver();
            assertThat(receiver.jitterBufferTarget()).isNull();
            for (double bad : new double[] {-0.001, 4_000.001, Double.NaN}) {
                assertThatThrownBy(() -> receiver.jitterBufferTarget(bad)).isInstanceOf(RangeException.class);
                assertThat(receiver.jitterBufferTarget()).isNull();
            }
            receiver.jitterBufferTarget(4_000.0);
            assertThat(receiver.jitterBufferTarget()).isEqualTo(4_000.0);
            receiver.jitterBufferTarget(null);
            assertThat(receiver.jitterBufferTarget()).isNull();
        }
    }

    private static double delay(SimulatedPair pair) {
        StatsReport report = pair.simulator.await(pair.b.getStats(), Duration.ofSeconds(1));
        Stats stats = report.ofType("inbound-rtp").get(0);
        Double delay = stats.number("jitterBufferDelay");
        Double emitted = stats.number("jitterBufferEmittedCount");
        assertThat(delay).isNotNull();
        assertThat(emitted).isNotNull();
        return delay * 1_000 + emitted * 1e12;
    }

    /** The mean delay in milliseconds between two measurements. */
    private static double between(double before, double after) {
        double emitted = Math.floor(after / 1e12) - Math.floor(before / 1e12);
        return (after % 1e12 - before % 1e12) / emitted;
    }

    @Test
    void jitterBufferTargetMovesTheDelayBothWays() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            AudioTrack voice = AudioTrack.g711("a");
            pair.a.addTrack(voice);
            List<PcmFrame> heard = new ArrayList<>();
            pair.b.onTrack(event -> event.track().onPcm(heard::add));
            pair.connect();
            pair.simulator.run(Duration.ofMillis(100));
            speak(pair, voice, 4);
            double start = delay(pair);
            speak(pair, voice, 2);
            assertThat(between(start, delay(pair))).isLessThan(80);
            receiver(pair.b).jitterBufferTarget(1_000.0);
            speak(pair, voice, 10);
            double middle = delay(pair);
            speak(pair, voice, 2);
            assertThat(between(middle, delay(pair))).isBetween(940.0, 1_100.0);
            receiver(pair.b).jitterBufferTarget(null);
            speak(pair, voice, 10);
            double end = delay(pair);
            speak(pair, voice, 2);
            assertThat(between(end, delay(pair))).isLessThan(100);
            assertThat(heard).hasSizeGreaterThan(2_500);
        }
    }
}
