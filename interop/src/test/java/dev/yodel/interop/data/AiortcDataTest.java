package dev.yodel.interop.data;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with aiortc, in both roles. */
final class AiortcDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer, @TempDir Path folder) throws Exception {
        try (ProcessPeer peer = AiortcBot.start(folder)) {
            DataChecks.run(peer, weOffer);
        }
    }
}
