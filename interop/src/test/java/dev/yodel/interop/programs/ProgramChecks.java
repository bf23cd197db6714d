package dev.yodel.interop.programs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.architecture.SourceTree;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each program does what its README says; how its commands are run is the subclasses' business. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProgramChecks {
    private static final int SECONDS = 60;

    private @Nullable Chromium browser;
    /** The command that runs while a visitor is there. */
    private @Nullable Running visited;

    /** Starts one command of a README. */
    abstract Running start(String command) throws Exception;

    @AfterAll
    void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private Chromium page(URI uri) {
        Chromium open = browser == null ? Chromium.start() : browser;
        browser = open;
        open.navigate(uri);
        return open;
    }

    private void check(String folder) throws Exception {
        check(folder, page -> {});
    }

    /** Runs the commands in their order, shows the page that they name to somebody, and waits for what they print. */
    private void check(String folder, Consumer<Chromium> visitor) throws Exception {
        Readme readme = Readme.of(folder);
        assertThat(readme.commands()).as("commands of %s", folder).isNotEmpty();
        List<Running> started = new ArrayList<>();
        try {
            for (Readme.Command command : readme.commands()) {
                Running running = start(command.line());
                started.add(running);
                // Others may need what this one opens, or makes.
                await(command, running, command.output().isEmpty() ? 0 : 1);
                if (command.output().isEmpty()) {
                    awaitEnd(command, running);
                } else if (command.output().get(0).startsWith("open http")) {
                    visited = running;
                    visitor.accept(page(URI.create(running.lines().stream()
                            .filter(line -> line.startsWith("open "))
                            .findFirst()
                            .orElseThrow()
                            .substring("open ".length()))));
                }
            }
            for (int i = 0; i < started.size(); i++) {
                Readme.Command command = readme.commands().get(i);
                await(command, started.get(i), command.output().size());
            }
        } finally {
            for (Running running : started) {
                running.close();
            }
        }
    }

    private boolean said(String words) {
        return Objects.requireNonNull(visited).lines().stream().anyMatch(line -> line.contains(words));
    }

    private void await(Readme.Command command, Running running, int lines) {
        try {
            Polling.until("what the README says", SECONDS, () -> {
                boolean alive = running.isAlive();
                if (command.found(running.lines()) >= lines) {
                    return true;
                }
                if (!alive && running.exitCode() != 0) {
                    throw new AssertionError("it ended with " + running.exitCode());
                }
                return null;
            });
        } catch (AssertionError e) {
            throw new AssertionError(
                    command + " printed " + running.lines()
                            + (browser == null ? "" : "; the page's console: " + browser.console()),
                    e);
        }
    }

    private static void awaitEnd(Readme.Command command, Running running) {
        Polling.until(command.line() + " to end", SECONDS, () -> running.isAlive() ? null : true);
        assertThat(running.exitCode())
                .as("%s printed %s", command.line(), running.lines())
                .isZero();
    }

    private static void awaitTrue(Chromium page, String expression) {
        Polling.until(
                expression + ", " + page.console(),
                SECONDS,
                () -> page.evaluate("(async () => Boolean(" + expression + "))()")
                                .getAsBoolean()
                        ? true
                        : null);
    }

    private static Path made(String name) {
        return SourceTree.root().resolve("examples/target").resolve(name);
    }

    @Test
    void dataChannelEcho() throws Exception {
        check("data-channel-echo", page -> awaitTrue(page, "document.querySelector('li')?.textContent === 'hello'"));
    }

    @Test
    void jvmToJvm() throws Exception {
        check("jvm-to-jvm");
    }

    @Test
    void echoBot() throws Exception {
        check("echo-bot", page -> {
            page.evaluate("document.getElementById('tone').click()");
            awaitTrue(page, "document.getElementById('echo').currentTime > 0.5");
        });
    }

    @Test
    void playFile() throws Exception {
        Requirements.program("ffmpeg");
        check("play-file", page -> awaitTrue(page, "document.getElementById('video').videoWidth === 320"));
    }

    @Test
    void recordBrowser() throws Exception {
        check("record-browser", page -> page.evaluate("document.getElementById('pattern').click()"));
        assertThat(Files.size(made("recorded.webm"))).isGreaterThan(1_000);
    }

    @Test
    void fileTransfer() throws Exception {
        check("file-transfer");
        assertThat(Files.mismatch(
                        made("copy.wav"),
                        SourceTree.root().resolve("examples/src/main/resources/dev/yodel/examples/clips/caller.wav")))
                .isEqualTo(-1);
    }

    @Test
    void onePort() throws Exception {
        check("one-port");
    }

    @Test
    void statsPlot() throws Exception {
        check("stats-plot");
        assertThat(Files.readString(made("stats.svg"))).contains("<polyline", "kbit/s");
    }

    @Test
    void simulatedNetwork() throws Exception {
        check("simulated-network");
    }

    @Test
    void broadcast() throws Exception {
        check("broadcast", page -> {
            page.evaluate("document.getElementById('pattern').click()");
            awaitTrue(page, "document.getElementById('state').textContent === 'connected'");
            page.evaluate("document.getElementById('watch').click()");
            awaitTrue(page, "document.getElementById('video').videoWidth === 320");
        });
    }

    @Test
    @Tag("long")
    void simulcastReceive() throws Exception {
        check("simulcast-receive", page -> awaitTrue(page, "document.getElementById('video').videoWidth === 960"));
    }

    @Test
    @Tag("long")
    void rtpBridge() throws Exception {
        Requirements.program("ffmpeg");
        try (DatagramSocket sound = new DatagramSocket(7506, InetAddress.getLoopbackAddress())) {
            check("rtp-bridge");
            awaitTrue(Objects.requireNonNull(browser), "document.getElementById('video').videoWidth === 320");
            DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            sound.setSoTimeout(20_000);
            sound.receive(packet);
            assertThat(packet.getData()[0] & 0xc0).as("version 2 of RTP").isEqualTo(0x80);
        }
    }

    @Test
    void voiceBot() throws Exception {
        check("voice-bot", page -> {
            page.evaluate("document.getElementById('tone').click()");
            awaitTrue(page, "document.getElementById('state').textContent === 'connected'");
            awaitTrue(page, "window.pc.getSenders()[0].dtmf.canInsertDTMF");
            Polling.until("speech to be heard", SECONDS, () -> said("ms of speech") ? true : null);
            page.evaluate("document.querySelector('.key').click()");
        });
    }

    @Test
    void screenShare() throws Exception {
        Requirements.program("ffmpeg");
        check("screen-share", page -> {
            page.evaluate("document.getElementById('pattern').click()");
            awaitTrue(page, "document.getElementById('video').videoWidth === 640");
            awaitTrue(
                    page,
                    "[...(await pc.getStats()).values()]"
                            + ".some(entry => entry.type === 'outbound-rtp' && entry.framesSent > 25)");
            page.evaluate("document.getElementById('stop').click()");
        });
        assertThat(Files.size(made("screen.webm"))).isGreaterThan(1_000);
    }
}
