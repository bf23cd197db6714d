package dev.yodel.examples.files;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.PeerOptions;
import dev.yodel.examples.RoomOption;
import dev.yodel.examples.signal.RoomCall;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.SignalingState;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel play}: plays a file to whoever is, or will be, in a room of a signaling server. */
@Command(
        name = "play",
        description = "Plays a media file to the other peer in a room, a browser or another yodel, and hangs up."
                + " Pictures are sent as they are; nothing is encoded but WAV.",
        mixinStandardHelpOptions = true)
public final class PlayCommand implements Callable<Integer> {
    private static final int NEGOTIATION_SECONDS = 5;
    /** What was handed over last is still to be paced, to travel, and to wait in the other's jitter buffer. */
    private static final long TAIL_MILLIS = 1_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "What to play: .webm (Opus, VP8, VP9, AV1), .ogg or .opus, .wav, .ivf, .h264 or .h265"
                    + " (Annex B).")
    private Path file = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "URL",
            converter = RoomOption.class,
            description = "The signaling server and room: ws://host:port/room")
    private URI room = RoomOption.NONE;

    @Option(
            names = "--fps",
            paramLabel = "N",
            defaultValue = "30",
            description = "Pictures in a second of .h264 and .h265 files, which do not say it; ${DEFAULT-VALUE} unless"
                    + " given.")
    private double framesPerSecond;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often to play it; 0 until the other side hangs up.")
    private int repeat;

    @Mixin
    private PeerOptions peer = new PeerOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (!(framesPerSecond > 0 && framesPerSecond <= 1_000) || repeat < 0 || peer.waitSeconds() < 0) {
            spec.commandLine()
                    .getErr()
                    .println("--fps is more than 0 and at most 1000; --repeat and --wait are 0 and more");
            return ExitCode.USAGE;
        }
        try {
            final MediaFile media = MediaFile.open(file, framesPerSecond);
            try (PeerConnectionFactory factory = peer.factory();
                    RoomCall call = new RoomCall(room, this::say)) {
                return play(media, factory, call);
            }
        } catch (IOException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("play: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int play(MediaFile media, PeerConnectionFactory factory, RoomCall call)
            throws IOException, InterruptedException {
        final CompletableFuture<Void> agreed = new CompletableFuture<>();
        final MediaStream stream = MediaStream.create("file");
        final PeerConnection pc = call.connect(factory, peer.configuration(), peer.waitSeconds(), (made, offers) -> {
            if (offers) {
                addTracks(made, media, stream);
            }
            made.onSignalingStateChange(() -> {
                // The other's offer is taken in, and not answered yet: so one round is enough.
                addTracks(made, media, stream);
                if (made.signalingState() == SignalingState.STABLE
                        && sends(made, media) == media.tracks().size()) {
                    agreed.complete(null);
                }
            });
        });
        try {
            agreed.get(NEGOTIATION_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            final int taken = sends(pc, media);
            if (taken == 0) {
                throw new IOException("the other side takes nothing of what is in " + file, e);
            }
            say("the other side takes " + taken + " of " + media.tracks().size() + " tracks");
        }
        for (int round = 1; repeat == 0 || round <= repeat; round++) {
            say("playing " + file);
            final CompletableFuture<Void> played = media.play();
            final String reason = firstOf(played, call.over());
            if (reason != null) {
                played.cancel(false);
                say(reason);
                return ExitCode.OK;
            }
        }
        final CompletableFuture<Void> tail = CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(TAIL_MILLIS, TimeUnit.MILLISECONDS));
        firstOf(tail, call.over());
        say("played to the end");
        return ExitCode.OK;
    }

    /** Waits for one or the other: null if the first came, else what the second says. */
    private static @Nullable String firstOf(CompletableFuture<Void> wanted, CompletableFuture<String> over)
            throws IOException, InterruptedException {
        try {
            CompletableFuture.anyOf(wanted, over).get();
            return wanted.isDone() ? null : over.join();
        } catch (ExecutionException | CompletionException e) {
            final Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        }
    }

    private static void addTracks(PeerConnection pc, MediaFile media, MediaStream stream) {
        for (final MediaStreamTrack track : media.tracks()) {
            if (pc.getSenders().stream().noneMatch(sender -> track.equals(sender.track()))) {
                pc.addTrack(track, stream);
            }
        }
    }

    /** How many of the tracks the other side takes. */
    private static int sends(PeerConnection pc, MediaFile media) {
        int count = 0;
        for (final RtpTransceiver transceiver : pc.getTransceivers()) {
            final RtpTransceiverDirection direction = transceiver.currentDirection();
            final boolean flows =
                    direction == RtpTransceiverDirection.SENDRECV || direction == RtpTransceiverDirection.SENDONLY;
            final MediaStreamTrack track = transceiver.sender().track();
            if (flows && track != null && media.tracks().contains(track)) {
                count++;
            }
        }
        return count;
    }

    private void say(String line) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
