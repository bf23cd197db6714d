package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with aiortc, in both roles. */
final class AiortcDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer, @TempDir Path folder) throws Exception {
        Path python = Requirements.file("/usr/bin/python3");
        Requirements.succeeds("aiortc", python.toString(), "-c", "import aiortc");
        Path script = folder.resolve("data_bot.py");
        Files.writeString(script, BrowserPeer.script("data_bot.py"));
        try (ProcessPeer peer = ProcessPeer.start(folder, List.of(python.toString(), script.toString()))) {
            DataChecks.run(peer, weOffer);
        }
    }
}
