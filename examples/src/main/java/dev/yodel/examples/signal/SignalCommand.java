package dev.yodel.examples.signal;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.web.OriginRule;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code yodel signal}: runs the signaling server until it is interrupted. */
@Command(
        name = "signal",
        description = "Runs the signaling server: WebSocket rooms of two, and a page that joins one.",
        mixinStandardHelpOptions = true)
public final class SignalCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            defaultValue = "localhost",
            description = "Address to listen on (default: ${DEFAULT-VALUE}). 0.0.0.0 lets other machines in.")
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
            description = "A further origin whose pages may use this server, such as https://example.org.")
    private List<String> origins = List.of();

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        if (port < 0 || port > 65_535) {
            spec.commandLine().getErr().println("--port is a number from 0 to 65535");
            return ExitCode.USAGE;
        }
        try (SignalServer server = SignalServer.start(new InetSocketAddress(listen, port), new OriginRule(origins))) {
            out.println("page:  " + server.page());
            out.println("rooms: " + server.room("ROOM"));
            out.flush();
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.FAILED;
        }
    }
}
