package dev.yodel.examples.files;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.PeerOptions;
import dev.yodel.examples.RoomOption;
import dev.yodel.examples.signal.RoomCall;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RtpCodec;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverDirection;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.SignalingState;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel record}: records whoever is, or will be, in a room of a signaling server. */
@Command(
        name = "record",
        description = "Records what the other peer in a room says and shows into a file, as it comes; only WAV is"
                + " decoded. Ends when the other hangs up, or on Ctrl-C.",
        mixinStandardHelpOptions = true)
public final class RecordCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "URL",
            converter = RoomOption.class,
            description = "The signaling server and room: ws://host:port/room")
    private URI room = RoomOption.NONE;

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "Where it goes: .webm (sound and picture), .ogg or .wav (sound), .ivf, .h264 or .h265"
                    + " (picture), .rtpdump (all packets, for rtptools and Wireshark).")
    private Path file = Path.of("");

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "End this long after connecting; 0 when the other side hangs up.")
    private int duration;

    @Mixin
    private PeerOptions peer = new PeerOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (duration < 0 || peer.waitSeconds() < 0) {
            spec.commandLine().getErr().println("--duration and --wait are 0 and more");
            return ExitCode.USAGE;
        }
        final CountDownLatch done = new CountDownLatch(1);
        try (FileRecording recording = new FileRecording(file);
                PeerConnectionFactory factory = peer.factory();
                RoomCall call = new RoomCall(room, this::say)) {
            final Thread interrupted = new Thread(
                    () -> {
                        call.hangUp("interrupted");
                        try {
                            done.await(5, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "yodel-hang-up");
            Runtime.getRuntime().addShutdownHook(interrupted);
            record(recording, factory, call);
            final String story = recording.toString();
            recording.finish();
            say(story);
            if (!Files.exists(file)) {
                throw new IOException("nothing came that could be recorded");
            }
            return ExitCode.OK;
        } catch (IOException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("record: " + e.getMessage());
            return ExitCode.FAILED;
        } finally {
            done.countDown();
        }
    }

    private void record(FileRecording recording, PeerConnectionFactory factory, RoomCall call)
            throws IOException, InterruptedException {
        call.connect(factory, peer.configuration(), peer.waitSeconds(), (pc, offers) -> {
            pc.onTrack(event -> {
                try {
                    say(recording.add(event.track()));
                } catch (IOException e) {
                    call.hangUp("the recording cannot be written: " + e.getMessage());
                }
            });
            if (offers) {
                final RtpTransceiverInit receive = RtpTransceiverInit.of(RtpTransceiverDirection.RECVONLY);
                for (final MediaKind kind : MediaKind.values()) {
                    if (recording.wants(kind)) {
                        prefer(pc.addTransceiver(kind, receive), recording);
                    }
                }
            } else {
                pc.onSignalingStateChange(() -> {
                    if (pc.signalingState() == SignalingState.HAVE_REMOTE_OFFER) {
                        preferAll(pc, recording);
                    }
                });
            }
        });
        try {
            say(duration == 0 ? call.over().get() : call.over().get(duration, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            say("recorded for " + duration + " s");
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static void preferAll(PeerConnection pc, FileRecording recording) {
        for (final RtpTransceiver transceiver : pc.getTransceivers()) {
            prefer(transceiver, recording);
        }
    }

    /** Puts the codec that the file holds in front. */
    private static void prefer(RtpTransceiver transceiver, FileRecording recording) {
        final String wanted = recording.videoCodec();
        if (wanted == null || transceiver.receiver().track().kind() != MediaKind.VIDEO) {
            return;
        }
        final List<RtpCodec> first = new ArrayList<>();
        final List<RtpCodec> rest = new ArrayList<>();
        for (final RtpCodec codec : RtpReceiver.getCapabilities(MediaKind.VIDEO).codecs()) {
            (codec.mimeType().equalsIgnoreCase(wanted) ? first : rest).add(codec);
        }
        first.addAll(rest);
        transceiver.setCodecPreferences(first);
    }

    private void say(String line) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
