package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import dev.yodel.interop.data.GstreamerBot;
import dev.yodel.interop.data.LibwebrtcPicture;
import dev.yodel.interop.data.PionBot;
import dev.yodel.interop.data.ProcessPeer;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.IvfReader;
import dev.yodel.media.file.WebmReader;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in VP8 with other libraries, both ways: what they send comes back to them through us, and they decode it. */
class LibraryVideoTest {
    private static final int PICTURES = 20;

    @TempDir
    Path folder;

    @Test
    void gstreamer() throws Exception {
        try (ProcessPeer peer = GstreamerBot.video(folder)) {
            echo(peer);
        }
    }

    @Test
    void libwebrtc() throws Exception {
        try (ProcessPeer peer = LibwebrtcPicture.start(folder)) {
            echo(peer);
        }
    }

    private static void echo(ProcessPeer peer) throws Exception {
        List<EncodedFrame> frames = new CopyOnWriteArrayList<>();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection()) {
            pc.onTrack(event -> {
                event.track().onFrame(frames::add);
                pc.addTrack(event.track());
            });
            connect(peer, pc);
            int decoded = Polling.until(
                    "pictures, " + peer.story(), 30, () -> frames(peer) >= PICTURES ? frames(peer) : null);
            assertThat(frames).hasSizeGreaterThanOrEqualTo(decoded / 2);
            assertThat(frames.get(0).keyFrame()).isTrue();
            assertThat(peer.story()).anyMatch(line -> line.matches("frames \\d+ of 320"));
        }
    }

    /** Pion has no codec: it sends back what we send, and every picture comes back as it was. */
    @Test
    void pion() throws Exception {
        List<EncodedFrame> film = film();
        List<EncodedFrame> back = new CopyOnWriteArrayList<>();
        try (ProcessPeer peer = PionBot.video();
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection pc = factory.newPeerConnection();
                VideoLoop player = new VideoLoop("VP8", film)) {
            pc.addTrack(player.track());
            pc.onTrack(event -> event.track().onFrame(back::add));
            connect(peer, pc);
            player.start();
            Polling.until("pictures from Pion, " + peer.story(), 30, () -> back.size() >= 2 * PICTURES ? true : null);
            assertThat(frames(peer)).isGreaterThanOrEqualTo(2 * PICTURES);
            assertThat(back.get(0).keyFrame()).isTrue();
            List<byte[]> sent = new ArrayList<>();
            film.forEach(frame -> sent.add(frame.data()));
            for (EncodedFrame frame : back) {
                assertThat(sent).contains(frame.data());
            }
        }
    }

    private static void connect(ProcessPeer peer, PeerConnection pc) throws Exception {
        SessionDescription answer = pc.setRemoteDescription(peer.offer())
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .get(20, TimeUnit.SECONDS);
        peer.accept(answer);
        pc.connected().get(20, TimeUnit.SECONDS);
    }

    /** What the peer says that it received. */
    private static int frames(ProcessPeer peer) {
        int frames = 0;
        for (String line : peer.story()) {
            if (line.startsWith("frames ")) {
                frames = Integer.parseInt(line.split(" ", -1)[1]);
            }
        }
        return frames;
    }

    private List<EncodedFrame> film() throws Exception {
        Path file = folder.resolve("film.ivf");
        Process process = new ProcessBuilder(
                        Requirements.program("ffmpeg").toString(),
                        "-loglevel",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc=size=320x240:rate=30",
                        "-t",
                        "1",
                        "-c:v",
                        "libvpx",
                        "-deadline",
                        "realtime",
                        "-g",
                        "15",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<EncodedFrame> frames = new ArrayList<>();
        try (IvfReader reader = IvfReader.open(file)) {
            for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(EncodedFrame.ofDuration(frame.data(), 33_000_000).withKeyFrame((frame.data()[0] & 1) == 0));
            }
        }
        return frames;
    }
}
