package dev.yodel.examples.serve;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.NetworkOptions;
import dev.yodel.examples.PcapOption;
import dev.yodel.examples.video.VideoConverter;
import dev.yodel.examples.video.VideoKind;
import dev.yodel.examples.web.ListenOptions;
import dev.yodel.examples.whip.Broadcasts;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import dev.yodel.whip.WhipAuthorization;
import dev.yodel.whip.WhipServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

    @Option(
            names = "--whip",
            description =
                    "Also takes one publisher for each name by WHIP at /whip/NAME and shows it to players by WHEP at"
                            + " /whep/NAME; the pages /publish and /watch do both.")
    private boolean whip;

    @Option(names = "--token", paramLabel = "TOKEN", description = "The bearer token that WHIP and WHEP ask for.")
    private @Nullable String token;

    @Option(
            names = "--video",
            paramLabel = "pattern|screen|camera",
            arity = "0..1",
            fallbackValue = "pattern",
            converter = VideoConverter.class,
            description = "Show visitors a picture of this machine instead of their own, encoded by libvpx: colour bars"
                    + " with the time burnt in (the default), the screen, or the camera (Linux, by ffmpeg).")
    private @Nullable VideoKind video;

    @Mixin
    private PcapOption capture = new PcapOption();

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    private @Nullable WhipServer whipServer(PeerConnectionFactory factory, Consumer<String> log) {
        if (!whip) {
            return null;
        }
        return new Broadcasts(log)
                .addTo(WhipServer.builder(factory))
                .configuration(network.bundled())
                .authorization(token == null ? WhipAuthorization.everybody() : WhipAuthorization.token(token))
                .allowOrigins(listen.origins().allowed().toArray(new String[0]))
                .build();
    }

    private void onCall(EchoBot bot) {
        if (video != null) {
            bot.show(video);
        }
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
            settings = network.settings(capture.open(), whip);
        } catch (IllegalArgumentException | IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.USAGE;
        }
        final Consumer<String> log = line -> {
            out.println(line);
            out.flush();
        };
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                WhipServer broadcasts = whipServer(factory, log);
                EchoServer server = EchoServer.start(
                        address, listen.origins(), factory, network.configuration(), log, this::onCall, broadcasts)) {
            out.println("open " + server.page() + " in a browser and click Call");
            if (broadcasts != null) {
                out.println("publish to " + server.page() + "whip/NAME, play from " + server.page()
                        + "whep/NAME, or open " + server.page() + "publish and " + server.page() + "watch");
            }
            out.flush();
            new CountDownLatch(1).await();
            return ExitCode.OK;
        } catch (IOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.FAILED;
        } finally {
            capture.close();
        }
    }
}
