package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Chromium sends a moving picture in each codec that it has; we put its frames together and send the packets back, and it
 * decodes them. Then it decodes the frames that we recorded, sent anew by an EncodedTrack: our packetizers.
 */
class ChromiumVideoTest {
    private static final int PICTURES = 30;

    @Test
    void everyCodecBothWays() throws Exception {
        try (Chromium page = Chromium.start();
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            VideoPage video = new VideoPage(page);
            for (String codec : List.of("VP8", "H264", "VP9", "AV1")) {
                List<EncodedFrame> frames = echo(video, factory, codec);
                play(video, factory, codec, frames);
            }
        }
    }

    private static List<EncodedFrame> echo(VideoPage video, PeerConnectionFactory factory, String codec)
            throws Exception {
        List<EncodedFrame> frames = new CopyOnWriteArrayList<>();
        try (PeerConnection pc = factory.newPeerConnection()) {
            pc.onTrack(event -> {
                RemoteTrack track = event.track();
                track.onFrame(frames::add);
                pc.addTrack(track);
            });
            video.call(pc, codec, true);
            pc.connected().get(20, TimeUnit.SECONDS);
            assertThat(pc.getReceivers().get(0).track().kind()).isEqualTo(MediaKind.VIDEO);
            video.awaitPictures(codec, PICTURES);
            assertThat(frames).as(codec).hasSizeGreaterThan(PICTURES / 2);
            assertThat(frames.get(0).keyFrame()).as(codec).isTrue();
            video.hangUp();
        }
        return frames;
    }

    private static void play(VideoPage video, PeerConnectionFactory factory, String codec, List<EncodedFrame> frames)
            throws Exception {
        try (PeerConnection pc = factory.newPeerConnection();
                VideoLoop player = new VideoLoop(codec, frames)) {
            pc.addTrack(player.track());
            video.call(pc, codec, false);
            pc.connected().get(20, TimeUnit.SECONDS);
            player.start();
            video.awaitPictures(codec, PICTURES);
            assertThat(player.track().droppedFrames()).as(codec).isZero();
            video.hangUp();
        }
    }
}
