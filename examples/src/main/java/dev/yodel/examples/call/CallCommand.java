package dev.yodel.examples.call;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.yodel.examples.ExitCode;
import dev.yodel.examples.NetworkOptions;
import dev.yodel.examples.PcapOption;
import dev.yodel.examples.RoomOption;
import dev.yodel.examples.video.VideoConverter;
import dev.yodel.examples.video.VideoKind;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel call}: calls whoever is, or will be, in a room of a signaling server. */
@Command(
        name = "call",
        description = "Calls the other peer in a room: microphone and speaker where there are any.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " 0:the call went well",
            " 1:it failed",
            " 2:the command line is wrong",
            " 3:ICE failed: no path to the other side was found",
            " 4:DTLS failed: the path could not be secured"
        })
public final class CallCommand implements Callable<Integer> {
    private static final int MAX_SECONDS = 24 * 3_600;
    private static final List<String> WORDS = List.of("tone", "silence", "caller", "callee");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "URL",
            converter = RoomOption.class,
            description = "The signaling server and room: ws://host:port/room")
    private URI room = RoomOption.NONE;

    @Option(
            names = "--send",
            paramLabel = "FILE|tone|silence",
            description = "What to send instead of the microphone: a WAV file again and again, a tone of 440 Hz,"
                    + " silence, or one of the bundled voices (caller, callee).")
    private @Nullable String send;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Write what is heard to a WAV file; when each sample was heard lies in a JSON file beside it."
                    + " If the name ends in .webm: what is heard and seen, as it comes.")
    private @Nullable Path record;

    @Option(
            names = "--video",
            paramLabel = "pattern|screen|camera",
            arity = "0..1",
            fallbackValue = "pattern",
            converter = VideoConverter.class,
            description = "Show a picture too, encoded by libvpx: colour bars with the time burnt in (the default), the"
                    + " screen, or the camera (Linux, by ffmpeg).")
    private @Nullable VideoKind video;

    @Mixin
    private PcapOption capture = new PcapOption();

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Hang up this long after connecting; 0 means when the other side does, or on Ctrl-C.")
    private int duration;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long to wait for the other side, and then for the connection; 0 for ever.")
    private int wait;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Option(names = "--json", description = "Print JSON lines: one a second, and how the call went as the last.")
    private boolean json;

    @Option(names = "--stats", paramLabel = "FILE", description = "Write getStats() to a file, a line a second.")
    private @Nullable Path stats;

    @Option(
            names = "--dump",
            paramLabel = "FILE",
            description = "Write a dump for the tools that open those of chrome://webrtc-internals: what happened, and"
                    + " getStats() once a second.")
    private @Nullable Path dump;

    @Option(
            names = "--impair",
            paramLabel = "HOW",
            hidden = true,
            converter = Impairment.Converter.class,
            completionCandidates = Impairment.Names.class)
    private @Nullable Impairment impairment;

    @Option(names = "-v", description = "Log what the library does.")
    private boolean verbose;

    @Override
    public Integer call() throws Exception {
        final Instant mainStarted = Instant.now();
        final CallOptions options = options();
        if (options == null) {
            return ExitCode.USAGE;
        }
        if (verbose && LoggerFactory.getLogger("dev.yodel") instanceof Logger logger) {
            logger.setLevel(Level.DEBUG);
        }
        final PrintWriter out = spec.commandLine().getOut();
        // Nulls are figures that are not there; a reader should see that they are not.
        final Gson gson = new GsonBuilder().serializeNulls().create();
        final Call call = new Call(options, new Call.Watcher() {
            @Override
            public void onProgress(CallProgress progress) {
                out.println(json ? gson.toJson(progress) : progress.second() + " s  " + progress.line());
                out.flush();
            }

            @Override
            public void onNote(String note) {
                if (!json) {
                    out.println(note);
                    out.flush();
                }
            }
        });
        final CountDownLatch done = new CountDownLatch(1);
        final Thread interrupted = new Thread(() -> hangUp(call, done), "yodel-hang-up");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            final CallResult result = call.run(jvmMillis(mainStarted));
            if (json) {
                out.println(gson.toJson(result));
            } else {
                out.println((result.ok() ? "call over: " : "call failed: ") + result.reason());
            }
            out.flush();
            return result.exitCode();
        } finally {
            capture.close();
            done.countDown();
        }
    }

    private static void hangUp(Call call, CountDownLatch done) {
        call.hangUp("interrupted");
        try {
            if (!done.await(5, TimeUnit.SECONDS)) {
                System.err.println("the call did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Double jvmMillis(Instant mainStarted) {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(started -> (double) Duration.between(started, mainStarted).toMillis())
                .orElse(null);
    }

    private @Nullable CallOptions options() {
        final String source = send;
        if (source != null && !WORDS.contains(source) && !Files.isReadable(Path.of(source))) {
            return wrong("--send is a WAV file, tone or silence; there is no file " + source);
        }
        if (duration < 0 || duration > MAX_SECONDS || wait < 0 || wait > MAX_SECONDS) {
            return wrong("--duration and --wait are seconds from 0 to " + MAX_SECONDS);
        }
        final Settings settings;
        try {
            settings = network.settings(capture.open());
        } catch (IllegalArgumentException | IOException e) {
            return wrong(String.valueOf(e.getMessage()));
        }
        return new CallOptions(
                room,
                source,
                record,
                video,
                duration,
                wait,
                network.configuration(),
                settings,
                stats,
                dump,
                impairment,
                json);
    }

    private @Nullable CallOptions wrong(String words) {
        spec.commandLine().getErr().println(words);
        return null;
    }
}
