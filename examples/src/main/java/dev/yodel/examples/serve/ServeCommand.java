package dev.yodel.examples.serve;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.NetworkOptions;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code yodel serve}: a page whose visitors talk to an echo bot in this JVM. */
@Command(
        name = "serve",
        description = "Serves a page where you click Call and talk to an echo bot in this JVM.",
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            defaultValue = "localhost",
            description = "Address to listen on (default: ${DEFAULT-VALUE}). Browsers open the microphone only for"
                    + " pages of localhost, or by https.")
    private String listen = "localhost";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--allow-origin",
            paramLabel = "ORIGIN",
            description = "A further origin whose pages may call, such as https://example.org.")
    private List<String> origins = List.of();

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        if (port < 0 || port > 65_535) {
            spec.commandLine().getErr().println("--port is a number from 0 to 65535");
            return ExitCode.USAGE;
        }
        final Settings settings;
        try {
            settings = network.settings();
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.USAGE;
        }
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                EchoServer server = EchoServer.start(
                        new InetSocketAddress(listen, port),
                        new OriginRule(origins),
                        factory,
                        network.configuration(),
                        line -> {
                            out.println(line);
                            out.flush();
                        })) {
            out.println("open " + server.page() + " in a browser and click Call");
            out.flush();
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.FAILED;
        }
    }
}
