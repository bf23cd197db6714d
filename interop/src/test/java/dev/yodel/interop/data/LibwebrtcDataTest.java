package dev.yodel.interop.data;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Data channels with libwebrtc by webrtc-java, in both roles; in a process of its own, as native code may take it
 * along.
 */
final class LibwebrtcDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer, @TempDir Path folder) throws Exception {
        try (ProcessPeer peer = LibwebrtcBot.start(folder)) {
            DataChecks.run(peer, weOffer);
        }
    }
}
