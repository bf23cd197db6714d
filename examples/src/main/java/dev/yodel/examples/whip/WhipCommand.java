package dev.yodel.examples.whip;

import dev.yodel.examples.ExitCode;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.whip.WhipClient;
import dev.yodel.whip.WhipException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel whip}: publishes a file to a WHIP server. */
@Command(
        name = "whip",
        description =
                "Publishes a file by WHIP (RFC 9725), such as to yodel serve --whip. Sound and pictures are sent as"
                        + " they are; nothing is encoded.",
        mixinStandardHelpOptions = true)
public final class WhipCommand implements Callable<Integer> {
    /** What was handed over last is still to be sent, to travel, and to wait in a jitter buffer. */
    private static final long TAIL_MILLIS = 1_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE", description = "A .webm, .ogg or .opus file.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "URL", description = "The endpoint: http(s)://host:port/whip/name")
    private String url = "";

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often to play it; 0 until the server ends the session.")
    private int repeat;

    @Mixin
    private WhipOptions options = new WhipOptions();

    @Override
    public Integer call() throws InterruptedException {
        final URI endpoint = WhipOptions.parse(url);
        if (endpoint == null || repeat < 0) {
            spec.commandLine()
                    .getErr()
                    .println(repeat < 0 ? "--repeat is 0 or more" : "URL must look like http://host:port/whip/name");
            return ExitCode.USAGE;
        }
        try {
            final PublishedFile media = PublishedFile.open(file);
            try (PeerConnectionFactory factory = options.factory()) {
                return publish(media, factory, endpoint);
            }
        } catch (IOException | IllegalArgumentException | ExecutionException e) {
            final Throwable shown = e instanceof ExecutionException ? RtcException.of(e) : e;
            final Throwable cause = e.getCause() instanceof WhipException refused ? refused : shown;
            spec.commandLine().getErr().println("whip: " + cause.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int publish(PublishedFile media, PeerConnectionFactory factory, URI endpoint)
            throws InterruptedException, ExecutionException {
        final PeerConnection pc = options.connection(factory);
        final MediaStream stream = MediaStream.create("file");
        for (final EncodedTrack track : media.tracks()) {
            pc.addTransceiver(track, new RtpTransceiverInit(RtpTransceiverDirection.SENDONLY, List.of(stream)));
        }
        try (WhipClient client = options.client(endpoint, pc)) {
            final CompletableFuture<Void> over = new CompletableFuture<>();
            client.onEnd(() -> over.complete(null));
            client.start().get();
            pc.connected().get();
            say("publishing " + file + " as " + client.session());
            for (int round = 1; repeat == 0 || round <= repeat; round++) {
                final CompletableFuture<Void> played = media.play();
                CompletableFuture.anyOf(played, over).get();
                if (over.isDone()) {
                    played.cancel(false);
                    say("the server ended the session");
                    return ExitCode.OK;
                }
            }
            CompletableFuture.anyOf(
                            over,
                            new CompletableFuture<@Nullable Void>()
                                    .completeOnTimeout(null, TAIL_MILLIS, TimeUnit.MILLISECONDS))
                    .get();
            client.end().get();
            say("published to the end");
            return ExitCode.OK;
        }
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
