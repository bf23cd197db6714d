package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chromium's pictures in every codec that it has, both ways. */
class ChromiumVideoTest {
    @Test
    void everyCodecBothWays() throws Exception {
        try (Chromium page = Chromium.start();
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            VideoPage video = new VideoPage(page);
            VideoCheck check = new VideoCheck(video, factory);
            List<String> codecs = video.codecs();
            assertThat(codecs).contains("VP8", "H264", "VP9", "AV1");
            for (String codec : codecs) {
                check.bothWays(codec);
            }
        }
    }
}
