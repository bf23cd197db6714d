package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Firefox's pictures in every codec that it has, both ways. H.264 comes with a plugin that may be missing. */
class FirefoxVideoTest {
    @Test
    void everyCodecBothWays() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                Firefox page = Firefox.start(namespace, Map.of())) {
            VideoPage video = new VideoPage(page);
            VideoCheck check = new VideoCheck(video, factory);
            List<String> codecs = video.codecs();
            assertThat(codecs).contains("VP8", "VP9");
            for (String codec : codecs) {
                check.bothWays(codec);
            }
        }
    }
}
