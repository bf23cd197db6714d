package dev.yodel.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with its real JVMs: a good call, one whose media is lost, and one with the wrong speech. */
class DemoCommandTest {
    @TempDir
    private Path folder;

    @Test
    void goodCallIsJudgedGoodInBothDirections() throws Exception {
        final Shell shell = Shell.run("demo", "--duration", "4", "--out", folder.toString(), "--json");
        assertThat(shell.exitCode()).as(shell.toString()).isEqualTo(ExitCode.OK);
        final JsonObject json = JsonParser.parseString(shell.lastLine()).getAsJsonObject();
        assertThat(json.get("ok").getAsBoolean()).isTrue();
        for (final String direction : List.of("aToB", "bToA")) {
            final JsonObject figures = json.getAsJsonObject(direction);
            assertThat(figures.get("connectedMillis").getAsDouble())
                    .as(direction)
                    .isPositive();
            assertThat(figures.get("mouthToEarMillis").getAsDouble())
                    .as(direction)
                    .isBetween(20.0, 1_000.0);
            // The side that is hung up on tells all it received, too; each takes its last count at its own moment.
            long sent = figures.get("sent").getAsLong();
            assertThat(figures.get("received").getAsLong()).as(direction).isBetween(sent - 20, sent + 20);
            assertThat(figures.get("lost").getAsLong()).as(direction).isBetween(0L, 5L);
            assertThat(figures.get("envelopeCorrelation").getAsDouble())
                    .as(direction)
                    .isGreaterThanOrEqualTo(0.95);
        }
        assertThat(shell.out()).contains("connected", "host/host", "mouth to ear", "The call was good.");
        for (final String file : List.of("heard-by-a.wav", "heard-by-b.wav", "call.svg")) {
            assertThat(Files.size(folder.resolve(file))).as(file).isGreaterThan(10_000);
        }
    }

    @Test
    void droppedMediaIsNoticed() {
        final Shell shell =
                Shell.run("demo", "--duration", "2", "--out", folder.toString(), "--impair", "drop-media", "--json");
        assertThat(shell.exitCode()).as(shell.toString()).isEqualTo(ExitCode.FAILED);
        final JsonObject json = JsonParser.parseString(shell.lastLine()).getAsJsonObject();
        assertThat(json.get("ok").getAsBoolean()).isFalse();
        // The call itself was set up: only the verdict over the sound is bad.
        assertThat(json.getAsJsonObject("aToB").get("connectedMillis").getAsDouble())
                .isPositive();
        assertThat(shell.out()).containsAnyOf("nothing was heard", "nothing was recorded");
        assertThat(shell.out()).doesNotContain("the call failed").contains("The call was NOT good.");
    }

    @Test
    void wrongSpeechIsNoticed() {
        final Shell shell =
                Shell.run("demo", "--duration", "3", "--out", folder.toString(), "--impair", "wrong-clip", "--json");
        assertThat(shell.exitCode()).as(shell.toString()).isEqualTo(ExitCode.FAILED);
        final JsonObject json = JsonParser.parseString(shell.lastLine()).getAsJsonObject();
        for (final String direction : List.of("aToB", "bToA")) {
            final JsonObject figures = json.getAsJsonObject(direction);
            assertThat(figures.get("faults").getAsString()).contains("what was heard is not what was spoken");
            assertThat(figures.get("envelopeCorrelation").getAsDouble()).isLessThan(0.9);
        }
        assertThat(shell.out()).contains("The call was NOT good.");
    }
}
