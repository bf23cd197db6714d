package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.interop.browser.Requirements;
import dev.yodel.media.EncodedFrame;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.OggOpusRecorder;
import dev.yodel.webrtc.PcapRecorder;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import dev.yodel.webrtc.WebmRecorder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What other people's programs say of the files that calls in virtual time leave behind. Each is skipped where its
 * program is missing.
 */
class ForeignReadersTest {
    private static final int MINUTES = 10;
    private static final int SOUND_BYTES = 10;
    private static final int PICTURE_BYTES = 1_200;
    private static final int NUMBERS = 100;

    @TempDir
    Path folder;

    /** One side sends sound and pictures, whose sizes count, for a while over losses and jitter; the other records. */
    @SuppressWarnings("try") // the film ends before the connections do
    private void call(Settings settings, int seconds, Path webm, Path ogg) throws IOException {
        try (Simulator simulator = Simulator.create(6);
                WebmRecorder film = WebmRecorder.to(webm)) {
            SimulatedHost hostA = simulator.internet().host("a", "10.1.0.1");
            SimulatedHost hostB = simulator.internet().host("b", "10.1.0.2");
            try (PeerConnectionFactory here = factory(hostA, Settings.DEFAULT);
                    PeerConnectionFactory there = factory(hostB, settings)) {
                PeerConnection a = here.newPeerConnection();
                PeerConnection b = there.newPeerConnection();
                EncodedTrack voice = EncodedTrack.opus("voice");
                EncodedTrack picture = EncodedTrack.vp8("picture");
                MediaStream stream = MediaStream.create("stream");
                a.addTrack(voice, stream);
                a.addTrack(picture, stream);
                AtomicReference<OggOpusRecorder> sound = new AtomicReference<>();
                b.onTrack(event -> {
                    film.add(event.track());
                    if (event.track().kind() == MediaKind.AUDIO) {
                        sound.set(OggOpusRecorder.of(ogg, event.track()));
                    }
                });
                connect(simulator, a, b);
                hostA.uplink()
                        .delay(Duration.ofMillis(30))
                        .jitter(Duration.ofMillis(15))
                        .loss(0.01);
                for (int i = 0; i < seconds * 50; i++) {
                    voice.write(EncodedFrame.ofDuration(sound(i), 20_000_000));
                    if (i % 2 == 0) {
                        picture.write(EncodedFrame.ofTimestamp(picture(i / 2), 3_600L * (i / 2)));
                    }
                    simulator.run(Duration.ofMillis(20));
                }
                simulator.run(Duration.ofSeconds(1));
                Objects.requireNonNull(sound.get()).close();
                film.close();
            }
            simulator.run(Duration.ofSeconds(1));
        }
    }

    private static byte[] sound(int number) {
        byte[] data = new byte[SOUND_BYTES + number % NUMBERS];
        data[0] = 0x78;
        return data;
    }

    private static byte[] picture(int number) {
        byte[] data = new byte[PICTURE_BYTES + number % NUMBERS];
        data[0] = (byte) (number % 25 == 0 ? 0x10 : 0x11);
        data[3] = (byte) 0x9d;
        data[4] = 1;
        data[5] = 0x2a;
        data[6] = 64;
        data[8] = 48;
        return data;
    }

    private static PeerConnectionFactory factory(SimulatedHost host, Settings settings) {
        return PeerConnectionFactory.builder()
                .environment(host)
                .dtls(new SimulatedDtls())
                .settings(settings)
                .build();
    }

    private static void connect(Simulator simulator, PeerConnection a, PeerConnection b) {
        Duration patience = Duration.ofSeconds(20);
        simulator.await(a.setLocalDescription(), patience);
        SessionDescription offer = simulator.await(a.gatheringComplete(), patience);
        simulator.await(b.setRemoteDescription(offer), patience);
        simulator.await(b.setLocalDescription(), patience);
        SessionDescription answer = simulator.await(b.gatheringComplete(), patience);
        simulator.await(a.setRemoteDescription(answer), patience);
        simulator.await(a.connected(), patience);
        simulator.await(b.connected(), patience);
    }

    private String run(Path program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(folder.toFile())
                .start();
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(words).isZero();
        return words;
    }

    /**
     * Ten minutes: by ffprobe's reading too, sound and picture of the last minute are 40 ms apart at most, but for
     * what was sent again.
     */
    @Test
    void tenMinutesAreInTimeAndWellFormed() throws Exception {
        Path ffprobe = Requirements.program("ffprobe");
        Path opusinfo = Requirements.program("opusinfo");
        Path webm = folder.resolve("call.webm");
        Path ogg = folder.resolve("call.opus");
        call(Settings.DEFAULT, 60 * MINUTES, webm, ogg);

        String info = run(opusinfo, ogg.toString());
        // The pre-skip is not played.
        assertThat(info)
                .containsAnyOf("Playback length: 9m:59.9", "Playback length: 10m:00")
                .doesNotContainIgnoringCase("warning");

        String packets = run(
                ffprobe,
                "-v",
                "quiet",
                "-show_entries",
                "packet=stream_index,pts_time,size",
                "-of",
                "csv",
                webm.toString());
        Map<Long, Double> heard = new HashMap<>();
        Map<Long, Double> seen = new HashMap<>();
        long sound = 0;
        long picture = 0;
        for (String line : packets.split("\n", -1)) {
            String[] fields = line.strip().split(",", -1);
            if (!fields[0].equals("packet")) {
                continue;
            }
            double time = Double.parseDouble(fields[2]);
            int size = Integer.parseInt(fields[3]);
            if (size >= PICTURE_BYTES) {
                picture = next(picture, size - PICTURE_BYTES);
                seen.put(picture, time);
            } else {
                sound = next(sound, size - SOUND_BYTES);
                heard.put(sound, time);
            }
        }
        List<Double> apart = new ArrayList<>();
        for (Map.Entry<Long, Double> one : seen.entrySet()) {
            Double other = heard.get(2 * one.getKey());
            if (other != null && one.getKey() > 25L * 60 * (MINUTES - 1)) {
                apart.add(Math.abs(one.getValue() - other));
            }
        }
        Collections.sort(apart);
        double most = apart.get(apart.size() * 99 / 100);
        System.out.printf(
                "in the tenth minute 99 of 100 pictures are %.0f ms from their sound at most, the others %.0f ms%n",
                most * 1_000, apart.get(apart.size() - 1) * 1_000);
        assertThat(apart).hasSizeGreaterThan(25 * 60 * 9 / 10);
        assertThat(most).isLessThanOrEqualTo(0.040);
        // A picture that was sent again comes later than its time.
        assertThat(apart.get(apart.size() - 1)).isLessThan(0.100);
    }

    /** The number behind the last one that leaves this remainder. */
    private static long next(long last, int remainder) {
        return last + Math.floorMod(remainder - last, (long) NUMBERS);
    }

    /** Wireshark's dissectors find the streams, their formats and RTCP, and nothing malformed. */
    @Test
    void aCaptureIsRead() throws Exception {
        Path tshark = Requirements.optionalProgram("tshark");
        Path pcap = folder.resolve("call.pcap");
        try (PcapRecorder recorder = PcapRecorder.to(pcap)) {
            call(
                    Settings.builder().packetTap(recorder).build(),
                    10,
                    folder.resolve("c.webm"),
                    folder.resolve("c.opus"));
            assertThat(recorder.dropped()).isZero();
        }
        String[] decode = {"-r", pcap.toString(), "-d", "udp.port==5004,rtp", "-d", "udp.port==5005,rtcp"};
        List<String> streams = new ArrayList<>(List.of(decode));
        streams.addAll(List.of("-q", "-z", "rtp,streams"));
        String words = run(tshark, streams.toArray(new String[0]));
        assertThat(words.lines().filter(line -> line.contains("5004")).count())
                .as(words)
                .isGreaterThanOrEqualTo(2);
        List<String> wrong = new ArrayList<>(List.of(decode));
        wrong.addAll(List.of("-Y", "_ws.malformed"));
        assertThat(run(tshark, wrong.toArray(new String[0])).lines().filter(line -> line.contains("10.")))
                .isEmpty();
        List<String> reports = new ArrayList<>(List.of(decode));
        reports.addAll(List.of("-Y", "rtcp.pt == 200"));
        assertThat(run(tshark, reports.toArray(new String[0])).lines().count()).isGreaterThan(5);
    }
}
