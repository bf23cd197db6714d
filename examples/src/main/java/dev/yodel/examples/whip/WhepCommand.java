package dev.yodel.examples.whip;

import dev.yodel.examples.ExitCode;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.WebmRecorder;
import dev.yodel.whip.WhipClient;
import dev.yodel.whip.WhipException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel whep}: records what a WHEP server plays. */
@Command(
        name = "whep",
        description =
                "Plays from a WHEP server, such as yodel serve --whip, and records it into a WebM file as it comes.",
        mixinStandardHelpOptions = true)
public final class WhepCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "URL",
            converter = WhipOptions.Endpoint.class,
            description = "The endpoint: http(s)://host:port/whep/name")
    private URI endpoint = WhipOptions.Endpoint.NONE;

    @Parameters(index = "1", paramLabel = "FILE", description = "The .webm file to write: Opus, VP8, VP9, AV1.")
    private Path file = Path.of("");

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long to record; 0 until the server ends the session, or Ctrl-C.")
    private int duration;

    @Mixin
    private WhipOptions options = new WhipOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (duration < 0) {
            spec.commandLine().getErr().println("--duration is 0 or more");
            return ExitCode.USAGE;
        }
        final WebmRecorder recorder = WebmRecorder.to(file);
        // Ctrl-C ends the file, too.
        final Thread atExit = new Thread(() -> close(recorder));
        Runtime.getRuntime().addShutdownHook(atExit);
        try (PeerConnectionFactory factory = options.factory()) {
            play(recorder, factory, endpoint);
            recorder.close();
            say("recorded " + recorder.frames() + " frames into " + file);
            return recorder.frames() > 0 ? ExitCode.OK : ExitCode.FAILED;
        } catch (IOException | IllegalArgumentException | ExecutionException e) {
            final Throwable shown = e instanceof ExecutionException ? RtcException.of(e) : e;
            final Throwable cause = e.getCause() instanceof WhipException refused ? refused : shown;
            spec.commandLine().getErr().println("whep: " + cause.getMessage());
            return ExitCode.FAILED;
        } finally {
            close(recorder);
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException alreadyLeaving) {
                // The hook does the same.
            }
        }
    }

    private void close(WebmRecorder recorder) {
        try {
            recorder.close();
        } catch (IOException e) {
            spec.commandLine().getErr().println("whep: " + file + " was not written: " + e.getMessage());
        }
    }

    private void play(WebmRecorder recorder, PeerConnectionFactory factory, URI endpoint)
            throws InterruptedException, ExecutionException {
        final PeerConnection pc = options.connection(factory);
        pc.onTrack(event -> recorder.add(event.track()));
        pc.addTransceiver(MediaKind.AUDIO, RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY));
        pc.addTransceiver(MediaKind.VIDEO, RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY));
        try (WhipClient client = options.client(endpoint, pc)) {
            final CompletableFuture<Void> over = new CompletableFuture<>();
            client.onEnd(() -> over.complete(null));
            client.start().get();
            pc.connected().get();
            say("playing " + client.session());
            if (duration == 0) {
                over.get();
            } else {
                over.get(duration, TimeUnit.SECONDS);
            }
        } catch (TimeoutException enough) {
            say("recorded for " + duration + " s");
        }
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
