package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.yodel.interop.browser.Requirements;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody on the internet who knows the addresses of a call forges ICMP errors about it: that the peer's port, host or
 * network cannot be reached, and that packets are too long (RFC 5927). The kernel takes them; the call goes on as if
 * nothing had been said. Raw sockets: root, Linux and python3.
 */
class SpoofedIcmpTest {
    private static final String A = "198.51.100.2";
    private static final String B = "192.0.2.2";

    @TempDir
    private Path folder;

    private static int port(String candidate) {
        return Integer.parseInt(List.of(candidate.split(" ")).get(5));
    }

    /** How many "destination unreachable" the kernel of a host has taken. */
    private static long unreachables(NatLab lab, String place) {
        final List<String> lines = lab.say(place, "cat", "/proc/net/snmp")
                .lines()
                .filter(line -> line.startsWith("Icmp:"))
                .toList();
        final int at = List.of(lines.get(0).split(" ")).indexOf("InDestUnreachs");
        return Long.parseLong(List.of(lines.get(1).split(" ")).get(at));
    }

    private Process python(NatLab lab, String place, String... arguments) throws IOException {
        final Path script = folder.resolve("forge_icmp.py");
        if (!Files.exists(script)) {
            try (InputStream in = SpoofedIcmpTest.class.getResourceAsStream("forge_icmp.py")) {
                Files.copy(Objects.requireNonNull(in), script);
            }
        }
        final List<String> command = new ArrayList<>(lab.at(place));
        command.add(Requirements.program("python3").toString());
        command.add(script.toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void forge(NatLab lab, String from, int fromPort, String about, int aboutPort, int rounds)
            throws Exception {
        final Process process = python(
                lab,
                "inet",
                "forge",
                from,
                Integer.toString(fromPort),
                about,
                Integer.toString(aboutPort),
                Integer.toString(rounds));
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /** Whether a host has a UDP socket that is connected to an address and port, as ours is once data flows. */
    private static boolean hasConnected(NatLab lab, String place, String host, int port) {
        final List<String> bytes = List.of(host.split("\\."));
        final StringBuilder remote = new StringBuilder();
        for (int i = 3; i >= 0; i--) {
            remote.append(String.format(Locale.ROOT, "%02X", Integer.parseInt(bytes.get(i))));
        }
        remote.append(String.format(Locale.ROOT, ":%04X", port));
        return lab.say(place, "cat", "/proc/net/udp")
                .lines()
                .skip(1)
                .anyMatch(line -> List.of(line.trim().split(" +")).get(2).contentEquals(remote));
    }

    /** A socket that is connected and does nothing about it believes what is forged: so it is well made, and comes. */
    private void checkThatForgeriesAreBelieved(NatLab lab) throws Exception {
        final Process victim = python(lab, "a", "victim", A, B);
        try (BufferedReader said = victim.inputReader(StandardCharsets.UTF_8)) {
            forge(lab, B, 9, A, Integer.parseInt(said.readLine()), 3);
            assertThat(said.readLine()).startsWith("told");
        } finally {
            victim.destroyForcibly();
        }
    }

    @Test
    void F22_F28_forgedUnreachablesEndNoCall() throws Exception {
        try (NatLab lab = NatLab.create();
                LabProcess a = LabProcess.start(lab, "a");
                LabProcess b = LabProcess.start(lab, "b")) {
            lab.set(NatLab.Kind.NONE, NatLab.Kind.NONE, NatLab.Families.IPV4);
            checkThatForgeriesAreBelieved(lab);
            LabCall.trickle(a, b);
            LabCall.connect(a, b, new JsonArray(), body -> {});
            // Datagrams that are longer than what the forger says may pass.
            a.command("sound", body -> body.addProperty("bytes", 1100));
            b.command("sound", body -> body.addProperty("bytes", 1100));
            LabCall.awaitPackets(a, 150);
            LabCall.awaitPackets(b, 150);
            final JsonObject pair = LabCall.ask(a, "pair");
            final int portOfA = port(pair.get("local").getAsString());
            final int portOfB = port(pair.get("remote").getAsString());
            assertThat(hasConnected(lab, "a", B, portOfB) && hasConnected(lab, "b", A, portOfA))
                    .as("both have a channel that is connected to the other")
                    .isTrue();
            final long before = unreachables(lab, "a");
            LabCall.silenceMillis(a);
            LabCall.silenceMillis(b);
            forge(lab, B, portOfB, A, portOfA, 100);
            forge(lab, A, portOfA, B, portOfB, 100);
            final long taken = unreachables(lab, "a") - before;
            LabCall.awaitPackets(a, 50);
            LabCall.awaitPackets(b, 50);
            final JsonObject after = LabCall.ask(a, "pair");
            System.out.printf(
                    "forged ICMP: the kernel of a took %d, longest silence %d ms at a, %d ms at b%n",
                    taken, LabCall.silenceMillis(a), LabCall.silenceMillis(b));
            assertThat(taken).isGreaterThan(400);
            assertThat(after).isEqualTo(pair);
            assertThat(a.story() + b.story()).doesNotContain("disconnected").doesNotContain("failed");
        }
    }
}
