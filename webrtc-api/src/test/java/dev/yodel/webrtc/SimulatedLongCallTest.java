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
 * THREATS F32 over a whole connection: sound, pictures and messages for days. Nothing is missing and no state changes
 * while all numbers wrap. In the first minutes of each period 50 packets of sound, 1,000 of pictures and 200 messages
 * go each second, then so many fewer as {@link #SLOWLY} says, so that days of virtual time can be afforded: what
 * wraps by count does so at full rate, what wraps by time does so at either.
 */
class SimulatedLongCallTest {
    private static final int PACKETS_PER_PICTURE = 25;
    private static final int HEADER = 12;
    private static final int DESCRIPTOR = 6;
    private static final int PAYLOAD = 24;
    private static final long SEED = 32;

    /** Between the minutes at full rate a second's worth takes this many seconds. */
    private static final int SLOWLY = Integer.getInteger("yodel.slowly", 200);

    private final List<String> states = new ArrayList<>();
    private final byte[] packet = new byte[HEADER + DESCRIPTOR + PAYLOAD];
    private final byte[] number = new byte[8];
    private long soundPackets;
    private long videoPackets;
    private long pictures;
    private long messages;
    private long pictureTime;
    private int lastSound = -1;
    private int lastVideo = -1;
    private String wrong = "";

    /**
     * Of an hour two minutes at full rate: a wrap of the pictures' numbers at full rate, and one of the messages' in
     * what follows.
     */
    @Test
    void F32_anHourHasNoGap() {
        call(3_600, 110);
    }

    /**
     * Of each hour 110 s are at full rate, longer than the pictures' numbers take to wrap (65.5 s); {@code
     * -Dyodel.hours} for fewer or more hours, {@code -Dyodel.full} for more seconds of each.
     */
    @Test
    @Tag("long")
    void F32_threeDaysHaveNoGap() {
        call(3_600L * Integer.getInteger("yodel.hours", 72), Integer.getInteger("yodel.full", 110));
    }

    private void call(long seconds, long atFullRate) {
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
            long step = 0;
            long millis = 0;
            long started = System.nanoTime();
            while (millis < 1_000 * seconds) {
                write(picture, step, millis);
                if (step % 20 == 0) {
                    voice.write(EncodedFrame.ofDuration(new byte[] {0x78, 1, 2, 3}, 20_000_000));
                }
                if (step % 5 == 0) {
                    Bytes.put64(number, 0, step / 5);
                    channel.send(number);
                }
                step++;
                long length = millis % 3_600_000 < 1_000 * atFullRate ? 1 : SLOWLY;
                pair.simulator.run(Duration.ofMillis(length));
                if ((millis + length) % 3_600_000 < millis % 3_600_000) {
                    System.out.printf(
                            "F32, seed %d: hour %d, %d and %d packets, %d pictures, %d messages, after %.0f s%n",
                            SEED,
                            (millis + length) / 3_600_000,
                            soundPackets,
                            videoPackets,
                            pictures,
                            messages,
                            (System.nanoTime() - started) / 1e9);
                }
                millis += length;
                if (!wrong.isEmpty()) {
                    break;
                }
            }
            assertThat(wrong).as("after %d s", millis / 1_000).isEmpty();
            pair.simulator.run(Duration.ofSeconds(2));
            assertThat(soundPackets).isEqualTo((step + 19) / 20);
            assertThat(videoPackets).isEqualTo(step);
            assertThat(pictures).isEqualTo(step / PACKETS_PER_PICTURE);
            assertThat(messages).isEqualTo((step + 4) / 5);
            assertThat(states).isEmpty();
            assertThat(channel.readyState()).isEqualTo(DataChannelState.OPEN);
            StatsReport stats = pair.simulator.await(pair.b.getStats(), Duration.ofSeconds(1));
            for (Stats inbound : stats.ofType("inbound-rtp")) {
                assertThat(inbound.number("packetsLost")).isEqualTo(0);
            }
        }
    }

    /** One packet of a VP8 picture, whose identifier, base index and number count on; its timestamp is of the time. */
    private void write(RtpTrack to, long index, long millis) {
        long frame = index / PACKETS_PER_PICTURE;
        int part = (int) (index % PACKETS_PER_PICTURE);
        if (part == 0) {
            pictureTime = millis * 90 + 0xffff_0000L;
        }
        packet[0] = (byte) 0x80;
        packet[1] = (byte) (96 | (part == PACKETS_PER_PICTURE - 1 ? 0x80 : 0));
        Bytes.put16(packet, 2, (int) (index + 64_000 & 0xffff));
        Bytes.put32(packet, 4, (int) pictureTime);
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
