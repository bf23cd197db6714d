package dev.yodel.examples.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** The verdict's measurements, against recordings whose delay, loss and content are known. */
class ComparisonTest {
    private static final Clip CALLER = Clip.bundled("caller.wav");
    private static final Clip CALLEE = Clip.bundled("callee.wav");
    private static final double START = 1_700_000_000_000_000.0;

    /** What an ear at 48 kHz would hear of a clip, some of it lost, with a thread that delivers late now and then. */
    private static Recording heard(
            Clip clip, double seconds, double delaySeconds, long seed, double noise, int lostOf) {
        final Random random = new Random(seed);
        final Clip said = clip.resampled(48_000);
        final int lead = 48_000 / 5;
        final Recording.Collector ear = new Recording.Collector(48_000);
        final int count = (int) (seconds * 48_000);
        for (int at = -lead; at + 480 <= count; at += 480) {
            final short[] piece = new short[480];
            final boolean lost = lostOf > 0 && random.nextInt(lostOf) == 0;
            for (int i = 0; i < 480 && !lost; i++) {
                final int index = at + i;
                final double sample = index < 0 ? 0 : said.samples()[index % said.samples().length];
                piece[i] = (short) (0.7 * sample + noise * random.nextGaussian());
            }
            final double late = random.nextInt(10) == 0 ? random.nextInt(30_000) : random.nextInt(300);
            ear.add(piece, 1, (long) (START + (at / 48_000.0 + delaySeconds) * 1e6 + late), lost);
        }
        return ear.recording();
    }

    @Test
    void delayIsMeasuredToAMillisecond() {
        for (final double delay : List.of(0.0, 0.0421, 0.250, 1.2)) {
            final Comparison comparison =
                    Comparison.of(new Comparison.Speech(CALLER, START, 6), heard(CALLER, 6, delay, 1, 20, 0));
            assertThat(comparison.mouthToEarMillis()).as("delay %s", delay).isPresent();
            assertThat(comparison.mouthToEarMillis().getAsDouble()).isCloseTo(delay * 1_000, within(1.0));
            assertThat(comparison.envelopeCorrelation()).as("delay %s", delay).isGreaterThan(0.99);
        }
    }

    @Test
    void someLossLowersTheMatchButNotTheDelay() {
        final Comparison comparison =
                Comparison.of(new Comparison.Speech(CALLEE, START, 6), heard(CALLEE, 6, 0.08, 2, 20, 3));
        assertThat(comparison.mouthToEarMillis().orElse(0)).isCloseTo(80, within(1.0));
        assertThat(comparison.envelopeCorrelation()).isBetween(0.6, 0.96);
    }

    @Test
    void foreignSpeechIsNotRecognised() {
        final Comparison comparison =
                Comparison.of(new Comparison.Speech(CALLER, START, 8), heard(CALLEE, 8, 0.06, 3, 20, 0));
        assertThat(comparison.mouthToEarMillis()).isEmpty();
        assertThat(comparison.envelopeCorrelation()).isLessThan(0.7);
        assertThat(comparison.recognisedSeconds()).isLessThan(1);
        assertThat(comparison.audibleSeconds()).isGreaterThan(4);
    }

    @Test
    void silenceIsNotRecognised() {
        final Comparison comparison = Comparison.of(
                new Comparison.Speech(CALLER, START, 3), heard(new Clip(48_000, new short[48_000]), 3, 0.06, 4, 2, 0));
        assertThat(comparison.mouthToEarMillis()).isEmpty();
        assertThat(comparison.audibleSeconds()).isZero();
        assertThat(Math.abs(comparison.envelopeCorrelation())).isLessThan(0.5);
        final Comparison nothing =
                Comparison.of(new Comparison.Speech(CALLER, START, 3), new Recording.Collector(48_000).recording());
        assertThat(nothing.envelopeCorrelation()).isZero();
    }

    @Test
    void endThatIsMissingCountsAgainstTheMatch() {
        final Comparison comparison =
                Comparison.of(new Comparison.Speech(CALLER, START, 8), heard(CALLER, 4, 0.05, 5, 20, 0));
        assertThat(comparison.envelopeCorrelation()).isLessThan(0.9);
    }

    @Test
    void delayThatChangesDuringTheCallIsFollowed() {
        final Recording before = heard(CALLER, 4, 0.05, 6, 10, 0);
        final Recording.Collector ear = new Recording.Collector(48_000);
        final short[] samples = before.clip().samples();
        long clock = Math.round(before.microsOf(0));
        for (int at = 0; at + 480 <= samples.length; at += 480) {
            if (at == 96_000) {
                // The buffer grows by 60 ms of silence.
                ear.add(new short[2_880], 1, clock, true);
                clock += 60_000;
            }
            ear.add(Arrays.copyOfRange(samples, at, at + 480), 1, clock, false);
            clock += 10_000;
        }
        final Comparison comparison = Comparison.of(new Comparison.Speech(CALLER, START, 4), ear.recording());
        assertThat(comparison.envelopeCorrelation()).isGreaterThan(0.9);
        assertThat(comparison.mouthToEarMillis().orElse(0)).isBetween(49.0, 111.0);
    }

    @Test
    void toneIsFoundToATenthOfAHertz() {
        final Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            final double hz = 200 + random.nextDouble() * 2_000;
            final Clip tone = Tone.clip(48_000, hz, 0.5, 1);
            assertThat(Spectrum.strongestHz(tone, 0, 32_768)).as("%s Hz", hz).isCloseTo(hz, within(0.1));
            assertThat(Spectrum.shareAt(tone, 0, 9_600, hz)).isGreaterThan(0.98);
            assertThat(Spectrum.shareAt(tone, 0, 9_600, hz * 1.3)).isLessThan(0.02);
        }
        assertThat(Spectrum.strongestHz(new Clip(48_000, new short[9_600]), 0, 9_600))
                .isZero();
    }

    @Test
    void recordingsSurviveTheDisk(@TempDir Path folder) throws Exception {
        final Recording recording = heard(CALLER, 1, 0.05, 8, 20, 10);
        recording.write(folder.resolve("ear.wav"));
        final Recording read = Recording.read(folder.resolve("ear.wav"));
        assertThat(read.clip().samples()).isEqualTo(recording.clip().samples());
        assertThat(read.anchors()).isEqualTo(recording.anchors());
        assertThat(read.concealed()).isEqualTo(recording.concealed()).isNotEmpty();
    }

    @Test
    void pictureIsWellFormed() throws Exception {
        final Recording ear = heard(CALLER, 4, 0.05, 9, 20, 10);
        final Comparison.Speech speech = new Comparison.Speech(CALLER, START, 4);
        final String svg = WaveformPicture.svg(List.of(
                new WaveformPicture.Direction("A to B", speech, ear, Comparison.of(speech, ear), 12),
                new WaveformPicture.Direction(
                        "B <to> A",
                        speech,
                        new Recording.Collector(48_000).recording(),
                        Comparison.of(speech, ear),
                        0)));
        final Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(4);
        assertThat(svg).contains("50 ms from mouth to ear").contains("12 packets lost");
    }

    @Test
    void sharedClockRunsWithTheWallClock() {
        final SharedClock clock = new SharedClock();
        assertThat(clock.bracketNanos()).isLessThan(5_000_000);
        assertThat((double) clock.micros() / 1_000).isCloseTo((double) System.currentTimeMillis(), within(1_000.0));
    }
}
