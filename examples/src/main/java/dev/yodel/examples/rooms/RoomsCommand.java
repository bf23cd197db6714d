package dev.yodel.examples.rooms;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.KeyStoreOptions;
import dev.yodel.examples.NetworkOptions;
import dev.yodel.examples.web.ListenOptions;
import dev.yodel.examples.web.WebExtras;
import dev.yodel.webrtc.Configuration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code yodel rooms}: a conference server. */
@Command(
        name = "rooms",
        description =
                "Serves a conference: a page where people join a room by link, see and hear each other, chat and share"
                        + " their screens. What they send is forwarded, never decoded.",
        mixinStandardHelpOptions = true)
public final class RoomsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Option(
            names = "--tcp",
            description =
                    "Also listens for media by TCP, on the port of --udp-port, for networks that let no UDP through.")
    private boolean tcp;

    @Option(
            names = "--batched-sends",
            description =
                    "Sends the packets of a moment by few system calls, which is cheaper where many watch. It needs"
                            + " --udp-port, and Linux: it is native code.")
    private boolean batchedSends;

    @Option(
            names = "--record",
            paramLabel = "FOLDER",
            description = "Lets people record their room into WebM files of this folder.")
    private @Nullable Path recordings;

    @Mixin
    private KeyStoreOptions keys = new KeyStoreOptions();

    @Option(
            names = "--max-people",
            paramLabel = "N",
            defaultValue = "100",
            description = "People of one room at the most (default: ${DEFAULT-VALUE}).")
    private int people = 100;

    @Option(
            names = "--max-rooms",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Rooms at a time (default: ${DEFAULT-VALUE}).")
    private int rooms = 1_000;

    @Option(
            names = "--max-per-address",
            paramLabel = "N",
            defaultValue = "100",
            description = "Connections from one network address at a time (default: ${DEFAULT-VALUE}).")
    private int perAddress = 100;

    @Option(
            names = "--last-n",
            paramLabel = "N",
            defaultValue = "16",
            description = "Of how many people each one gets sound and picture: those who spoke last"
                    + " (default: ${DEFAULT-VALUE}).")
    private int lastN = 16;

    @Option(
            names = "--viewer-kbps",
            paramLabel = "N",
            defaultValue = "20000",
            description = "What one receiver is sent at the most, in kbit/s (default: ${DEFAULT-VALUE}).")
    private int viewerKbps = 20_000;

    @Option(
            names = "--drain-seconds",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long people may stay after SIGTERM (default: ${DEFAULT-VALUE}).")
    private int drainSeconds = 30;

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        final RoomServer.Options options;
        try {
            options = options();
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return ExitCode.USAGE;
        }
        final CountDownLatch wanted = new CountDownLatch(1);
        final CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            wanted.countDown();
                            await(closed, drainSeconds + 5);
                        },
                        "yodel-drain"));
        try (RoomServer server = RoomServer.start(options)) {
            out.println("open " + server.page() + " in a browser, join a room and send its link to others");
            out.flush();
            wanted.await();
            if (server.population() > 0) {
                out.println("letting nobody in any more; " + drainSeconds + " s to leave at the most");
                out.flush();
            }
            server.drain(Duration.ofSeconds(drainSeconds));
            return ExitCode.OK;
        } catch (IOException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        } finally {
            closed.countDown();
        }
    }

    /** The JVM ends when its hooks have: not before the server is closed, and not for ever. */
    private static void await(CountDownLatch latch, int seconds) {
        try {
            if (!latch.await(seconds, TimeUnit.SECONDS)) {
                System.err.println("yodel rooms: the server did not close in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private RoomServer.Options options() {
        final Configuration servers = network.configuration();
        if (tcp && network.udpPort() == 0) {
            throw new IllegalArgumentException("--tcp needs --udp-port: it listens on the same number");
        }
        if (batchedSends && network.udpPort() == 0) {
            throw new IllegalArgumentException(
                    "--batched-sends needs --udp-port: packets leave together over one port");
        }
        if (network.relayOnly()) {
            throw new IllegalArgumentException("--relay-only is for calls: pages find their own way to this server,"
                    + " and use --turn where no other one works");
        }
        if (drainSeconds < 0) {
            throw new IllegalArgumentException("--drain-seconds is 0 or more");
        }
        final RoomLimits limits = new RoomLimits(
                rooms, people, perAddress, RoomLimits.DEFAULT.joinsPerSecond(), lastN, viewerKbps * 1_000L);
        final Path keyStore = keys.file();
        final WebExtras extras =
                keyStore == null ? WebExtras.NONE : WebExtras.NONE.withKeyStore(keyStore, keys.password());
        return new RoomServer.Options(
                listen.address(),
                listen.origins(),
                network.settings(tcp, batchedSends),
                Configuration.DEFAULT,
                servers,
                limits,
                extras,
                recordings);
    }
}
