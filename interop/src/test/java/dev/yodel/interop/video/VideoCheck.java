package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A browser sends a moving picture in a codec; we put its frames together and send the packets back, and it decodes them.
 * Then it decodes the frames that we recorded, sent anew by an EncodedTrack: our packetizers.
 */
final class VideoCheck {
    private static final int PICTURES = 60;

    /** What a busy machine may cost; a picture that refers to a missing one would stand still for seconds. */
    private static final double FROZEN_SECONDS = 1;

    private final VideoPage video;
    private final PeerConnectionFactory factory;

    VideoCheck(VideoPage video, PeerConnectionFactory factory) {
        this.video = video;
        this.factory = factory;
    }

    void bothWays(String codec) throws Exception {
        play(codec, echo(codec));
    }

    private List<EncodedFrame> echo(String codec) throws Exception {
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
            assertThat(video.frozenSeconds()).as("%s echoed", codec).isLessThan(FROZEN_SECONDS);
            video.hangUp();
        }
        return frames;
    }

    private void play(String codec, List<EncodedFrame> frames) throws Exception {
        try (PeerConnection pc = factory.newPeerConnection();
                VideoLoop player = new VideoLoop(codec, frames)) {
            pc.addTrack(player.track());
            video.call(pc, codec, false);
            pc.connected().get(20, TimeUnit.SECONDS);
            player.start();
            video.awaitPictures(codec, PICTURES);
            assertThat(player.track().droppedFrames()).as(codec).isZero();
            assertThat(video.frozenSeconds()).as("%s played", codec).isLessThan(FROZEN_SECONDS);
            video.hangUp();
        }
    }
}
