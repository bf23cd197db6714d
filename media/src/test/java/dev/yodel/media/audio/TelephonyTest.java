package dev.yodel.media.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Telephone keys in audio, comfort noise and the mix of a conference. */
final class TelephonyTest {
    private static final String KEYS = "123A456B789C*0#D";

    private static String keys(DtmfDetector detector, short[] samples) {
        StringBuilder found = new StringBuilder();
        for (short sample : samples) {
            detector.hear(sample);
            char key = detector.take();
            if (key != 0) {
                found.append(key);
            }
        }
        return found.toString();
    }

    private static short[] dial(String text, int rate, int on, int off, double gain, double noise, long seed) {
        Random random = new Random(seed);
        int each = rate * (on + off) / 1000;
        short[] all = new short[each * text.length() + rate / 10];
        for (int i = 0; i < text.length(); i++) {
            short[] tone = DtmfGenerator.tone(text.charAt(i), rate, on);
            System.arraycopy(tone, 0, all, i * each + rate / 20, tone.length);
        }
        for (int i = 0; i < all.length; i++) {
            all[i] = (short)
                    Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, all[i] * gain + random.nextGaussian() * noise));
        }
        return all;
    }

    /** ITU-T Q.24: 40 ms on, 40 ms off, at every rate, softly and with noise, the same key twice. */
    @Test
    void everyKeyIsFoundOnce() {
        for (int rate : new int[] {8_000, 16_000, 24_000, 32_000, 44_100, 48_000}) {
            for (int on : new int[] {40, 60, 200}) {
                for (double gain : new double[] {1, 0.1, 0.03}) {
                    String text = KEYS + "11##00";
                    short[] samples = dial(text, rate, on, 45, gain, gain * 500, rate + on);
                    assertThat(keys(new DtmfDetector(rate), samples))
                            .as("%d Hz, %d ms, gain %s", rate, on, gain)
                            .isEqualTo(text);
                }
            }
        }
    }

    /** Through G.711 and G.722, as they come from telephones. */
    @Test
    void keysSurviveTheCodecsOfTelephones() {
        short[] narrow = dial(KEYS, 8_000, 50, 50, 0.5, 0, 1);
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = G711.PCMU.decode(G711.PCMU.encode(narrow[i]));
        }
        assertThat(keys(new DtmfDetector(8_000), narrow)).isEqualTo(KEYS);
        assertThat(keys(new DtmfDetector(16_000), G722Test.roundTrip(dial(KEYS, 16_000, 50, 50, 0.5, 0, 2))))
                .isEqualTo(KEYS);
    }

    /** Single tones, neighbours' tones, twist beyond the limits, noise, sweeps and short bursts are no keys. */
    @Test
    void nothingElseIsAKey() {
        int rate = 8_000;
        Random random = new Random(7);
        short[] samples = new short[rate * 20];
        double phase = 0;
        for (int i = 0; i < samples.length; i++) {
            double second = (double) i / rate;
            if (second < 5) {
                samples[i] = (short) (random.nextGaussian() * 6_000);
            } else if (second < 10) {
                phase += 2 * Math.PI * (300 + 600 * (second - 5)) / rate;
                samples[i] = (short) (12_000 * Math.sin(phase));
            } else if (second < 15) {
                // Like a voice: a fundamental with many harmonics, gliding.
                phase += 2 * Math.PI * (100 + 30 * Math.sin(3 * second)) / rate;
                double sum = 0;
                for (int h = 1; h < 25; h++) {
                    sum += Math.sin(h * phase) / Math.sqrt(h);
                }
                samples[i] = (short) (2_500 * sum);
            } else {
                samples[i] = (short)
                        (10_000 * (Math.sin(2 * Math.PI * 770 * second) + 0.2 * Math.sin(2 * Math.PI * 1336 * second)));
            }
        }
        assertThat(keys(new DtmfDetector(rate), samples)).isEmpty();
        assertThat(keys(new DtmfDetector(rate), dial("5", rate, 18, 45, 1, 0, 3)))
                .isEmpty();
        assertThatThrownBy(() -> new DtmfDetector(4_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DtmfDetector(8_000).hear(new PcmFrame(new short[160], 16_000, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** RFC 3389: what comes out has the level and the colour of what went in, within what 8 bits tell. */
    @Test
    void noiseComesBackWithItsLevelAndColour() {
        Random random = new Random(8);
        short[] room = new short[8_000];
        double last = 0;
        for (int i = 0; i < room.length; i++) {
            last = 0.9 * last + random.nextGaussian() * 60;
            room[i] = (short) last;
        }
        ComfortNoise heard = ComfortNoise.of(room, 0, room.length, 6);
        byte[] wire = heard.toBytes();
        assertThat(wire).hasSize(7);
        // The whitening filter of falling noise has a first coefficient near -0.9.
        assertThat(wire[1] & 0xff).isBetween(8, 20);
        ComfortNoise told = ComfortNoise.parse(wire, 0, wire.length);
        assertThat(told.level()).isEqualTo(heard.level());
        ComfortNoiseGenerator generator = new ComfortNoiseGenerator();
        generator.update(told);
        short[] made = new short[16_000];
        generator.generate(made, made.length);
        ComfortNoise again = ComfortNoise.of(made, 4_000, 12_000, 6);
        assertThat(again.level()).isBetween(heard.level() - 1, heard.level() + 1);
        assertThat(again.reflections()[0]).isBetween(0.85, 0.95);
        generator.update(ComfortNoise.parse(new byte[0], 0, 0));
        generator.generate(made, made.length);
        assertThat(AudioLevel.minusDbov(made, 8_000, 8_000)).isEqualTo(AudioLevel.SILENCE);
    }

    /** Any bytes as noise: no exception, no howling. */
    @Test
    void hostileNoiseStaysNoise() {
        Random random = new Random(9);
        ComfortNoiseGenerator generator = new ComfortNoiseGenerator();
        short[] made = new short[400];
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(30)];
            random.nextBytes(bytes);
            if (i % 3 == 0) {
                Arrays.fill(bytes, (byte) (random.nextBoolean() ? 0 : 0xff));
            }
            ComfortNoise noise = ComfortNoise.parse(bytes, 0, bytes.length);
            assertThat(noise.reflections().length).isLessThanOrEqualTo(ComfortNoise.MAX_ORDER);
            generator.update(noise);
            generator.generate(made, made.length);
        }
        generator.update(ComfortNoise.parse(new byte[] {60}, 0, 1));
        short[] calm = new short[16_000];
        generator.generate(calm, calm.length);
        assertThat(AudioLevel.minusDbov(calm, 8_000, 8_000)).isBetween(59, 61);
    }

    private static short[] sine(int rate, double frequency, double amplitude, int count) {
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) (amplitude * Math.sin(2 * Math.PI * frequency * i / rate));
        }
        return samples;
    }

    private static double share(short[] samples, int rate, double frequency) {
        double re = 0;
        double im = 0;
        for (int i = 0; i < samples.length; i++) {
            re += samples[i] * Math.cos(2 * Math.PI * frequency * i / rate);
            im += samples[i] * Math.sin(2 * Math.PI * frequency * i / rate);
        }
        return 2 * Math.hypot(re, im) / samples.length;
    }

    /** Three participants of different rates: each hears the two others, and not itself. */
    @Test
    void everybodyHearsAllOthers() {
        AudioMixer mixer = new AudioMixer(48_000);
        double[] frequencies = {500, 900, 1300};
        int[] rates = {8_000, 16_000, 44_100};
        AudioMixer.Source[] sources = new AudioMixer.Source[3];
        short[][] said = new short[3][];
        for (int i = 0; i < 3; i++) {
            sources[i] = mixer.add();
            said[i] = sine(rates[i], frequencies[i], 8_000, rates[i]);
        }
        short[][] heard = new short[3][48_000];
        short[] all = new short[48_000];
        for (int tick = 0; tick < 100; tick++) {
            for (int i = 0; i < 3; i++) {
                int count = rates[i] / 100;
                sources[i].write(said[i], tick * count, count, rates[i], 1);
            }
            mixer.mix();
            for (int i = 0; i < 3; i++) {
                sources[i].read(heard[i], tick * 480);
            }
            mixer.readAll(all, tick * 480);
        }
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double amplitude = share(Arrays.copyOfRange(heard[i], 9_600, 48_000), 48_000, frequencies[j]);
                if (i == j) {
                    assertThat(amplitude).isLessThan(60);
                } else {
                    assertThat(amplitude).isBetween(7_300.0, 8_300.0);
                }
            }
            assertThat(share(Arrays.copyOfRange(all, 9_600, 48_000), 48_000, frequencies[i]))
                    .isBetween(7_000.0, 8_300.0);
        }
        sources[1].close();
        mixer.mix();
        short[] left = new short[480];
        sources[0].read(left, 0);
        assertThat(AudioLevel.minusDbov(left, 0, 480)).isGreaterThan(20);
    }

    /** Many loud voices: rounded off, in order, never folded over; a source that nobody reads stays bounded. */
    @Test
    void loudMixesAreRoundedOff() {
        int before = Short.MIN_VALUE;
        for (int value = -400_000; value <= 400_000; value += 7) {
            short clipped = AudioMixer.clip(value);
            assertThat((int) clipped).isGreaterThanOrEqualTo(before);
            assertThat(Integer.signum(clipped)).isEqualTo(Integer.signum(value));
            if (Math.abs(value) <= 24_576) {
                assertThat((int) clipped).isEqualTo(value);
            }
            before = clipped;
        }
        AudioMixer mixer = new AudioMixer(16_000);
        AudioMixer.Source source = mixer.add();
        AudioMixer.Source listener = mixer.add();
        short[] loud = new short[16_000];
        Arrays.fill(loud, (short) 32_767);
        source.write(loud, 0, loud.length, 16_000, 1);
        short[] out = new short[160];
        int ticks = 0;
        do {
            mixer.mix();
            listener.read(out, 0);
            ticks++;
        } while (out[0] != 0 && ticks < 100);
        assertThat(ticks).isBetween(20, 22);
    }
}
