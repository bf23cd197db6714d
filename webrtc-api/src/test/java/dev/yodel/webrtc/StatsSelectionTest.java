package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** W3C's stats selection algorithm (WebRTC 1.0, 8.5), and references that lead somewhere. */
class StatsSelectionTest {
    private static StatsReport await(SimulatedPair pair, CompletableFuture<StatsReport> report) {
        return pair.simulator.await(report, Duration.ofSeconds(1));
    }

    @Test
    void aSelectorGivesItsStreamsAndWhatTheyReferTo() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            EncodedTrack other = EncodedTrack.opus("other");
            RtpSender sender = pair.a.addTrack(voice);
            pair.a.addTrack(other);
            pair.connect();
            for (int i = 0; i < 20; i++) {
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                    voice.write(EncodedFrame.ofDuration(new byte[] {0x78, 1}, 20_000_000));
                    other.write(EncodedFrame.ofDuration(new byte[] {0x78, 1}, 20_000_000));
                });
            }
            pair.simulator.run(Duration.ofSeconds(2));
            StatsReport all = await(pair, pair.a.getStats());
            assertThat(all.ofType("outbound-rtp")).hasSize(2);
            StatsReport some = await(pair, pair.a.getStats(voice));
            assertThat(some.ofType("outbound-rtp")).hasSize(1);
            Stats stream = some.ofType("outbound-rtp").get(0);
            assertThat(some.ofType("media-source").get(0).text("trackIdentifier"))
                    .isEqualTo("voice");
            assertThat(stream.text("mediaSourceId"))
                    .isEqualTo(some.ofType("media-source").get(0).id());
            assertThat(some.ofType("transport")).hasSize(1);
            assertThat(some.ofType("certificate")).hasSize(2);
            assertThat(some.ofType("candidate-pair")).isNotEmpty();
            assertThat(some.ofType("peer-connection")).isEmpty();
            assertThat(await(pair, sender.getStats()).entries().keySet())
                    .isEqualTo(some.entries().keySet());
            RtpReceiver receiver = pair.b.getReceivers().get(0);
            Stats heard = await(pair, receiver.getStats()).ofType("inbound-rtp").get(0);
            assertThat(heard.text("trackIdentifier")).isEqualTo(receiver.track().id());
            assertThat(heard.number("lastPacketReceivedTimestamp")).isLessThanOrEqualTo(heard.timestamp());
            for (Stats entry : all.values()) {
                entry.members().forEach((key, value) -> {
                    if (key.endsWith("Id")) {
                        assertThat(all.get(String.valueOf(value)))
                                .as(entry.type() + "." + key)
                                .isNotNull();
                    }
                });
            }
        }
    }

    @Test
    void aTrackThatIsNotSentOrReceivedOnceIsRefused() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            CompletableFuture<StatsReport> unknown = pair.a.getStats(voice);
            pair.a.addTrack(voice);
            pair.a.addTransceiver(voice, RtpTransceiverInit.DEFAULT);
            CompletableFuture<StatsReport> twice = pair.a.getStats(voice);
            pair.simulator.run(Duration.ofMillis(10));
            assertThatThrownBy(unknown::join).hasCauseInstanceOf(InvalidAccessException.class);
            assertThatThrownBy(twice::join).hasCauseInstanceOf(InvalidAccessException.class);
        }
    }
}
