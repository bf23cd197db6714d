package dev.yodel.media.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.JitterBufferOptions;
import dev.yodel.media.JitterBufferStats;
import dev.yodel.media.audio.AudioDecoder;
import dev.yodel.media.audio.AudioEncoder;
import dev.yodel.media.audio.G711;
import dev.yodel.media.audio.G711Decoder;
import dev.yodel.media.audio.G711Encoder;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.audio.Signals;
import dev.yodel.media.file.OggOpusWriter;
import dev.yodel.media.opus.Opus;
import dev.yodel.media.opus.OpusDecoder;
import dev.yodel.media.opus.OpusEncoder;
import dev.yodel.media.opus.OpusEncoderOptions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a microphone to a loudspeaker over a network that delays and loses, in virtual time. */
final class PipelinesTest {
    private static final long MS = Time.MILLISECOND;

    private final FakeEnvironment world = new FakeEnvironment();
    private final MediaClock clock = new MediaClock(world, world);
    private @Nullable JitterBufferStats last;

    /** Writes a voice in chunks of 10 ms and returns what the other side plays. */
    private short[] call(
            AudioEncoder encoder,
            AudioDecoder decoder,
            short[] pcm,
            int rate,
            double loss,
            int jitterMillis,
            long seed) {
        Random random = new Random(seed);
        List<PcmFrame> played = new ArrayList<>();
        List<Runnable> network = new ArrayList<>();
        List<Long> due = new ArrayList<>();
        AudioReceivePipeline receiver = new AudioReceivePipeline(
                decoder, encoder.rtpClockRateHz(), JitterBufferOptions.DEFAULT, clock, played::add);
        long[] sequence = {100};
        AudioSendPipeline sender = new AudioSendPipeline(encoder, clock, (frame, talkspurt, level) -> {
            long number = sequence[0]++;
            if (random.nextDouble() >= loss) {
                long at = world.now() + (20 + random.nextInt(jitterMillis + 1)) * MS;
                due.add(at);
                network.add(() -> receiver.onPacket(
                        number, frame.rtpTimestamp(), false, frame.data(), 0, frame.data().length, at));
            }
        });
        int chunk = rate / 100;
        for (int at = 0; at + chunk <= pcm.length; at += chunk) {
            assertThat(sender.write(pcm, at, chunk, rate, 1)).isTrue();
            world.advance(10 * MS);
            for (int i = network.size() - 1; i >= 0; i--) {
                if (due.get(i) <= world.now()) {
                    network.remove(i).run();
                    due.remove(i);
                }
            }
        }
        last = receiver.stats().jitterBuffer();
        sender.close();
        receiver.close();
        world.advance(Time.SECOND);
        short[] heard = new short[played.size() * played.get(0).samples().length];
        for (int i = 0; i < played.size(); i++) {
            System.arraycopy(
                    played.get(i).samples(),
                    0,
                    heard,
                    i * played.get(0).samples().length,
                    played.get(0).samples().length);
        }
        return heard;
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0.97", "0.02, 20, 0.95", "0.05, 20, 0.93", "0.1, 30, 0.9"})
    void anOpusVoiceArrivesThroughLossAndJitter(double loss, int jitterMillis, double correlation) {
        assumeTrue(Opus.isAvailable(), Opus::description);
        short[] voice = Signals.speech(48_000, 8);
        short[] heard = call(
                new OpusEncoder(OpusEncoderOptions.VOICE), new OpusDecoder(1), voice, 48_000, loss, jitterMillis, 7);
        assertThat(Signals.envelopeCorrelation(voice, heard, 960)).isGreaterThan(correlation);
        assertThat(world.timers()).isZero();
    }

    /**
     * Issue 6: speech at 0 to 30 % loss and 50 ms of jitter, with and without Opus's in-band FEC: what share is
     * invented, how late it is played and how like the speech it is. What FEC rebuilds is not concealed.
     */
    @ParameterizedTest
    @CsvSource({"0", "0.05", "0.1", "0.2", "0.3"})
    void speechWithAndWithoutInbandFec(double loss) {
        assumeTrue(Opus.isAvailable(), Opus::description);
        short[] voice = Signals.speech(48_000, 10);
        double[][] figures = new double[2][4];
        for (int fec = 0; fec < 2; fec++) {
            OpusEncoderOptions v = OpusEncoderOptions.VOICE;
            OpusEncoderOptions options = new OpusEncoderOptions(
                    v.application(), 1, v.bitrateBps(), 20, v.complexity(), fec == 1, fec == 1 ? 20 : 0, false);
            short[] heard = call(new OpusEncoder(options), new OpusDecoder(1), voice, 48_000, loss, 50, 17);
            JitterBufferStats stats = Objects.requireNonNull(last);
            figures[fec][0] = 100.0 * stats.concealedTicks() / (10 * 48_000);
            figures[fec][1] = (double) stats.delayNanosTotal() / Math.max(1, stats.frames()) / MS;
            figures[fec][2] = Signals.envelopeCorrelation(voice, heard, 960);
            figures[fec][3] = 100.0 * stats.recovered() / (10 * 50);
        }
        System.out.printf(
                "speech at %.0f %% loss, 50 ms jitter: without FEC %.1f %% concealed, %.0f ms in the buffer, similarity %.3f; with FEC"
                        + " %.1f %% concealed, %.1f from the next packet, %.0f ms, %.3f%n",
                loss * 100,
                figures[0][0],
                figures[0][1],
                figures[0][2],
                figures[1][0],
                figures[1][3],
                figures[1][1],
                figures[1][2]);
        // Only what the next packet came for, and in time, can be rebuilt.
        assertThat(figures[1][3]).isGreaterThanOrEqualTo(loss * (1 - loss) * 40);
        assertThat(figures[1][2]).isGreaterThan(figures[0][2] - 0.03).isGreaterThan(0.7);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0.97", "0.05, 20, 0.9"})
    void aG711VoiceArrivesFromAnotherRate(double loss, int jitterMillis, double correlation) {
        short[] voice = Signals.speech(44_100, 6);
        short[] heard =
                call(new G711Encoder(G711.PCMU), new G711Decoder(G711.PCMU), voice, 44_100, loss, jitterMillis, 8);
        short[] reference = Signals.speech(8_000, 6);
        assertThat(heard.length).isGreaterThan(8_000 * 5);
        assertThat(Signals.envelopeCorrelation(reference, heard, 160)).isGreaterThan(correlation);
    }

    @Test
    void theSenderPacesTimestampsAndRestsWhenNothingIsSaid() {
        List<EncodedFrame> frames = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        List<Boolean> talkspurts = new ArrayList<>();
        AudioSendPipeline sender =
                new AudioSendPipeline(new G711Encoder(G711.PCMA), clock, (frame, talkspurt, level) -> {
                    frames.add(frame);
                    times.add(world.now());
                    talkspurts.add(talkspurt);
                });
        // 600 ms at once: they leave one by one.
        assertThat(sender.write(new short[4800], 0, 4800, 8000, 1)).isTrue();
        world.advance(700 * MS);
        assertThat(frames).hasSize(30);
        for (int i = 1; i < 30; i++) {
            assertThat(frames.get(i).rtpTimestamp()).isEqualTo(160L * i);
            assertThat(times.get(i) - times.get(i - 1)).isBetween(10 * MS, 30 * MS);
            assertThat(talkspurts.get(i)).isFalse();
        }
        assertThat(talkspurts.get(0)).isTrue();
        world.advance(5 * Time.SECOND);
        assertThat(clock.isRunning()).isFalse();
        int wakeUps = world.wakeUps();
        world.advance(60 * Time.SECOND);
        assertThat(world.wakeUps()).isEqualTo(wakeUps);
        // After the pause the timestamp has gone on, and the frame is marked.
        sender.write(new short[320], 0, 320, 8000, 1);
        world.advance(100 * MS);
        assertThat(frames).hasSize(32);
        assertThat(talkspurts.get(30)).isTrue();
        assertThat(frames.get(30).rtpTimestamp()).isBetween(160L * 50 * 65, 160L * 50 * 67);
        assertThat(frames.get(31).rtpTimestamp()).isEqualTo(frames.get(30).rtpTimestamp() + 160);
    }

    @Test
    void writingTooMuchDropsTheOldest() {
        List<EncodedFrame> frames = new ArrayList<>();
        AudioSendPipeline sender = new AudioSendPipeline(
                new G711Encoder(G711.PCMA), clock, (frame, talkspurt, level) -> frames.add(frame));
        assertThat(sender.write(new short[16_000], 0, 16_000, 8000, 1)).isFalse();
        assertThat(sender.lostSamples()).isEqualTo(8000);
        world.advance(3 * Time.SECOND);
        assertThat(frames).hasSize(50);
        assertThat(sender.frames()).isEqualTo(50);
        sender.close();
        assertThatThrownBy(() -> sender.write(new short[80], 0, 80, 8000, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sender.write(new short[80], 0, 80, 8000, 3))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stereoBecomesMonoAndMutedBecomesSilence() {
        List<Integer> levels = new ArrayList<>();
        AudioSendPipeline sender = new AudioSendPipeline(
                new G711Encoder(G711.PCMA), clock, (frame, talkspurt, level) -> levels.add(level));
        short[] stereo = new short[640];
        for (int i = 0; i < 640; i++) {
            stereo[i] = (short) (i % 2 == 0 ? 16_000 : 0);
        }
        sender.write(stereo, 0, 640, 8000, 2);
        world.advance(50 * MS);
        sender.setMuted(true);
        sender.write(stereo, 0, 640, 8000, 2);
        world.advance(100 * MS);
        assertThat(levels).containsExactly(12, 12, 127, 127);
    }

    @Test
    void theClockCatchesUpAfterAStallAndStopsWithItsTasks() {
        List<Long> ticks = new ArrayList<>();
        Registration task = clock.add(ticks::add);
        Registration failing = clock.add(now -> {
            throw new IllegalArgumentException("a sink's mistake");
        });
        world.advance(100 * MS);
        assertThat(ticks).hasSize(10);
        world.stall(55 * MS);
        world.advance(45 * MS);
        assertThat(ticks).hasSize(20);
        for (int i = 1; i < 20; i++) {
            assertThat(ticks.get(i) - ticks.get(i - 1)).isEqualTo(10 * MS);
        }
        assertThat(clock.skippedTicks()).isZero();
        world.stall(10 * Time.SECOND);
        world.advance(100 * MS);
        assertThat(ticks.size()).isLessThan(45);
        assertThat(clock.skippedTicks()).isGreaterThan(900);
        task.close();
        task.close();
        assertThat(clock.isRunning()).isTrue();
        failing.close();
        world.advance(20 * MS);
        int seen = ticks.size();
        world.advance(Time.SECOND);
        assertThat(ticks).hasSize(seen);
        assertThat(world.timers()).isZero();
        Registration again = clock.add(ticks::add);
        world.advance(100 * MS);
        assertThat(ticks.size()).isGreaterThan(seen + 8);
        clock.close();
        world.advance(Time.SECOND);
        assertThat(world.timers()).isZero();
        again.close();
        assertThatThrownBy(() -> clock.add(ticks::add)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void damagedPacketsAreConcealed() {
        List<PcmFrame> played = new ArrayList<>();
        AudioReceivePipeline receiver = new AudioReceivePipeline(
                new G711Decoder(G711.PCMU), 8000, JitterBufferOptions.DEFAULT, clock, played::add);
        Random random = new Random(9);
        byte[] packet = new byte[3000];
        for (int i = 0; i < 300; i++) {
            receiver.onPacket(
                    i, i * 160L, i == 150, packet, 0, random.nextInt(2) == 0 ? 160 : random.nextInt(3000), world.now());
            world.advance(20 * MS);
        }
        assertThat(played).hasSize(600);
        assertThat(receiver.stats().jitterBuffer().discarded()).isPositive();
        assertThat(receiver.stats().totalFrames()).isEqualTo(48_000);
        assertThat(receiver.stats().level()).isBetween(0, 127);
        receiver.close();
        receiver.close();
        world.advance(Time.SECOND);
        assertThat(played).hasSize(600);
    }

    private static final class Numbers implements FramePlayer.Source {
        private final int count;
        private int next;
        private boolean closed;

        Numbers(int count) {
            this.count = count;
        }

        @Override
        public @Nullable EncodedFrame next() throws IOException {
            if (next == 60 && count < 0) {
                throw new IOException("the disk is gone");
            }
            return next == count ? null : EncodedFrame.ofDuration(new byte[] {(byte) next++}, 20 * MS);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void aPlayerKeepsItsPaceWhateverTheLateness() {
        Numbers numbers = new Numbers(200);
        List<Long> times = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        FramePlayer player = new FramePlayer(
                world, world, numbers, frame -> times.add(world.now()), failure -> ends.add(String.valueOf(failure)));
        player.start();
        long start = world.now();
        for (int i = 0; i < 50; i++) {
            world.stall(15 * MS);
            world.advance(65 * MS);
        }
        assertThat(times).hasSize(200);
        for (int i = 0; i < 200; i++) {
            assertThat(times.get(i) - start - i * (20 * MS)).isBetween(-MS, 35 * MS);
        }
        assertThat(ends).containsExactly("null");
        assertThat(numbers.closed).isTrue();
        assertThat(world.timers()).isZero();
    }

    @Test
    void aPlayersFailureArrivesAfterWhatWasRead() {
        Numbers numbers = new Numbers(-1);
        List<EncodedFrame> frames = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        FramePlayer player =
                new FramePlayer(world, world, numbers, frames::add, failure -> ends.add(String.valueOf(failure)));
        player.start();
        world.advance(3 * Time.SECOND);
        assertThat(frames).hasSize(60);
        assertThat(ends).containsExactly("java.io.IOException: the disk is gone");
        player.close();
        world.advance(Time.SECOND);
        assertThat(ends).hasSize(1);

        FramePlayer stopped =
                new FramePlayer(world, world, new Numbers(1000), frames::add, failure -> ends.add("stopped"));
        stopped.start();
        world.advance(100 * MS);
        stopped.close();
        world.advance(Time.SECOND);
        assertThat(frames.size()).isBetween(65, 67);
        assertThat(ends).hasSize(2);
        assertThat(Arrays.asList(ends.get(1))).containsExactly("stopped");
    }

    @Test
    void anOggOpusFilePlaysAtItsPace(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.opus");
        try (OggOpusWriter writer = OggOpusWriter.create(file, 1)) {
            for (int i = 0; i < 100; i++) {
                writer.write(new byte[] {8, (byte) i}, 0, 2);
            }
        }
        List<EncodedFrame> frames = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        new FramePlayer(
                        world,
                        world,
                        new OggOpusSource(file),
                        frames::add,
                        failure -> ends.add(String.valueOf(failure)))
                .start();
        world.advance(Time.SECOND);
        assertThat(frames.size()).isBetween(49, 52);
        world.advance(Time.SECOND);
        assertThat(frames).hasSize(100);
        assertThat(ends).containsExactly("null");
        new FramePlayer(
                        world,
                        world,
                        new OggOpusSource(folder.resolve("none")),
                        frames::add,
                        failure -> ends.add(String.valueOf(failure)))
                .start();
        world.advance(Time.SECOND);
        assertThat(ends.get(1)).contains("NoSuchFileException");
    }

    @Test
    void tenMillisecondsOfSoundCostAFrameOfGarbage() throws ReflectiveOperationException {
        long[] frames = {0};
        AudioReceivePipeline receiver = new AudioReceivePipeline(
                new G711Decoder(G711.PCMU), 8000, JitterBufferOptions.DEFAULT, clock, frame -> frames[0]++);
        byte[] packet = new byte[160];
        long before = 0;
        for (int i = 0; i < 2_000; i++) {
            if (i == 1_000) {
                before = allocatedBytes();
                frames[0] = 0;
            }
            long now = i * (20 * MS);
            receiver.onPacket(i, i * 160L, false, packet, 0, 160, now);
            receiver.onTick(now);
            receiver.onTick(now + 10 * MS);
        }
        // 80 samples, their frame, and the little that interpreted code adds.
        assertThat((allocatedBytes() - before) / frames[0]).isLessThan(600);
        assertThat(receiver.stats().jitterBuffer().frames()).isGreaterThan(1_990);
    }

    /** The test's module does not read java.management, so it asks by name. */
    private static long allocatedBytes() throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        Method method = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        return (long) method.invoke(threads);
    }
}
