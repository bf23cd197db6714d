package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * THREATS F32 over a whole connection: 50 packets of sound, 1,000 of pictures and 200 messages a second for days. Nothing is missing and no
 * state changes while all numbers wrap.
 */
class SimulatedLongCallTest {
    private static final int PACKETS_PER_PICTURE = 25;
    private static final int HEADER = 12;
    private static final int DESCRIPTOR = 6;
    private static final int PAYLOAD = 24;
    private static final long SEED = 32;

    private final List<String> states = new ArrayList<>();
    private long soundPackets;
    private long videoPackets;
    private long pictures;
    private long messages;
    private int lastSound = -1;
    private int lastVideo = -1;
    private String wrong = "";

    /** Five sequence wraps of the pictures, one of the messages' numbers. */
    @Test
    void F32_sixMinutesHaveNoGap() {
        call(6 * 60);
    }

    /** 3,955 and 198 sequence wraps, 5 and 3 of timestamps, 791 of messages' numbers; {@code -Dyodel.hours} for fewer or more hours. */
    @Test
    @Tag("long")
    void F32_threeDaysHaveNoGap() {
        call(3_600L * Integer.getInteger("yodel.hours", 72));
    }

    private void call(long seconds) {
        try (SimulatedPair pair = new SimulatedPair(SEED)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpTrack picture = RtpTrack.of(MediaKind.VIDEO, "picture", "VP8");
            pair.a.addTrack(voice);
            pair.a.addTrack(picture);
            DataChannel channel = pair.a.createDataChannel("counter");
            pair.b.onTrack(event -> {
                RemoteTrack track = event.track();
                if (track.kind() == MediaKind.AUDIO) {
                    track.onRtp(this::onSound);
                } else {
                    track.onRtp(this::onVideo);
                    track.onFrame(this::onPicture);
                }
            });
            pair.b.onDataChannel(event -> event.channel().onMessage(message -> {
                if (Bytes.i64(message.bytes(), 0) != messages++) {
                    wrong += " message " + messages;
                }
            }));
            pair.connect();
            pair.simulator.run(Duration.ofSeconds(2));
            for (PeerConnection pc : List.of(pair.a, pair.b)) {
                pc.onConnectionStateChange(() -> states.add(pc.connectionState().toString()));
                pc.onIceConnectionStateChange(
                        () -> states.add(pc.iceConnectionState().toString()));
                pc.onSignalingStateChange(() -> states.add(pc.signalingState().toString()));
            }
            byte[] packet = new byte[HEADER + DESCRIPTOR + PAYLOAD];
            byte[] number = new byte[8];
            long started = System.nanoTime();
            for (long millis = 0; millis < 1_000 * seconds; millis++) {
                write(picture, packet, millis);
                if (millis % 20 == 0) {
                    voice.write(EncodedFrame.ofDuration(new byte[] {0x78, 1, 2, 3}, 20_000_000));
                }
                if (millis % 5 == 0) {
                    Bytes.put64(number, 0, millis / 5);
                    channel.send(number);
                }
                pair.simulator.run(Duration.ofMillis(1));
                if (millis % 3_600_000 == 3_599_999) {
                    System.out.printf(
                            "F32, seed %d: hour %d, %d and %d packets, %d messages, after %.0f s%n",
                            SEED,
                            millis / 3_600_000 + 1,
                            soundPackets,
                            videoPackets,
                            messages,
                            (System.nanoTime() - started) / 1e9);
                }
                assertThat(wrong).isEmpty();
            }
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(soundPackets).isEqualTo(50 * seconds);
            assertThat(videoPackets).isEqualTo(1_000 * seconds);
            assertThat(pictures).isEqualTo(1_000 * seconds / PACKETS_PER_PICTURE);
            assertThat(messages).isEqualTo(200 * seconds);
            assertThat(states).isEmpty();
            assertThat(channel.readyState()).isEqualTo(DataChannelState.OPEN);
            StatsReport stats = pair.simulator.await(pair.b.getStats(), Duration.ofSeconds(1));
            for (Stats inbound : stats.ofType("inbound-rtp")) {
                assertThat(inbound.number("packetsLost")).isEqualTo(0);
            }
        }
    }

    /** One packet of a VP8 picture, whose identifier, base index and number count on. */
    private static void write(RtpTrack to, byte[] packet, long index) {
        long frame = index / PACKETS_PER_PICTURE;
        int part = (int) (index % PACKETS_PER_PICTURE);
        packet[0] = (byte) 0x80;
        packet[1] = (byte) (96 | (part == PACKETS_PER_PICTURE - 1 ? 0x80 : 0));
        Bytes.put16(packet, 2, (int) (index + 64_000 & 0xffff));
        Bytes.put32(packet, 4, (int) (frame * 2_250 + 0xffff_0000L));
        Bytes.put32(packet, 8, 0x1234_5678);
        packet[HEADER] = (byte) (0x80 | (part == 0 ? 0x10 : 0));
        packet[HEADER + 1] = (byte) 0xe0;
        Bytes.put16(packet, HEADER + 2, 0x8000 | (int) (frame + 32_000 & 0x7fff));
        packet[HEADER + 4] = (byte) frame;
        packet[HEADER + 5] = 0;
        packet[HEADER + DESCRIPTOR] = (byte) (part == 0 && frame == 0 ? 0x10 : 0x11);
        Bytes.put64(packet, HEADER + DESCRIPTOR + 10, frame);
        to.write(packet, 0, packet.length);
    }

    private static int sequence(RtpPacketEvent event) {
        return Bytes.u16(event.packet(), 2);
    }

    private void onSound(RtpPacketEvent event) {
        int sequence = sequence(event);
        if (lastSound >= 0 && sequence != (lastSound + 1 & 0xffff)) {
            wrong += " sound " + soundPackets;
        }
        lastSound = sequence;
        soundPackets++;
    }

    private void onVideo(RtpPacketEvent event) {
        int sequence = sequence(event);
        if (lastVideo >= 0 && sequence != (lastVideo + 1 & 0xffff)) {
            wrong += " picture " + videoPackets;
        }
        lastVideo = sequence;
        videoPackets++;
    }

    private void onPicture(EncodedFrame frame) {
        if (Bytes.i64(frame.data(), 10) != pictures++) {
            wrong += " frame " + pictures;
        }
    }
}
