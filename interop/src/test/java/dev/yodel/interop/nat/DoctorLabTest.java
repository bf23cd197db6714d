package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

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

/**
 * {@code yodel doctor --stun} behind every kind of NAT, against coturn from host a and against our own server from host
 * b (RFC 5780): what it says is what stands there.
 */
class DoctorLabTest {
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

    private static String[] expected(NatLab.Kind kind) {
        return switch (kind) {
            case NONE -> new String[] {"public address", "filter       none", "candidate    host"};
            case FULL_CONE ->
                new String[] {"endpoint-independent mapping", "endpoint-independent filtering", "candidate    srflx"};
            case ADDRESS ->
                new String[] {"endpoint-independent mapping", "address-dependent filtering", "candidate    srflx"};
            case PORT, DOUBLE ->
                new String[] {
                    "endpoint-independent mapping", "address- and port-dependent filtering", "candidate    srflx"
                };
            case SYMMETRIC ->
                new String[] {
                    "address- and port-dependent mapping", "address- and port-dependent filtering", "TURN server"
                };
            case UDP_BLOCKED -> new String[] {"blocked", "answers by TCP, but not by UDP", "TURN server over TCP"};
        };
    }

    /** Each takes about five seconds. */
    private static final List<NatLab.Kind> KINDS = Boolean.getBoolean("yodel.long")
            ? List.of(NatLab.Kind.values())
            : List.of(NatLab.Kind.SYMMETRIC, NatLab.Kind.UDP_BLOCKED);

    @Test
    void theDoctorRecognizesEveryNat() throws Exception {
        try (NatLab lab = NatLab.create()) {
            final Process coturn = start(
                    "coturn",
                    lab.at("inet"),
                    Requirements.program("turnserver").toString(),
                    "-n",
                    "--no-cli",
                    "--no-tls",
                    "--no-dtls",
                    "-L",
                    NatLab.COTURN,
                    "-L",
                    NatLab.COTURN_SECOND,
                    "-p",
                    "3478",
                    "-a",
                    "-u",
                    "user:pass",
                    "-r",
                    "example.test",
                    "--log-file=stdout",
                    "--simple-log",
                    "--pidfile",
                    folder.resolve("pid").toString());
            final Process own = yodel(
                    "own",
                    lab.at("inet"),
                    "turn",
                    "--listen",
                    NatLab.OWN,
                    "--listen",
                    NatLab.OWN_SECOND,
                    "--user",
                    "user:pass");
            try {
                Polling.until("our server", 60, () -> log("own").contains("ready;") ? true : null);
                assertThat(log("own")).contains("NAT discovery (RFC 5780)");
                for (final NatLab.Kind kind : KINDS) {
                    lab.set(kind, kind, NatLab.Families.IPV4);
                    final Process a = yodel("a" + kind, lab.at("a"), "doctor", "--stun", NatLab.COTURN + ":3478");
                    final Process b = yodel("b" + kind, lab.at("b"), "doctor", "--stun", NatLab.OWN + ":3478");
                    assertThat(a.waitFor(60, TimeUnit.SECONDS)).isTrue();
                    assertThat(b.waitFor(60, TimeUnit.SECONDS)).isTrue();
                    assertThat(log("a" + kind)).as("%s, by coturn", kind).contains(expected(kind));
                    assertThat(log("b" + kind)).as("%s, by our server", kind).contains(expected(kind));
                }
            } finally {
                coturn.destroyForcibly();
                own.destroyForcibly();
            }
        }
    }
}
