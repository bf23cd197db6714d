package dev.yodel.interop.call;

import dev.yodel.examples.audio.Clip;
import dev.yodel.examples.audio.Tone;
import dev.yodel.interop.browser.Chromium;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chromium calls the echo bot, in both roles, with hidden and with plain addresses. */
class ChromiumEchoTest {
    @Test
    void toneOfWebAudioComesBackThroughHiddenAddresses() throws Exception {
        // No device is granted, so every candidate is a .local name.
        try (EchoCheck check = new EchoCheck("localhost");
                Chromium page = Chromium.start()) {
            check.call(page, "tone", false, EchoCheck.randomHz(), false, EchoCheck.Analysis.LIVE);
            check.call(page, "tone", true, EchoCheck.randomHz(), true, EchoCheck.Analysis.LIVE);
        }
    }

    @Test
    void microphoneComesBackThroughPlainAddresses(@TempDir Path folder) throws Exception {
        final int hz = EchoCheck.randomHz();
        final Path spoken = folder.resolve("microphone.wav");
        final Clip clip = Tone.clip(48_000, hz, 0.5, 10);
        clip.writeWav(spoken);
        try (EchoCheck check = new EchoCheck("localhost");
                Chromium page = Chromium.start(
                        "--use-fake-device-for-media-stream",
                        "--use-fake-ui-for-media-stream",
                        "--use-file-for-fake-audio-capture=" + spoken)) {
            check.call(page, "microphone", false, hz, true, EchoCheck.Analysis.LIVE);
            check.call(page, "microphone", true, hz, false, EchoCheck.Analysis.LIVE);
        }
    }
}
