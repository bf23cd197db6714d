package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.WebmReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recording and playing of WebM files over whole connections in virtual time. */
class SimulatedRecordingTest {
    @TempDir
    Path folder;

    /** Sound and picture that say in their bytes which twentieth of a millisecond they are of. */
    private static void speakAndShow(SimulatedPair pair, EncodedTrack voice, EncodedTrack picture, int seconds) {
        boolean[] keyWanted = {true};
        picture.onKeyFrameRequest(() -> keyWanted[0] = true);
        for (int i = 0; i < seconds * 50; i++) {
            byte[] sound = {(byte) 0x78, (byte) (i >> 8), (byte) i};
            pair.simulator.schedule(
                    Duration.ofMillis(20L * i), () -> voice.write(EncodedFrame.ofDuration(sound, 20_000_000)));
        }
        for (int i = 0; i < seconds * 25; i++) {
            int number = i;
            pair.simulator.schedule(Duration.ofMillis(40L * i), () -> {
                byte[] frame = new byte[1_500];
                frame[0] = (byte) (keyWanted[0] ? 0x10 : 0x11);
                frame[3] = (byte) 0x9d;
                frame[4] = 1;
                frame[5] = 0x2a;
                frame[6] = 64;
                frame[8] = 48;
                frame[10] = (byte) (number >> 8);
                frame[11] = (byte) number;
                picture.write(EncodedFrame.ofTimestamp(frame, 3_600L * number).withKeyFrame(keyWanted[0]));
                keyWanted[0] = false;
            });
        }
        pair.simulator.run(Duration.ofMillis(seconds * 1_000L + 1_000));
    }

    private static List<WebmReader.Frame> read(Path file) throws IOException {
        List<WebmReader.Frame> frames = new ArrayList<>();
        try (WebmReader reader = WebmReader.open(file)) {
            assertThat(reader.tracks()).hasSize(2);
            for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
        }
        return frames;
    }

    /** Ten minutes over losses and jitter: sound and picture of the same moment stand within 40 ms of each other. */
    @Test
    void tenMinutesAreRecordedInTime() throws IOException {
        Path file = folder.resolve("call.webm");
        int seconds = 600;
        try (SimulatedPair pair = new SimulatedPair(1);
                WebmRecorder recorder = WebmRecorder.to(file)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            EncodedTrack picture = EncodedTrack.vp8("v");
            MediaStream stream = MediaStream.create("s");
            pair.a.addTrack(voice, stream);
            pair.a.addTrack(picture, stream);
            pair.b.onTrack(event -> recorder.add(event.track()));
            pair.connect();
            pair.hostA
                    .uplink()
                    .delay(Duration.ofMillis(30))
                    .jitter(Duration.ofMillis(15))
                    .loss(0.01);
            speakAndShow(pair, voice, picture, seconds);
            assertThat(recorder.dropped()).isZero();
        }
        List<WebmReader.Frame> frames = read(file);
        Map<Integer, Long> heard = new HashMap<>();
        for (WebmReader.Frame frame : frames) {
            if (frame.data().length == 3) {
                heard.put(Bytes.u16(frame.data(), 1), frame.timeNanos());
            }
        }
        assertThat(heard.size()).isGreaterThan(seconds * 50 * 97 / 100);
        long worst = 0;
        int pictures = 0;
        for (WebmReader.Frame frame : frames) {
            if (frame.data().length > 3) {
                pictures++;
                int number = Bytes.u16(frame.data(), 10);
                Long sound = heard.get(number * 2);
                // The first seconds, before the peer's reports, are out of this.
                if (sound != null && number > 10 * 25) {
                    worst = Math.max(worst, Math.abs(frame.timeNanos() - sound));
                }
            }
        }
        assertThat(pictures).isGreaterThan(seconds * 25 * 99 / 100);
        System.out.println("ten minutes recorded: worst offset between sound and picture " + worst / 1_000_000 + " ms");
        assertThat(worst).isLessThanOrEqualTo(40_000_000L);
    }

    /** What was recorded can be played, at its own pace, and arrives as it was. */
    @Test
    void aRecordingIsPlayed() throws IOException {
        Path file = folder.resolve("call.webm");
        Path copy = folder.resolve("copy.webm");
        try (SimulatedPair pair = new SimulatedPair(2);
                WebmRecorder recorder = WebmRecorder.to(file)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            EncodedTrack picture = EncodedTrack.vp8("v");
            pair.a.addTrack(voice);
            pair.a.addTrack(picture);
            pair.b.onTrack(event -> recorder.add(event.track()));
            pair.connect();
            speakAndShow(pair, voice, picture, 5);
        }
        try (SimulatedPair pair = new SimulatedPair(3);
                WebmRecorder recorder = WebmRecorder.to(copy)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            EncodedTrack picture = EncodedTrack.vp8("v");
            pair.a.addTrack(voice);
            pair.a.addTrack(picture);
            pair.b.onTrack(event -> recorder.add(event.track()));
            pair.connect();
            CompletableFuture<Void> played = WebmPlayer.play(file, picture, voice);
            pair.simulator.run(Duration.ofMillis(4_500));
            assertThat(played).isNotDone();
            pair.simulator.run(Duration.ofMillis(1_500));
            assertThat(played).isCompleted();
        }
        List<WebmReader.Frame> first = read(file);
        List<WebmReader.Frame> second = read(copy);
        assertThat(second.size()).isGreaterThan(first.size() - 20);
        long length = second.get(second.size() - 1).timeNanos();
        assertThat(Math.abs(length - first.get(first.size() - 1).timeNanos())).isLessThan(100_000_000L);
    }

    /** A picture that comes by an exchange of its own, while the sound is heard already, is in the file too. */
    @Test
    void aPictureThatComesLaterIsRecorded() throws IOException {
        Path file = folder.resolve("later.webm");
        try (SimulatedPair pair = new SimulatedPair(5);
                WebmRecorder recorder = WebmRecorder.to(file)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            EncodedTrack picture = EncodedTrack.vp8("v");
            pair.a.addTrack(voice);
            pair.b.onTrack(event -> recorder.add(event.track()));
            pair.connect();
            for (int i = 0; i < 50; i++) {
                byte[] sound = {0x78, 0, (byte) i};
                pair.simulator.schedule(
                        Duration.ofMillis(20L * i), () -> voice.write(EncodedFrame.ofDuration(sound, 20_000_000)));
            }
            pair.simulator.run(Duration.ofSeconds(1));
            pair.a.addTrack(picture);
            pair.negotiate(pair.a, pair.b);
            speakAndShow(pair, voice, picture, 2);
            assertThat(recorder.dropped()).isZero();
        }
        List<WebmReader.Frame> frames = read(file);
        assertThat(frames.stream().filter(frame -> frame.data().length == 3)).hasSizeGreaterThan(140);
        assertThat(frames.stream().filter(frame -> frame.data().length > 3)).hasSizeGreaterThan(45);
    }

    @Test
    void whatCannotBePlayedSaysWhy() {
        EncodedTrack picture = EncodedTrack.vp8("v");
        assertThat(WebmPlayer.play(folder.resolve("none.webm"), picture)).isCompletedExceptionally();
        try (SimulatedPair pair = new SimulatedPair(4)) {
            pair.a.addTrack(picture);
            pair.connect();
            CompletableFuture<Void> played = WebmPlayer.play(folder.resolve("none.webm"), picture);
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(played).isCompletedExceptionally();
        }
    }
}
