package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with libwebrtc by webrtc-java, in both roles; in a process of its own, as native code may take it along. */
final class LibwebrtcDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer, @TempDir Path folder) throws Exception {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.toLowerCase(Locale.ROOT).equals("linux amd64")) {
            Requirements.missing("webrtc-java's library is here for Linux on x86-64 only, not for " + system);
        }
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                LibwebrtcBot.class.getName());
        try (ProcessPeer peer = ProcessPeer.start(folder, command)) {
            DataChecks.run(peer, weOffer);
        }
    }
}
