package dev.yodel.examples.signal;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.web.ListenOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code yodel signal}: runs the signaling server until it is interrupted. */
@Command(
        name = "signal",
        description = "Runs the signaling server: WebSocket rooms of two, and a page that joins one.",
        mixinStandardHelpOptions = true)
public final class SignalCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final InetSocketAddress address;
        try {
            address = listen.address();
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.USAGE;
        }
        try (SignalServer server = SignalServer.start(address, listen.origins())) {
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
