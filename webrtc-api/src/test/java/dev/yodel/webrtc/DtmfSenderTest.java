package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import dev.yodel.rtp.payload.TelephoneEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** W3C's RTCDTMFSender (WebRTC 1.0, 7) and what it sends (RFC 4733). */
class DtmfSenderTest {
    private static final int EVENTS_OF_OPUS = 110;

    private record Heard(long atMillis, RtpPacketEvent packet, TelephoneEvent event) {}

    private static final class Call implements AutoCloseable {
        final SimulatedPair pair;
        final EncodedTrack voice = EncodedTrack.opus("voice");
        final RtpSender sender;
        final DtmfSender dtmf;
        final List<String> tones = new ArrayList<>();
        final List<Heard> events = new ArrayList<>();
        final List<String> keys = new ArrayList<>();
        final List<RtpPacketEvent> sounds = new ArrayList<>();
        long start;

        Call(long seed) {
            pair = new SimulatedPair(seed);
            sender = pair.a.addTrack(voice);
            dtmf = Objects.requireNonNull(sender.dtmf());
            pair.b.onTrack(track -> {
                track.track().onRtp(this::hear);
                track.track().onTone(keys::add);
            });
            pair.connect();
            start = pair.simulator.now();
            dtmf.onToneChange(event -> tones.add(event.tone() + " " + elapsed() + " " + dtmf.toneBuffer()));
        }

        private void hear(RtpPacketEvent packet) {
            if (packet.payloadType() == EVENTS_OF_OPUS) {
                int length = packet.packet().length - packet.payloadOffset();
                TelephoneEvent event = TelephoneEvent.parse(packet.packet(), packet.payloadOffset(), length);
                events.add(new Heard(elapsed(), packet, Objects.requireNonNull(event)));
            } else {
                sounds.add(packet);
            }
        }

        long elapsed() {
            return Math.round((pair.simulator.now() - start) / 1e6);
        }

        void run(long millis) {
            pair.simulator.run(Duration.ofMillis(millis));
        }

        @Override
        public void close() {
            pair.close();
        }
    }

    @Test
    void tonesFollowEachOtherInW3cTime() {
        try (Call call = new Call(1)) {
            assertThat(call.dtmf.canInsertDTMF()).isTrue();
            call.dtmf.insertDTMF("1,b", 100, 70);
            assertThat(call.dtmf.toneBuffer()).isEqualTo("1,B");
            call.run(5_000);
            assertThat(call.tones).containsExactly("1 0 ,B", ", 170 B", "B 2170 ", " 2340 ");
            assertThat(call.dtmf.toneBuffer()).isEmpty();
        }
    }

    @Test
    void aKeyIsReportedWithGrowingDurationAndEndsThreeTimes() {
        try (Call call = new Call(2)) {
            call.dtmf.insertDTMF("*", 100, 70);
            call.run(1_000);
            assertThat(call.events).hasSize(7);
            Heard first = call.events.get(0);
            assertThat(first.packet().marker()).isTrue();
            for (int i = 0; i < 7; i++) {
                Heard heard = call.events.get(i);
                assertThat(heard.event().key()).isEqualTo('*');
                assertThat(heard.packet().rtpTimestamp())
                        .isEqualTo(first.packet().rtpTimestamp());
                assertThat(heard.packet().marker()).isEqualTo(i == 0);
                assertThat(heard.event().end()).as("report %d", i).isEqualTo(i >= 4);
                assertThat(heard.event().duration()).isEqualTo(Math.min(i + 1, 5) * 960);
            }
        }
    }

    @Test
    void aLongKeyIsReportedInSegments() {
        try (Call call = new Call(3)) {
            call.dtmf.insertDTMF("#", 3_000, 70);
            call.run(4_000);
            long first = call.events.get(0).packet().rtpTimestamp();
            Heard last = call.events.get(call.events.size() - 1);
            assertThat(last.event().end()).isTrue();
            long units = (last.packet().rtpTimestamp() - first & 0xffff_ffffL)
                    + last.event().duration();
            assertThat(units).isEqualTo(144_000);
            assertThat(call.events.stream().filter(heard -> heard.event().end()))
                    .hasSize(3);
            assertThat(call.events.stream().filter(heard -> heard.packet().marker()))
                    .hasSize(1);
        }
    }

    @Test
    void eachKeyIsHeardOnceHoweverLong() {
        try (Call call = new Call(8)) {
            call.dtmf.insertDTMF("11#D", 3_000, 70);
            call.run(15_000);
            assertThat(call.keys).containsExactly("1", "1", "#", "D");
        }
    }

    @Test
    void audioGivesWayWhileAKeyIsDown() {
        try (Call call = new Call(4)) {
            for (int i = 0; i < 50; i++) {
                byte[] data = {0x78, (byte) i};
                call.pair.simulator.schedule(
                        Duration.ofMillis(20L * i + 5),
                        () -> call.voice.write(EncodedFrame.ofDuration(data, 20_000_000)));
            }
            call.pair.simulator.schedule(Duration.ofMillis(200), () -> call.dtmf.insertDTMF("5", 200, 70));
            call.run(1_500);
            assertThat(call.sounds).hasSize(40);
            assertThat(call.events).hasSize(12);
            long key = call.events.get(0).packet().rtpTimestamp();
            long before = call.sounds.get(9).rtpTimestamp();
            long after = call.sounds.get(10).rtpTimestamp();
            assertThat(key - before & 0xffff_ffffL).isBetween(1L, 2_000L);
            assertThat(after - key & 0xffff_ffffL).isBetween(200 * 48L - 960, 200 * 48L + 960);
        }
    }

    @Test
    void aNewStringReplacesWhatWaits() {
        try (Call call = new Call(5)) {
            call.dtmf.insertDTMF("12345", 1, 1);
            call.run(50);
            call.dtmf.insertDTMF("A", 9_999, 9_999);
            call.run(100);
            call.dtmf.insertDTMF("");
            call.run(20_000);
            assertThat(call.tones).containsExactly("1 0 2345", "A 70 ", " 12070 ");
        }
    }

    @Test
    void whatCannotBePlayedIsRefusedByName() {
        try (Call call = new Call(6)) {
            assertThatThrownBy(() -> call.dtmf.insertDTMF("12 3"))
                    .isInstanceOf(InvalidCharacterException.class)
                    .hasMessageContaining("the one at 2");
            assertThat(call.dtmf.toneBuffer()).isEmpty();
            call.dtmf.insertDTMF("123");
            call.run(10);
            call.pair.a.removeTrack(call.sender);
            assertThat(call.dtmf.canInsertDTMF()).isFalse();
            assertThatThrownBy(() -> call.dtmf.insertDTMF("1")).isInstanceOf(InvalidStateException.class);
            call.run(1_000);
            assertThat(call.tones).as("nothing plays without a track").hasSize(1);
            assertThat(call.dtmf.toneBuffer()).isEqualTo("23");
            assertThat(call.pair.a.addTransceiver(MediaKind.VIDEO).sender().dtmf())
                    .isNull();
        }
    }

    @Test
    void closingInTheMiddleOfAToneLeavesNothingBehind() {
        try (Call call = new Call(7)) {
            call.dtmf.insertDTMF("123", 6_000, 6_000);
            call.run(500);
            call.pair.a.close();
            call.run(100);
            assertThat(call.pair.hostA.leaks().sockets()).isEmpty();
            assertThat(call.pair.hostA.leaks().armedTimers()).isEqualTo(0);
            assertThat(call.tones).hasSize(1);
        }
    }
}
