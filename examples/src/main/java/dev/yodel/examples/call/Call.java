package dev.yodel.examples.call;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.signal.RoomSignaling;
import dev.yodel.examples.signal.SignalClient;
import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.io.FilteredEnvironment;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.webrtc.AudioTrack;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidateType;
import dev.yodel.webrtc.IceConnectionState;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.Negotiation;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.StatsDump;
import dev.yodel.webrtc.StatsReport;
import dev.yodel.webrtc.WebmRecorder;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call from begin to end: signaling, connection, sound both ways, a line a second, and how it went. It makes one call
 * only. {@link #run} belongs to one thread; {@link #hangUp} may be called from any.
 */
final class Call implements SignalClient.Listener {
    /** Who watches; called on the thread of {@link #run}, and on others for notes. */
    interface Watcher {
        /** A second has passed. */
        void onProgress(CallProgress progress);

        /** Something a person would like to know. */
        void onNote(String note);
    }

    /** Why a call is over. */
    private record End(int exitCode, String reason) {}

    private static final int STATS_SECONDS = 5;
    /** W3C's code for a server that did not answer. */
    private static final int UNREACHED = 701;

    private final CallOptions options;
    private final Watcher watcher;
    private final SetupTimer timer = new SetupTimer();
    private final CallFigures figures = new CallFigures();
    private final CompletableFuture<Boolean> politeness = new CompletableFuture<>();
    private final CompletableFuture<Boolean> secured = new CompletableFuture<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final RoomSignaling signaling = new RoomSignaling();
    private final Set<String> noted = ConcurrentHashMap.newKeySet();

    Call(CallOptions options, Watcher watcher) {
        this.options = options;
        this.watcher = watcher;
    }

    /** Ends the call; {@link #run} returns soon. */
    void hangUp(String reason) {
        end.complete(new End(ExitCode.OK, reason));
    }

    private void fail(int exitCode, String reason) {
        end.complete(new End(exitCode, reason));
    }

    CallResult run(@Nullable Double jvmMillis) throws InterruptedException {
        End over;
        long spokenFromMicros = 0;
        double spokenSeconds = 0;
        try (CallSound sound = new CallSound(options, watcher::onNote, timer);
                WebmRecorder film = film();
                CallPicture picture =
                        new CallPicture(options.video(), watcher::onNote, () -> hangUp("the window was closed"))) {
            over = call(sound, picture, film);
            spokenFromMicros = sound.spokenFromMicros();
            spokenSeconds = sound.spokenSeconds();
            sound.stop();
            sound.writeRecording();
        } catch (IOException e) {
            over = new End(ExitCode.FAILED, String.valueOf(e.getMessage()));
        }
        return figures.result(over.exitCode(), over.reason(), timer.setup(jvmMillis), spokenFromMicros, spokenSeconds);
    }

    /** A recording of sound and picture, if one is wanted. */
    private @Nullable WebmRecorder film() {
        final Path file = options.record();
        return file == null || !options.recordsWebm() ? null : WebmRecorder.to(file);
    }

    private End call(CallSound sound, CallPicture picture, @Nullable WebmRecorder film)
            throws InterruptedException, IOException {
        final SignalClient client;
        try {
            client = SignalClient.connect(options.room(), this).get();
        } catch (ExecutionException e) {
            return new End(ExitCode.FAILED, words(e));
        }
        try (PeerConnectionFactory factory = factory()) {
            CallSound.warmUp();
            final CompletableFuture<Object> either = CompletableFuture.anyOf(politeness, end);
            if (!(await(either, "the other side did not come") instanceof Boolean polite)) {
                return end.join();
            }
            timer.reached(SetupTimer.Stage.BEGUN);
            try (PeerConnection pc = factory.newPeerConnection(options.configuration());
                    StatsDump dump = StatsDump.of(pc, options.room().toString())) {
                final AudioTrack voice = AudioTrack.opus("voice");
                watch(pc, sound, picture, film);
                addTracks(pc, voice, picture, polite);
                signaling.begin(client);
                Negotiation.perfect(pc, signaling, polite);
                if (await(CompletableFuture.anyOf(secured, end), "no connection came about") instanceof End over) {
                    return over;
                }
                watcher.onNote("connected");
                sound.openSpeaker();
                sound.speak(voice);
                picture.start();
                try {
                    return talk(pc, dump);
                } finally {
                    write(dump);
                }
            } finally {
                client.send(new SignalMessage.Leave());
            }
        } finally {
            client.close();
        }
    }

    /** Waits for something that may fail or never come; both end the call. */
    private @Nullable Object await(CompletableFuture<Object> awaited, String complaint) throws InterruptedException {
        try {
            return options.waitSeconds() == 0 ? awaited.get() : awaited.get(options.waitSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            fail(ExitCode.FAILED, complaint + " within " + options.waitSeconds() + " s");
        } catch (ExecutionException e) {
            fail(ExitCode.FAILED, words(e));
        }
        return end.join();
    }

    private static String words(Throwable failure) {
        final Throwable cause = failure instanceof ExecutionException || failure instanceof CompletionException
                ? failure.getCause()
                : failure;
        final String message = cause == null ? null : cause.getMessage();
        return message == null ? failure.toString() : message;
    }

    private PeerConnectionFactory factory() {
        final PeerConnectionFactory.Builder builder =
                PeerConnectionFactory.builder().settings(options.settings());
        if (options.impairment() == Impairment.DROP_MEDIA) {
            builder.environment(new FilteredEnvironment(NioEnvironment.create(), new MediaDrop()));
        }
        return builder.build();
    }

    /** The later peer offers. The other adds its track while it takes the offer in, so that both need one round only. */
    private void addTracks(PeerConnection pc, AudioTrack voice, CallPicture picture, boolean polite) {
        if (!polite) {
            addOnce(pc, voice, picture);
        }
        pc.onSignalingStateChange(() -> {
            if (pc.signalingState() == SignalingState.STABLE && pc.currentRemoteDescription() != null) {
                timer.reached(SetupTimer.Stage.SIGNALED);
            }
            if (pc.signalingState() == SignalingState.STABLE
                    || pc.signalingState() == SignalingState.HAVE_REMOTE_OFFER) {
                addOnce(pc, voice, picture);
            }
        });
    }

    private static void addOnce(PeerConnection pc, AudioTrack voice, CallPicture picture) {
        if (pc.getSenders().stream().noneMatch(sender -> voice.equals(sender.track()))) {
            pc.addTrack(voice);
        }
        picture.addTo(pc);
    }

    private void watch(PeerConnection pc, CallSound sound, CallPicture picture, @Nullable WebmRecorder film) {
        pc.onTrack(event -> {
            if (film != null) {
                film(film, event.track());
            }
            if (event.track().kind() == MediaKind.AUDIO) {
                event.track().onPcm(sound::hear);
            } else {
                picture.show(event.track());
            }
        });
        pc.onIceConnectionStateChange(() -> {
            final IceConnectionState state = pc.iceConnectionState();
            if (state == IceConnectionState.CONNECTED || state == IceConnectionState.COMPLETED) {
                timer.reached(SetupTimer.Stage.PATH);
            }
        });
        pc.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            if (candidate != null && candidate.type() == IceCandidateType.SRFLX && candidate.url() != null) {
                noteOnce(candidate.url() + ": this machine is " + candidate.address() + " from outside");
            }
        });
        // One for each address of this machine; a person needs it once.
        pc.onIceCandidateError(error -> noteOnce(error.url() + ": " + error.errorText()
                + (error.errorCode() == UNREACHED ? "" : " (error " + error.errorCode() + ")")));
        pc.onConnectionStateChange(() -> {
            final ConnectionState state = pc.connectionState();
            if (state == ConnectionState.DISCONNECTED) {
                watcher.onNote("the other side is silent; waiting for it to come back");
            } else if (state == ConnectionState.CLOSED) {
                hangUp("the other side hung up");
            }
        });
        pc.connected().whenComplete((done, failure) -> {
            if (failure != null) {
                failed(pc, words(failure));
            } else {
                timer.reached(SetupTimer.Stage.SECURED);
                secured.complete(true);
            }
        });
        pc.onConnectionStateChange(() -> {
            if (pc.connectionState() == ConnectionState.FAILED && timer.has(SetupTimer.Stage.SECURED)) {
                failed(pc, "the path to the other side broke");
            }
        });
    }

    private void film(WebmRecorder film, RemoteTrack track) {
        try {
            film.add(track);
        } catch (InvalidStateException late) {
            watcher.onNote("a track came too late to be recorded: " + late.getMessage());
        }
    }

    private void noteOnce(String note) {
        if (noted.add(note)) {
            watcher.onNote(note);
        }
    }

    private void failed(PeerConnection pc, String reason) {
        final boolean iceFailed =
                pc.iceConnectionState() == IceConnectionState.FAILED || !timer.has(SetupTimer.Stage.PATH);
        fail(iceFailed ? ExitCode.ICE_FAILED : ExitCode.DTLS_FAILED, reason);
    }

    private void write(StatsDump dump) throws IOException {
        final Path file = options.dump();
        if (file != null) {
            Files.writeString(file, dump.toJson());
        }
    }

    private End talk(PeerConnection pc, StatsDump dump) throws InterruptedException, IOException {
        final Path file = options.stats();
        try (BufferedWriter lines = file == null ? null : Files.newBufferedWriter(file)) {
            final long begun = System.nanoTime();
            for (int second = 1; ; second++) {
                final boolean last = second == options.durationSeconds();
                final long due = begun + TimeUnit.SECONDS.toNanos(second);
                End over = null;
                try {
                    over = end.get(due - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (last) {
                        over = new End(ExitCode.OK, "hung up after " + second + " s");
                    }
                } catch (ExecutionException e) {
                    over = new End(ExitCode.FAILED, words(e));
                }
                report(pc, second, lines, dump);
                if (over != null) {
                    return over;
                }
            }
        }
    }

    private void report(PeerConnection pc, int second, @Nullable BufferedWriter lines, StatsDump dump)
            throws InterruptedException, IOException {
        try {
            final StatsReport report = pc.getStats().get(STATS_SECONDS, TimeUnit.SECONDS);
            if (options.dump() != null) {
                dump.add(report);
            }
            watcher.onProgress(
                    figures.update(report, second, pc.connectionState().toString()));
            if (lines != null) {
                lines.write(report.toJson());
                lines.newLine();
                lines.flush();
            }
        } catch (ExecutionException | TimeoutException e) {
            watcher.onNote("no statistics: " + words(e));
        }
    }

    @Override
    public void onMessage(SignalMessage message) {
        if (message instanceof SignalMessage.Peer peer) {
            if (peer.present()) {
                politeness.complete(peer.polite());
            } else if (politeness.isDone()) {
                peerLeft();
            }
        } else if (message instanceof SignalMessage.Failure failure) {
            if (politeness.isDone()) {
                watcher.onNote("signaling: " + failure.message());
            } else {
                fail(ExitCode.FAILED, failure.message());
            }
        } else if (message instanceof SignalMessage.Joined) {
            watcher.onNote("waiting for the other side in " + options.room());
        } else {
            signaling.receive(message);
        }
    }

    private void peerLeft() {
        if (timer.has(SetupTimer.Stage.SECURED)) {
            hangUp("the other side hung up");
        } else {
            fail(ExitCode.FAILED, "the other side left before the call was set up");
        }
    }

    @Override
    public void onClosed(String reason) {
        if (timer.has(SetupTimer.Stage.SECURED)) {
            watcher.onNote("the signaling server is gone (" + reason + "); the call goes on without it");
        } else {
            fail(ExitCode.FAILED, "the signaling server closed the connection: " + reason);
        }
    }
}
