package dev.yodel.examples.whip;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.files.MediaFile;
import dev.yodel.examples.video.PictureSender;
import dev.yodel.examples.video.VideoKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtpSender;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel whip}: publishes a file, or the screen, to a WHIP server. */
@Command(
        name = "whip",
        description =
                "Publishes a file by WHIP (RFC 9725), such as to yodel serve --whip: sound and pictures as they are. Or"
                        + " the screen, the camera or a test pattern, encoded to VP8 by libvpx.",
        mixinStandardHelpOptions = true)
public final class WhipCommand implements Callable<Integer> {
    /** What was handed over last is still to be sent, to travel, and to wait in a jitter buffer. */
    private static final long TAIL_MILLIS = 1_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "FILE|screen|camera|pattern",
            description = "A .webm, .ogg, .opus, .wav, .ivf, .h264 or .h265 file; or what to show live.")
    private String what = "";

    @Parameters(
            index = "1",
            paramLabel = "URL",
            converter = WhipOptions.Endpoint.class,
            description = "The endpoint: http(s)://host:port/whip/name")
    private URI endpoint = WhipOptions.Endpoint.NONE;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often to play it; 0 until the server ends the session.")
    private int repeat;

    @Option(
            names = "--fps",
            paramLabel = "N",
            defaultValue = "30",
            description = "Pictures in a second of .h264 and .h265 files, which do not say it; ${DEFAULT-VALUE} unless"
                    + " given.")
    private double framesPerSecond;

    @Mixin
    private WhipOptions options = new WhipOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (repeat < 0 || !(framesPerSecond > 0 && framesPerSecond <= 1_000)) {
            spec.commandLine().getErr().println("--repeat is 0 or more; --fps is more than 0 and at most 1000");
            return ExitCode.USAGE;
        }
        try {
            final VideoKind live = live(what);
            if (live != null) {
                try (PictureSender pictures = PictureSender.open(live);
                        PeerConnectionFactory factory = options.factory()) {
                    return publish(List.of(pictures.track()), factory, endpoint, sender -> {
                        pictures.follow(sender);
                        pictures.start();
                        // Until the server ends the session, or Ctrl-C.
                        return new CompletableFuture<>();
                    });
                }
            }
            final MediaFile media = MediaFile.open(Path.of(what), framesPerSecond);
            try (PeerConnectionFactory factory = options.factory()) {
                return publish(media.tracks(), factory, endpoint, sender -> media.play());
            }
        } catch (IOException | IllegalArgumentException | ExecutionException e) {
            final Throwable shown = e instanceof ExecutionException ? RtcException.of(e) : e;
            final Throwable cause = e.getCause() instanceof WhipException refused ? refused : shown;
            spec.commandLine().getErr().println("whip: " + cause.getMessage());
            return ExitCode.FAILED;
        }
    }

    private static @Nullable VideoKind live(String what) {
        return switch (what) {
            case "screen" -> VideoKind.SCREEN;
            case "camera" -> VideoKind.CAMERA;
            case "pattern" -> VideoKind.PATTERN;
            default -> null;
        };
    }

    private int publish(
            List<? extends MediaStreamTrack> tracks,
            PeerConnectionFactory factory,
            URI endpoint,
            Function<RtpSender, CompletableFuture<Void>> player)
            throws InterruptedException, ExecutionException {
        final PeerConnection pc = options.connection(factory);
        final MediaStream stream = MediaStream.create("published");
        for (final MediaStreamTrack track : tracks) {
            pc.addTransceiver(track, new RtpTransceiverInit(RtpTransceiverDirection.SENDONLY, List.of(stream)));
        }
        final RtpSender first = pc.getSenders().get(0);
        try (WhipClient client = options.client(endpoint, pc)) {
            final CompletableFuture<Void> over = new CompletableFuture<>();
            client.onEnd(() -> over.complete(null));
            client.start().get();
            pc.connected().get();
            say("publishing " + what + " as " + client.session());
            for (int round = 1; repeat == 0 || round <= repeat; round++) {
                final CompletableFuture<Void> played = player.apply(first);
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
