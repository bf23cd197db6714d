package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Yodel;
import dev.yodel.examples.YodelProcess;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands {@code yodel rooms} and {@code yodel load}. */
class RoomsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        final CommandLine line = Yodel.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    /** SIGTERM: people are told and may leave, then the process ends. */
    @Test
    void sigtermWaitsForPeopleToLeave() throws Exception {
        try (YodelProcess server = YodelProcess.start("rooms", "--port", "0");
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final String line = server.await("open http://");
            final URI page = URI.create(line.split(" ", 3)[1]);
            final RoomClient guest = RoomClient.builder(factory)
                    .join(URI.create("ws://" + page.getRawAuthority() + "/room/kitchen"), "Ann")
                    .get(40, TimeUnit.SECONDS);
            server.terminate();
            server.await("letting nobody in any more");
            guest.close();
            // 128 + SIGTERM: the JVM ended by its signal, in peace.
            assertThat(server.exitCode()).as(server.story()).isEqualTo(143);
        }
    }

    @Test
    void loadSaysWhatCameThrough() throws Exception {
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(new InetSocketAddress("localhost", 0)))) {
            final int port = server.page().getPort();
            assertThat(run("load", "ws://localhost:" + port, "--viewers", "2", "--seconds", "1", "--settle", "1"))
                    .as("%s", err)
                    .isEqualTo(ExitCode.OK);
            assertThat(out.toString())
                    .contains("1 rooms, 3 people, ")
                    .contains("lost 0, repaired 0; frames ")
                    .contains("the server added p50 ")
                    .contains("CPU of one core: the server ")
                    .doesNotContain("NaN");
        }
    }

    /** One port, over which everything leaves together where the system lets it. */
    @Test
    void aServerMayForwardInBatches() throws Exception {
        final int udpPort;
        try (DatagramSocket free = new DatagramSocket(0)) {
            udpPort = free.getLocalPort();
        }
        final Settings settings =
                Settings.builder().udpMux(udpPort, 1).batchedSends().build();
        final InetSocketAddress anyPort = new InetSocketAddress("localhost", 0);
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(anyPort).withSettings(settings))) {
            final int port = server.page().getPort();
            assertThat(run("load", "ws://localhost:" + port, "--viewers", "3", "--seconds", "1", "--settle", "1"))
                    .as("%s", err)
                    .isEqualTo(ExitCode.OK);
            assertThat(out.toString()).contains("1 rooms, 4 people, ").contains("lost 0, repaired 0; frames ");
            final Matcher sent = counter("sent", server.metricsText());
            final Matcher batched = counter("batched", server.metricsText());
            assertThat(Long.parseLong(sent.group(1))).isGreaterThan(100);
            if (System.getProperty("os.name").equals("Linux")) {
                assertThat(Long.parseLong(batched.group(1))).isGreaterThan(100);
            }
        }
    }

    private static Matcher counter(String what, String text) {
        final Matcher figure = Pattern.compile("\nyodel_rooms_datagrams_" + what + "_total (\\d+)\n")
                .matcher(text);
        assertThat(figure.find()).as(text).isTrue();
        return figure;
    }

    @Test
    void wrongOptionsAreUsageErrors() {
        assertThat(run("rooms", "--tcp")).isEqualTo(ExitCode.USAGE);
        assertThat(run("rooms", "--batched-sends")).isEqualTo(ExitCode.USAGE);
        assertThat(run("rooms", "--max-people", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(run("rooms", "--port", "70000")).isEqualTo(ExitCode.USAGE);
        assertThat(run("rooms", "--relay-only")).isEqualTo(ExitCode.USAGE);
        assertThat(run("rooms", "--drain-seconds", "-1")).isEqualTo(ExitCode.USAGE);
        assertThat(run("rooms", "--udp-port", "70000")).isEqualTo(ExitCode.USAGE);
        assertThat(run("load", "http://localhost:1")).isEqualTo(ExitCode.USAGE);
        assertThat(run("load", "ws://localhost:1", "--seconds", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(run("load", "ws://localhost:1", "--viewers", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("--udp-port")
                .contains("limits are")
                .contains("65535")
                .contains("--relay-only")
                .contains("--drain-seconds")
                .contains("ws://")
                .doesNotContain("Exception");
    }
}
