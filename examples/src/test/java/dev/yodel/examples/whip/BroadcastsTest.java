package dev.yodel.examples.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.whip.WhipException;
import dev.yodel.whip.WhipSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who watches what, without HTTP. */
class BroadcastsTest {
    private record Session(String path, PeerConnection connection) implements WhipSession {
        @Override
        public void onEnd(Runnable listener) {
            // It does not end here.
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    /** A publisher whose offer is still being answered has no tracks yet: who came then watched nothing, for good. */
    @Test
    void nobodyWatchesBeforeTheTracksAreThere() throws Exception {
        final CompletableFuture<Void> published = new CompletableFuture<>();
        final Broadcasts broadcasts = new Broadcasts(line -> {
            if (line.equals("live: published")) {
                published.complete(null);
            }
        });
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                PeerConnection client = factory.newPeerConnection();
                Session publisher = new Session("/whip/live", factory.newPeerConnection());
                Session player = new Session("/whep/live", factory.newPeerConnection())) {
            client.addTrack(EncodedTrack.opus("sound"));
            client.addTrack(EncodedTrack.vp8("picture"));
            final SessionDescription offer = client.setLocalDescription().get(10, TimeUnit.SECONDS);
            broadcasts.publish(publisher);
            assertThatThrownBy(() -> broadcasts.play(player))
                    .isInstanceOf(WhipException.class)
                    .hasMessageContaining("nobody publishes");
            assertThat(published).isNotDone();
            publisher.connection().setRemoteDescription(offer).get(10, TimeUnit.SECONDS);
            publisher.connection().setLocalDescription().get(10, TimeUnit.SECONDS);
            published.get(10, TimeUnit.SECONDS);
            broadcasts.play(player);
            assertThat(player.connection().getSenders()).hasSize(2);
        }
    }
}
