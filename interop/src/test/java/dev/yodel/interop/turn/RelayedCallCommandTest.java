package dev.yodel.interop.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.Yodel;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code yodel call --turn --relay-only} through a real coturn. */
class RelayedCallCommandTest {
    @TempDir
    private Path folder;

    private static CompletableFuture<String> run(String... arguments) {
        final StringWriter out = new StringWriter();
        final CommandLine line =
                Yodel.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
        final CompletableFuture<String> result = new CompletableFuture<>();
        final Thread thread =
                new Thread(() -> result.complete("exit " + line.execute(arguments) + "\n" + out), "test-call");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    @Test
    void twoCallsMeetOnTheRelay() throws Exception {
        try (Coturn server = Coturn.start(folder, Coturn.localAddress(), null);
                SignalServer signaling = SignalServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES)) {
            final String room = signaling.room("relay").toString();
            final String turn = server.url("udp").replace("turn:", "turn:user:pass@");
            final String[] common = {"--turn", turn, "--relay-only", "--wait", "30"};
            final CompletableFuture<String> first =
                    run("call", room, "--send", "silence", common[0], common[1], common[2], common[3], common[4]);
            final CompletableFuture<String> second = run(
                    "call",
                    room,
                    "--send",
                    "tone",
                    "--duration",
                    "2",
                    common[0],
                    common[1],
                    common[2],
                    common[3],
                    common[4]);
            final String said = second.get(60, TimeUnit.SECONDS);
            assertThat(said).startsWith("exit 0").contains("relay/relay").doesNotContain("pass");
            assertThat(first.get(60, TimeUnit.SECONDS)).startsWith("exit 0").contains("relay/relay");
        }
    }
}
