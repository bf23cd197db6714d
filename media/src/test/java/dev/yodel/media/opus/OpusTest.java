package dev.yodel.media.opus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.yodel.media.audio.AudioDecoder;
import dev.yodel.media.audio.Signals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Encoding and decoding through whatever libopus this machine has. */
final class OpusTest {
    @BeforeEach
    void needsLibopus() {
        assumeTrue(Opus.isAvailable(), Opus::description);
    }

    private static List<byte[]> encode(OpusEncoder encoder, short[] pcm) {
        List<byte[]> packets = new ArrayList<>();
        byte[] buffer = new byte[encoder.maxFrameBytes()];
        int frame = encoder.frameSamples() * encoder.channels();
        for (int at = 0; at + frame <= pcm.length; at += frame) {
            packets.add(Arrays.copyOf(buffer, encoder.encode(pcm, at, buffer, 0)));
        }
        return packets;
    }

    @Test
    void describesWhatWasFound() {
        assertThat(Opus.description()).startsWith("libopus ").contains(" from ");
    }

    @Test
    void aVoiceSurvivesTheRoundTrip() {
        short[] pcm = Signals.speech(48_000, 3);
        try (OpusEncoder encoder = new OpusEncoder(OpusEncoderOptions.VOICE);
                OpusDecoder decoder = new OpusDecoder(1)) {
            short[] out = new short[decoder.maxSamples()];
            short[] heard = new short[pcm.length];
            int at = 0;
            for (byte[] packet : encode(encoder, pcm)) {
                assertThat(OpusPacket.samples(packet, 0, packet.length)).isEqualTo(960);
                int samples = decoder.decode(packet, 0, packet.length, out);
                assertThat(samples).isEqualTo(960);
                System.arraycopy(out, 0, heard, at, samples);
                at += samples;
            }
            assertThat(Signals.envelopeCorrelation(pcm, heard, 960)).isGreaterThan(0.97);
        }
    }

    @Test
    void stereoKeepsItsSidesApart() {
        short[] left = Signals.tone(48_000, 440, 0.5, 48_000);
        short[] both = new short[2 * left.length];
        for (int i = 0; i < left.length; i++) {
            both[2 * i] = left[i];
        }
        try (OpusEncoder encoder = new OpusEncoder(OpusEncoderOptions.MUSIC);
                OpusDecoder decoder = new OpusDecoder(2)) {
            double leftEnergy = 0;
            double rightEnergy = 0;
            short[] out = new short[decoder.maxSamples()];
            for (byte[] packet : encode(encoder, both)) {
                int samples = decoder.decode(packet, 0, packet.length, out);
                for (int i = 0; i < samples; i++) {
                    leftEnergy += (double) out[2 * i] * out[2 * i];
                    rightEnergy += (double) out[2 * i + 1] * out[2 * i + 1];
                }
            }
            assertThat(leftEnergy).isGreaterThan(100 * rightEnergy);
        }
    }

    @Test
    void inbandFecBringsALostFrameBack() {
        short[] pcm = Signals.speech(48_000, 4);
        try (OpusEncoder encoder = new OpusEncoder(OpusEncoderOptions.VOICE.withFec(true, 20))) {
            List<byte[]> packets = encode(encoder, pcm);
            double withFec = correlationWithLosses(packets, pcm, true);
            double withoutFec = correlationWithLosses(packets, pcm, false);
            assertThat(withFec)
                    .as("without FEC %f", withoutFec)
                    .isGreaterThan(withoutFec)
                    .isGreaterThan(0.95);
        }
    }

    private static double correlationWithLosses(List<byte[]> packets, short[] pcm, boolean fec) {
        try (OpusDecoder decoder = new OpusDecoder(1)) {
            short[] heard = new short[pcm.length];
            short[] out = new short[decoder.maxSamples()];
            for (int i = 0; i < packets.size() - 1; i++) {
                byte[] packet = packets.get(i);
                byte[] next = packets.get(i + 1);
                int samples;
                if (i % 5 != 3) {
                    samples = decoder.decode(packet, 0, packet.length, out);
                } else if (fec) {
                    samples = decoder.recover(next, 0, next.length, 960, out);
                } else {
                    samples = decoder.conceal(960, out);
                }
                assertThat(samples).isEqualTo(960);
                System.arraycopy(out, 0, heard, i * 960, samples);
            }
            return Signals.envelopeCorrelation(pcm, heard, 960);
        }
    }

    @Test
    void dtxKeepsSilenceOffTheWire() {
        short[] silence = new short[48_000 * 2];
        try (OpusEncoder encoder = new OpusEncoder(OpusEncoderOptions.VOICE.withDtx(true))) {
            long sent = encode(encoder, silence).stream()
                    .filter(packet -> packet.length > 0)
                    .count();
            assertThat(sent).isLessThan(40);
        }
    }

    @Test
    void garbageIsDamagedAndNothingWorse() {
        Random random = new Random(5);
        try (OpusDecoder decoder = new OpusDecoder(2)) {
            short[] out = new short[decoder.maxSamples()];
            for (int i = 0; i < 20_000; i++) {
                byte[] garbage = new byte[random.nextInt(200)];
                random.nextBytes(garbage);
                int samples = decoder.decode(garbage, 0, garbage.length, out);
                assertThat(samples).isBetween(AudioDecoder.DAMAGED, OpusPacket.MAX_SAMPLES);
                samples = decoder.recover(garbage, 0, garbage.length, 1 + random.nextInt(5760), out);
                assertThat(samples).isBetween(AudioDecoder.DAMAGED, OpusPacket.MAX_SAMPLES);
            }
            assertThat(decoder.conceal(960, out)).isEqualTo(960);
            assertThat(decoder.conceal(441, out)).isEqualTo(441);
        }
    }

    @Test
    void misuseThrowsAndTheJvmLives() {
        OpusEncoder encoder = new OpusEncoder(OpusEncoderOptions.VOICE);
        OpusDecoder decoder = new OpusDecoder(1);
        short[] pcm = new short[960];
        byte[] packet = new byte[encoder.maxFrameBytes()];
        assertThatThrownBy(() -> encoder.encode(new short[959], 0, packet, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> encoder.encode(pcm, 0, new byte[10], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decoder.conceal(960, new short[10])).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decoder.conceal(-1, pcm)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> encoder.setBitrateBps(1)).isInstanceOf(IllegalArgumentException.class);
        encoder.close();
        encoder.close();
        decoder.close();
        decoder.close();
        assertThatThrownBy(() -> encoder.encode(pcm, 0, packet, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> decoder.decode(packet, 0, 10, pcm)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> decoder.conceal(960, pcm)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encoder.setExpectedLossPercent(1)).isInstanceOf(IllegalStateException.class);
    }
}
