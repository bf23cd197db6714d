package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yodel call --stun} from behind two NATs, by a real coturn, and what it says of a server that is not there. */
class StunCallLabTest {
    private static final String NOBODY = "203.0.113.250:3478";

    @TempDir
    private Path folder;

    private Process start(String name, List<String> prefix, String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
    }

    private Process yodel(String name, List<String> prefix, String... arguments) throws IOException {
        final List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.yodel.examples.Yodel"));
        words.addAll(List.of(arguments));
        return start(name, prefix, words.toArray(new String[0]));
    }

    private String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException e) {
            return "";
        }
    }

    private static JsonObject last(String lines) {
        final List<String> all = lines.lines().toList();
        return JsonParser.parseString(all.get(all.size() - 1)).getAsJsonObject();
    }

    @Test
    void callsMeetByTheAddressesThatCoturnTells() throws Exception {
        try (NatLab lab = NatLab.create()) {
            lab.set(NatLab.Kind.PORT, NatLab.Kind.PORT, NatLab.Families.IPV4);
            final Process coturn = start(
                    "coturn",
                    lab.at("inet"),
                    Requirements.program("turnserver").toString(),
                    "-n",
                    "--stun-only",
                    "--no-cli",
                    "--no-tls",
                    "--no-dtls",
                    "--no-rfc5780",
                    "-L",
                    NatLab.COTURN,
                    "-p",
                    "3478",
                    "--log-file=stdout",
                    "--simple-log",
                    "--pidfile",
                    folder.resolve("pid").toString());
            final Process signal = yodel("signal", lab.at("inet"), "signal", "--listen", NatLab.OWN, "--port", "8080");
            final String room = "ws://" + NatLab.OWN + ":8080/lab";
            final String stun = NatLab.COTURN + ":3478";
            try {
                Polling.until("the signaling server", 60, () -> log("signal").contains("8080") ? true : null);
                // The second server is nowhere: that is said, and harms nothing.
                final Process a = yodel(
                        "a",
                        lab.at("a"),
                        "call",
                        room,
                        "--send",
                        "silence",
                        "--stun",
                        stun,
                        "--stun",
                        NOBODY,
                        "--wait",
                        "60");
                Polling.until("A in the room", 60, () -> log("a").contains("waiting for the other side") ? true : null);
                final Process b = yodel(
                        "b",
                        lab.at("b"),
                        "call",
                        room,
                        "--send",
                        "tone",
                        "--stun",
                        stun,
                        "--wait",
                        "60",
                        "--duration",
                        "12",
                        "--json");
                assertThat(b.waitFor(120, TimeUnit.SECONDS)).isTrue();
                assertThat(a.waitFor(60, TimeUnit.SECONDS)).isTrue();
                final JsonObject result = last(log("b"));
                assertThat(result.get("ok").getAsBoolean()).as(log("b")).isTrue();
                // The path of either side is its own mapping, whether told by coturn first or by the other side's
                // check.
                assertThat(result.get("local").getAsString()).as(log("b")).isIn("srflx", "prflx");
                assertThat(result.get("remote").getAsString()).as(log("b")).isIn("srflx", "prflx");
                assertThat(result.get("packetsReceived").getAsLong()).isGreaterThan(50);
                assertThat(log("a"))
                        .contains("stun:" + stun + ": this machine is 203.0.113.1 from outside")
                        .containsOnlyOnce("stun:" + NOBODY + ": the STUN server does not answer")
                        .contains("call over: the other side hung up");
            } finally {
                coturn.destroyForcibly();
                signal.destroyForcibly();
            }
        }
    }
}
