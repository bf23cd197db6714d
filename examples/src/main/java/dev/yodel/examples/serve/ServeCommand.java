package dev.yodel.examples.serve;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.NetworkOptions;
import dev.yodel.examples.web.ListenOptions;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code yodel serve}: a page whose visitors talk to an echo bot in this JVM. */
@Command(
        name = "serve",
        description =
                "Serves a page where you click Call and talk to an echo bot in this JVM, and show it your camera.",
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    private final AtomicInteger calls = new AtomicInteger();

    @Option(
            names = "--record",
            paramLabel = "FOLDER",
            description = "Records what each visitor says and shows into a WebM file of this folder.")
    private @Nullable Path recordings;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    private void onCall(EchoBot bot) {
        if (recordings != null) {
            bot.record(recordings.resolve("call-" + calls.incrementAndGet() + ".webm"));
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final InetSocketAddress address;
        final Settings settings;
        try {
            address = listen.address();
            settings = network.settings();
        } catch (IllegalArgumentException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.USAGE;
        }
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                EchoServer server = EchoServer.start(
                        address,
                        listen.origins(),
                        factory,
                        network.configuration(),
                        line -> {
                            out.println(line);
                            out.flush();
                        },
                        this::onCall)) {
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
