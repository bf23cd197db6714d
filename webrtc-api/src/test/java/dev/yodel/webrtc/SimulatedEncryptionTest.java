package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.sframe.SFrameCipherSuite;
import dev.yodel.media.sframe.SFrameDecryptor;
import dev.yodel.media.sframe.SFrameEncryptor;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is hidden beyond SRTP: header extensions (RFC 9335), and frames from end to end (RFC 9605). */
class SimulatedEncryptionTest {
    private static final Settings CRYPTEX = Settings.builder().cryptex().build();

    /** Sound flows with its levels; says what both descriptions say. */
    private static boolean talk(Settings a, Settings b, long seed) {
        try (SimulatedPair pair = new SimulatedPair(Simulator.create(seed), a, b, new SimulatedDtls())) {
            AudioTrack voice = AudioTrack.g711("a");
            pair.a.addTrack(voice);
            int[] packets = {0};
            pair.b.onTrack(event -> event.track().onRtp(packet -> packets[0]++));
            pair.connect();
            for (int i = 0; i < 100; i++) {
                short[] loud = new short[160];
                Arrays.fill(loud, (short) 8_000);
                pair.simulator.schedule(
                        Duration.ofMillis(20L * i),
                        () -> voice.write(new dev.yodel.media.audio.PcmFrame(loud, 8_000, 1)));
            }
            pair.simulator.run(Duration.ofSeconds(3));
            assertThat(packets[0]).isBetween(95, 105);
            // The level came with the packets, hidden on the way or not.
            Double level = pair.b
                    .getReceivers()
                    .get(0)
                    .getSynchronizationSources()
                    .get(0)
                    .audioLevel();
            assertThat(level).isNotNull().isBetween(0.1, 0.5);
            String offer =
                    Objects.requireNonNull(pair.a.currentLocalDescription()).sdp();
            String answer =
                    Objects.requireNonNull(pair.a.currentRemoteDescription()).sdp();
            assertThat(offer.contains("a=cryptex")).isEqualTo(a.cryptex());
            return answer.contains("a=cryptex");
        }
    }

    /** RFC 9335 4: it is used where both say so, and off by default. */
    @Test
    void headerExtensionsAreHiddenWhereBothWantIt() {
        assertThat(talk(CRYPTEX, CRYPTEX, 41)).isTrue();
        assertThat(talk(CRYPTEX, Settings.DEFAULT, 42)).isFalse();
        assertThat(talk(Settings.DEFAULT, CRYPTEX, 43)).isFalse();
        assertThat(talk(Settings.DEFAULT, Settings.DEFAULT, 44)).isFalse();
    }

    /** Opus is opaque but for its first byte, which jitter buffers read: that stays clear and is authenticated. */
    @Test
    void framesAreEncryptedFromEndToEnd() {
        byte[] key = new byte[16];
        key[0] = 7;
        SFrameEncryptor encryptor = new SFrameEncryptor(SFrameCipherSuite.AES_128_GCM_SHA256_128, 3, key);
        SFrameDecryptor decryptor = new SFrameDecryptor(SFrameCipherSuite.AES_128_GCM_SHA256_128);
        decryptor.addKey(3, key);
        List<byte[]> heard = new ArrayList<>();
        try (SimulatedPair pair = new SimulatedPair(45)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            pair.a.addTrack(voice);
            pair.b.onTrack(event -> event.track().onFrame(frame -> {
                byte[] data = frame.data();
                byte[] first = Arrays.copyOf(data, 1);
                byte[] plain = decryptor.decrypt(data, 1, data.length - 1, first);
                assertThat(plain).isNotNull();
                heard.add(plain);
            }));
            pair.connect();
            for (int i = 0; i < 100; i++) {
                byte[] rest = new byte[40];
                rest[0] = (byte) i;
                byte[] first = {0x78};
                byte[] sealed = encryptor.encrypt(rest, first);
                byte[] frame = new byte[1 + sealed.length];
                frame[0] = first[0];
                System.arraycopy(sealed, 0, frame, 1, sealed.length);
                pair.simulator.schedule(
                        Duration.ofMillis(20L * i), () -> voice.write(EncodedFrame.ofDuration(frame, 20_000_000)));
            }
            pair.simulator.run(Duration.ofSeconds(3));
        }
        assertThat(heard.size()).isGreaterThan(95);
        for (int i = 0; i < heard.size(); i++) {
            assertThat(heard.get(i)[0]).isEqualTo((byte) i);
        }
        assertThat(decryptor.refused()).isZero();
    }
}
