package dev.yodel.interop.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.turn.TurnServerEvent;
import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** coturn's test client, with its echoing peer, through our TURN server. */
class UclientTest {
    private static final int MESSAGES = 40;
    private static final int CLIENTS = 2;

    /** Its options, by what they mean; all at once. */
    private static final Map<String, List<String>> WAYS = new LinkedHashMap<>();

    static {
        WAYS.put("udp channels", List.of());
        WAYS.put("udp indications", List.of("-s"));
        WAYS.put("udp client to client", List.of("-y"));
        WAYS.put("udp extra requests", List.of("-G"));
        WAYS.put("tcp channels", List.of("-t"));
        WAYS.put("tcp indications", List.of("-t", "-s"));
        WAYS.put("tcp client to client", List.of("-t", "-y"));
        WAYS.put("tls channels", List.of("-t", "-S"));
        WAYS.put("tls indications", List.of("-t", "-S", "-s"));
    }

    @TempDir
    private Path folder;

    private Process start(String name, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
    }

    @Test
    void everyTransportAndEveryWayOfSendingLosesNothing() throws Exception {
        final String client = Requirements.program("turnutils_uclient").toString();
        final String peer = Requirements.program("turnutils_peer").toString();
        final int peerPort;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            peerPort = free.getLocalPort();
        }
        final Process echo = start("peer", List.of(peer, "-L", "127.0.0.1", "-p", Integer.toString(peerPort)));
        try (OwnTurn server = OwnTurn.start("127.0.0.1", TestCertificate.create(folder, "ip:127.0.0.1"))) {
            final Map<String, Process> runs = new LinkedHashMap<>();
            for (final Map.Entry<String, List<String>> way : WAYS.entrySet()) {
                final String transport = way.getKey().substring(0, 3);
                final List<String> command = new ArrayList<>(List.of(client));
                command.addAll(way.getValue());
                command.addAll(List.of(
                        "-u", "user", "-w", "pass", "-p", Integer.toString(server.port(transport)), "-e", "127.0.0.1"));
                command.addAll(List.of(
                        "-r",
                        Integer.toString(peerPort),
                        "-n",
                        Integer.toString(MESSAGES),
                        "-l",
                        "900",
                        "-m",
                        Integer.toString(CLIENTS),
                        "-c",
                        "-X",
                        "127.0.0.1"));
                runs.put(way.getKey(), start(way.getKey(), command));
            }
            for (final Map.Entry<String, Process> run : runs.entrySet()) {
                final boolean ended = run.getValue().waitFor(90, TimeUnit.SECONDS);
                run.getValue().destroyForcibly();
                final String said = Files.readString(folder.resolve(run.getKey() + ".log"));
                assertThat(ended).as("%s: %s", run.getKey(), said).isTrue();
                assertThat(said).as(run.getKey()).contains("Total lost packets 0 (0.000000%)");
                assertThat(messages(said)).as("%s: %s", run.getKey(), said).isEqualTo((long) MESSAGES * CLIENTS);
            }
            assertThat(server.allocated().size()).isGreaterThanOrEqualTo(WAYS.size() * CLIENTS);
            // It leaves some relays behind; the server ends them.
            server.stop();
            assertThat(server.released()).hasSameSizeAs(server.allocated());
            assertThat(server.released().stream()
                            .mapToLong(TurnServerEvent.Released::sentBytes)
                            .sum())
                    .isGreaterThanOrEqualTo(900L * MESSAGES * CLIENTS * WAYS.size());
        } finally {
            echo.destroyForcibly();
        }
    }

    /** What was received at the end: the last line that tells it. */
    private static long messages(String said) {
        final String mark = "tot_recv_msgs=";
        final String rest = said.substring(said.lastIndexOf(mark) + mark.length());
        return Long.parseLong(rest.lines().findFirst().orElse("").strip());
    }
}
