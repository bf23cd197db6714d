package dev.yodel.examples.demo;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.audio.Clip;
import dev.yodel.examples.audio.Comparison;
import dev.yodel.examples.audio.Recording;
import dev.yodel.examples.audio.WaveformPicture;
import dev.yodel.examples.call.CallProgress;
import dev.yodel.examples.call.CallResult;
import dev.yodel.examples.call.Impairment;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code yodel demo}: a signaling server here, two JVMs A and B that call each other through it, a line a second, and a
 * verdict over what each of them heard. The verdict rests on the recordings: they hold nothing but what was decoded from
 * the network, and they are compared with the clips that should have been spoken, not with what a side claims.
 */
@Command(
        name = "demo",
        description = "Two JVMs call each other; shows the call live and judges what each of them heard.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final String ROOM = "demo";
    /** From the start of the JVMs to the call, and from the hang-up to their end, on a slow machine. */
    private static final int GRACE_SECONDS = 60;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Length of the call (default: ${DEFAULT-VALUE}).")
    private int duration = 10;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "out",
            description = "Where recordings and picture go (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out");

    @Option(names = "--json", description = "Print a JSON object as the last line.")
    private boolean json;

    @Option(
            names = "--impair",
            paramLabel = "HOW",
            description = "Spoil the call, to see the verdict notice: ${COMPLETION-CANDIDATES}.",
            converter = Impairment.Converter.class,
            completionCandidates = Impairment.Names.class)
    private @Nullable Impairment impairment;

    private enum Side {
        A("caller", "heard-by-a.wav", "errors-of-a.txt"),
        B("callee", "heard-by-b.wav", "errors-of-b.txt");

        private final String speech;
        private final String recording;
        private final String errors;

        Side(String speech, String recording, String errors) {
            this.speech = speech;
            this.recording = recording;
            this.errors = errors;
        }

        Side other() {
            return this == A ? B : A;
        }

        Clip clip() {
            return Clip.bundled(speech + ".wav");
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (duration < 2 || duration > 300) {
            spec.commandLine().getErr().println("--duration is a number from 2 to 300");
            return ExitCode.USAGE;
        }
        final PrintWriter console = spec.commandLine().getOut();
        Files.createDirectories(out);
        for (final Side side : Side.values()) {
            // A recording of an earlier run must not be judged.
            Files.deleteIfExists(out.resolve(side.recording));
        }
        final CallResult resultOfA;
        final CallResult resultOfB;
        final LiveLines live = new LiveLines(console);
        try (SignalServer server = SignalServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES);
                CallProcess a = start(Side.A, server, progress -> live.show(0, progress));
                CallProcess b = start(Side.B, server, progress -> live.show(1, progress))) {
            console.println("signaling at " + server.room(ROOM) + ", two JVMs start");
            console.flush();
            resultOfA = a.await(duration + (long) GRACE_SECONDS);
            resultOfB = b.await(duration + (long) GRACE_SECONDS);
        }
        final DemoVerdict verdict = new DemoVerdict(List.of(
                new DemoVerdict.Direction("A to B", "aToB", resultOfA, resultOfB, comparison(Side.A, resultOfA)),
                new DemoVerdict.Direction("B to A", "bToA", resultOfB, resultOfA, comparison(Side.B, resultOfB))));
        console.println();
        console.println(verdict.text());
        final Path picture = picture(resultOfA, resultOfB, verdict);
        console.println("recordings and picture: " + picture.toAbsolutePath().getParent());
        if (json) {
            console.println(verdict.json());
        }
        console.flush();
        return verdict.ok() ? ExitCode.OK : ExitCode.FAILED;
    }

    private CallProcess start(Side side, SignalServer server, Consumer<CallProgress> progress) throws IOException {
        final List<String> arguments = new ArrayList<>(List.of(
                "call",
                server.room(ROOM).toString(),
                "--send",
                impairment == Impairment.WRONG_CLIP ? side.other().speech : side.speech,
                "--record",
                out.resolve(side.recording).toString(),
                "--duration",
                Integer.toString(duration),
                "--wait",
                Integer.toString(GRACE_SECONDS / 2),
                "--json"));
        if (impairment == Impairment.DROP_MEDIA) {
            arguments.addAll(List.of("--impair", Impairment.DROP_MEDIA.toString()));
        }
        return CallProcess.start(arguments, out.resolve(side.errors), progress);
    }

    private static Comparison.Speech speech(Side speaker, CallResult spoken) {
        return new Comparison.Speech(speaker.clip(), spoken.spokenFromMicros(), spoken.spokenSeconds());
    }

    private @Nullable Comparison comparison(Side speaker, CallResult spoken) {
        if (spoken.spokenFromMicros() == 0) {
            return null;
        }
        try {
            return Comparison.of(speech(speaker, spoken), Recording.read(out.resolve(speaker.other().recording)));
        } catch (IOException e) {
            return null;
        }
    }

    private Path picture(CallResult spokenByA, CallResult spokenByB, DemoVerdict verdict) throws IOException {
        final List<WaveformPicture.Direction> drawn = new ArrayList<>();
        for (final DemoVerdict.Direction direction : verdict.directions()) {
            final Side speaker = direction.name().equals("aToB") ? Side.A : Side.B;
            final Comparison comparison = direction.comparison();
            if (comparison != null) {
                drawn.add(new WaveformPicture.Direction(
                        direction.title(),
                        speech(speaker, speaker == Side.A ? spokenByA : spokenByB),
                        Recording.read(out.resolve(speaker.other().recording)),
                        comparison,
                        direction.receiver().packetsLost()));
            }
        }
        final Path picture = out.resolve("call.svg");
        Files.writeString(picture, WaveformPicture.svg(drawn));
        return picture;
    }

    /** Joins what both sides say into one line a second. */
    private static final class LiveLines {
        private final PrintWriter console;
        private final @Nullable CallProgress[] latest = new CallProgress[2];
        private int shown = -1;

        LiveLines(PrintWriter console) {
            this.console = console;
        }

        synchronized void show(int side, CallProgress progress) {
            latest[side] = progress;
            final CallProgress a = latest[0];
            final CallProgress b = latest[1];
            if (a != null && b != null && Math.min(a.second(), b.second()) > shown) {
                shown = Math.min(a.second(), b.second());
                console.printf("%3d s  %s%n", shown, CallProgress.line(a, b));
                console.flush();
            }
        }
    }
}
