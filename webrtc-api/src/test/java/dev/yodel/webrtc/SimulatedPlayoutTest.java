package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When received frames are handed over: with losses, with sound that waits, and with a wish for delay. */
class SimulatedPlayoutTest {
    private static final int FPS = 30;
    private static final int SEEDS = Boolean.getBoolean("yodel.long") ? 30 : 3;

    /** A film whose frames are as large as the target allows; its capture times by frame number. */
    private static final class Film {
        final SimulatedPair pair;
        final EncodedTrack track;
        final Random random;
        final Map<Integer, Long> captured = new HashMap<>();
        long bps = 300_000;
        long maxBps = 1_500_000;
        long bytes;
        int keyFrames;
        boolean keyWanted = true;

        Film(SimulatedPair pair, EncodedTrack track, long seed) {
            this.pair = pair;
            this.track = track;
            this.random = new Random(seed);
            track.onKeyFrameRequest(() -> keyWanted = true);
        }

        void shoot(int frames) {
            for (int i = 0; i < frames; i++) {
                int number = i;
                pair.simulator.schedule(Duration.ofNanos(1_000_000_000L * i / FPS), () -> frame(number));
            }
        }

        private void frame(int number) {
            // A real encoder spends less on what follows a key frame.
            long size = Math.min(bps, maxBps) * 85 / 100 / 8 / FPS;
            boolean key = keyWanted || number % 300 == 0;
            int length = (int) Math.max(60, key ? size * 4 : size * (85 + random.nextInt(20)) / 100);
            byte[] data = new byte[length];
            data[0] = (byte) (key ? 0x10 : 0x11);
            data[3] = (byte) (number >> 8);
            data[4] = (byte) number;
            keyWanted = false;
            keyFrames += key ? 1 : 0;
            bytes += length;
            captured.put(number, pair.simulator.now());
            track.write(EncodedFrame.ofTimestamp(data, 90_000L * number / FPS).withKeyFrame(key));
        }

        static int number(EncodedFrame frame) {
            return ((frame.data()[3] & 0xff) << 8) | (frame.data()[4] & 0xff);
        }
    }

    private static long at(Map<Integer, Long> times, int number) {
        return Objects.requireNonNull(times.get(number));
    }

    /** What becomes of a minute at 100 ms of round trip, first without losses, then with some. */
    private static double[] lossy(double loss, long seed) {
        return lossy(loss, seed, Settings.DEFAULT, 50, 400);
    }

    private static double[] lossy(double loss, long seed, Settings settings, int delayMillis, int inTimeMillis) {
        try (SimulatedPair pair = new SimulatedPair(seed, settings)) {
            EncodedTrack track = EncodedTrack.vp8("v");
            Film film = new Film(pair, track, seed);
            Map<Integer, Long> shown = new HashMap<>();
            RtpSender sender = pair.a.addTrack(track);
            sender.onTargetBitrate(bps -> film.bps = bps);
            pair.b.onTrack(
                    event -> event.track().onFrame(frame -> shown.put(Film.number(frame), pair.simulator.now())));
            pair.connect();
            pair.hostA.uplink().delay(Duration.ofMillis(delayMillis)).loss(loss);
            pair.hostB.uplink().delay(Duration.ofMillis(delayMillis)).loss(loss);
            int frames = 60 * FPS;
            film.shoot(frames);
            // The first ten seconds are for finding the rate.
            pair.simulator.run(Duration.ofSeconds(10));
            long before = film.bytes;
            pair.simulator.run(Duration.ofSeconds(52));
            int inTime = 0;
            for (int i = 10 * FPS; i < frames; i++) {
                Long at = shown.get(i);
                if (at != null && at - at(film.captured, i) <= inTimeMillis * 1_000_000L) {
                    inTime++;
                }
            }
            return new double[] {100.0 * inTime / (frames - 10 * FPS), (film.bytes - before) * 8 / 50.0, film.keyFrames
            };
        }
    }

    /** Issue 6: frames within 400 ms of capture, key frames included, adaptation on, at 80 % of the unimpaired rate. */
    @Test
    void framesComeInTimeOverLosses() {
        double[] clean = lossy(0, 1);
        assertThat(clean[0]).isEqualTo(100);
        double[] losses = {0.01, 0.05, 0.10};
        double[] wanted = {99, 97, 90};
        for (int i = 0; i < losses.length; i++) {
            // Seeds that no bound was chosen by.
            for (int seed = 101; seed < 101 + SEEDS; seed++) {
                double[] result = lossy(losses[i], seed);
                System.out.printf(
                        "loss %.0f %%, seed %d: %.2f %% of frames within 400 ms, %.0f kbit/s (%.0f without loss), %.0f key"
                                + " frames%n",
                        losses[i] * 100, seed, result[0], result[1] / 1000, clean[1] / 1000, result[2]);
                assertThat(result[0]).as("loss %s, seed %d", losses[i], seed).isGreaterThanOrEqualTo(wanted[i]);
                assertThat(result[1])
                        .as("rate, loss %s, seed %d", losses[i], seed)
                        .isGreaterThanOrEqualTo(0.8 * clean[1]);
            }
        }
    }

    /**
     * RFC 5109, FlexFEC-03: at a round trip of 300 ms a repetition comes after 450 ms and more; what parity rebuilds
     * does not. Both ends of the connection lose one packet in twenty.
     */
    @Tag("long")
    @Test
    void parityIsSoonerThanRepetitions() {
        Settings none = Settings.DEFAULT;
        Settings flexfec = Settings.builder().videoFec(VideoFec.FLEXFEC).build();
        Settings ulpfec = Settings.builder().videoFec(VideoFec.ULPFEC).build();
        for (int seed = 21; seed <= 22; seed++) {
            double[] without = lossy(0.05, seed, none, 150, 450);
            double[] separate = lossy(0.05, seed, flexfec, 150, 450);
            double[] within = lossy(0.05, seed, ulpfec, 150, 450);
            System.out.printf(
                    "5 %% loss, 300 ms round trip, seed %d: %.2f %% of frames within 450 ms at %.0f kbit/s without FEC, %.2f %% at"
                            + " %.0f with FlexFEC, %.2f %% at %.0f with ULPFEC%n",
                    seed, without[0], without[1] / 1000, separate[0], separate[1] / 1000, within[0], within[1] / 1000);
            assertThat(separate[0]).as("seed %d", seed).isGreaterThan(without[0] + 5);
            assertThat(within[0]).as("seed %d", seed).isGreaterThan(without[0] + 5);
        }
    }

    /** RFC 3550 6.4.1: when the sound is held back, the picture waits for it. */
    @Test
    void thePictureWaitsForTheSound() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            EncodedTrack picture = EncodedTrack.vp8("v");
            MediaStream stream = MediaStream.create("s");
            Film film = new Film(pair, picture, 2);
            List<Long> apart = new ArrayList<>();
            Map<Integer, Long> spoken = new HashMap<>();
            Map<Integer, Long> heard = new HashMap<>();
            pair.a.addTrack(voice, stream);
            pair.a.addTrack(picture, stream);
            pair.b.onTrack(event -> {
                if (event.track().kind() == MediaKind.AUDIO) {
                    event.receiver().jitterBufferTarget(400.0);
                    event.track()
                            .onFrame(frame -> heard.put(
                                    ((frame.data()[1] & 0xff) << 8) | (frame.data()[2] & 0xff),
                                    frame.presentationNanos()));
                } else {
                    event.track().onFrame(frame -> {
                        assertThat(Math.abs(frame.presentationNanos() - pair.simulator.now()))
                                .isLessThan(60_000_000L);
                        // Each frame beside the sound that was captured at the same time.
                        Long sound = heard.get(Film.number(frame) * 50 / FPS);
                        if (sound != null && Film.number(frame) > 20 * FPS) {
                            apart.add(Math.abs(sound - frame.presentationNanos()));
                        }
                    });
                }
            });
            pair.connect();
            film.shoot(30 * FPS);
            for (int i = 0; i < 30 * 50; i++) {
                int number = i;
                byte[] data = {(byte) 0x78, (byte) (i >> 8), (byte) i};
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                    spoken.put(number, pair.simulator.now());
                    voice.write(EncodedFrame.ofDuration(data, 20_000_000));
                });
            }
            pair.simulator.run(Duration.ofSeconds(31));
            assertThat(apart.size()).isGreaterThan(200);
            assertThat(apart).allSatisfy(nanos -> assertThat(nanos).isLessThan(40_000_000L));
            // The sound was indeed held back.
            assertThat(at(heard, 1_200) - at(spoken, 1_200)).isGreaterThan(350_000_000L);
        }
    }

    /** W3C jitterBufferTarget holds for pictures too. */
    @Test
    void aDelayThatWasAskedForIsKept() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            EncodedTrack track = EncodedTrack.vp8("v");
            Film film = new Film(pair, track, 3);
            Map<Integer, Long> shown = new HashMap<>();
            pair.a.addTrack(track);
            pair.b.onTrack(event -> {
                event.receiver().jitterBufferTarget(300.0);
                event.track().onFrame(frame -> shown.put(Film.number(frame), pair.simulator.now()));
            });
            pair.connect();
            film.shoot(5 * FPS);
            pair.simulator.run(Duration.ofSeconds(7));
            assertThat(shown).hasSize(5 * FPS);
            for (int i = FPS; i < 5 * FPS; i++) {
                assertThat(at(shown, i) - at(film.captured, i)).isBetween(290_000_000L, 350_000_000L);
            }
        }
    }
}
