package dev.yodel.examples.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.YodelProcess;
import dev.yodel.examples.audio.Clip;
import dev.yodel.examples.audio.Recording;
import dev.yodel.examples.audio.Spectrum;
import dev.yodel.examples.audio.Tone;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code yodel call} with a microphone and a speaker. There are none on a build machine, but ALSA has devices without
 * hardware: a microphone that reads a pipe, at whose other end somebody hums, and a speaker that writes a file.
 */
class SoundDeviceTest {
    private static final int RATE_HZ = 48_000;
    private static final double HUMMED_HZ = 700;
    private static final double TONE_HZ = 440;

    private static final String ALSA =
            """
            pcm.nothing { type null }
            pcm.microphone { type file slave.pcm nothing file "/dev/null" format raw infile "%s" }
            pcm.speaker { type file slave.pcm nothing file "%s" format raw }
            pcm.!default { type asym capture.pcm microphone playback.pcm speaker }
            """;

    @TempDir
    private Path folder;

    /** Hums into a pipe in real time, as a sound card delivers. */
    private static final class Humming implements AutoCloseable {
        private static final int FRAME = RATE_HZ / 50;

        private final RandomAccessFile pipe;
        private final Tone tone = new Tone(RATE_HZ, HUMMED_HZ, 0.5);
        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            final Thread thread = new Thread(task, "humming");
            thread.setDaemon(true);
            return thread;
        });

        Humming(Path fifo) throws IOException {
            // Open for both, so that neither end waits for the other.
            pipe = new RandomAccessFile(fifo.toFile(), "rw");
            clock.scheduleAtFixedRate(this::hum, 0, 20, TimeUnit.MILLISECONDS);
        }

        private void hum() {
            final ByteBuffer bytes = ByteBuffer.allocate(2 * FRAME).order(ByteOrder.LITTLE_ENDIAN);
            for (final short sample : tone.next(FRAME)) {
                bytes.putShort(sample);
            }
            try {
                pipe.write(bytes.array());
            } catch (IOException e) {
                clock.shutdown();
            }
        }

        @Override
        public void close() {
            clock.shutdownNow();
        }
    }

    private Map<String, String> alsa(Path fifo, Path played) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of(System.getProperty("java.home"), "lib", "libjsound.so")),
                "this JDK has no sound (libjsound.so)");
        Assumptions.assumeTrue(
                Files.exists(Path.of("/usr/bin/mkfifo")) && Files.exists(Path.of("/usr/share/alsa")),
                "there is no ALSA on this machine");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", fifo.toString())
                        .start()
                        .waitFor())
                .isZero();
        final Path configuration = folder.resolve("asound.conf");
        Files.writeString(configuration, ALSA.formatted(fifo, played));
        return Map.of("ALSA_CONFIG_PATH", configuration.toString());
    }

    @Test
    void microphoneIsHeardThereAndTheOtherSideInTheSpeaker() throws Exception {
        final Path fifo = folder.resolve("microphone");
        final Path played = folder.resolve("speaker.raw");
        final Path heard = folder.resolve("heard.wav");
        final Map<String, String> environment = alsa(fifo, played);
        try (Humming humming = new Humming(fifo);
                SignalServer server = SignalServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES);
                YodelProcess spoken =
                        YodelProcess.start(environment, "call", server.room("r").toString(), "--wait", "60")) {
            spoken.await("waiting for the other side");
            final Shell other = Shell.run(
                    "call",
                    server.room("r").toString(),
                    "--send",
                    "tone",
                    "--record",
                    heard.toString(),
                    "--wait",
                    "60",
                    "--duration",
                    "4",
                    "--json");
            assertThat(other.exitCode()).as("%s", other).isEqualTo(ExitCode.OK);
            spoken.await("call over: the other side hung up");
            assertThat(spoken.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(spoken.story()).as("devices were found").doesNotContain("no microphone", "no speaker");
            final Clip recording = Recording.read(heard).clip();
            assertThat(strongest(recording)).as("what was hummed").isCloseTo(HUMMED_HZ, within(3.0));
            assertThat(strongest(raw(played))).as("what was played").isCloseTo(TONE_HZ, within(3.0));
            assertThat(humming.clock.isShutdown()).isFalse();
        }
    }

    /** Of the second half; the first begins with silence. */
    private static double strongest(Clip clip) {
        final int count = clip.samples().length;
        assertThat(count).isGreaterThan(RATE_HZ);
        return Spectrum.strongestHz(clip, count / 2, Math.min(32_768, count / 2));
    }

    private static Clip raw(Path file) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        final short[] samples = new short[bytes.remaining() / 2];
        bytes.asShortBuffer().get(samples);
        return new Clip(RATE_HZ, samples);
    }
}
