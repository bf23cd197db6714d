package dev.yodel.examples.rooms;

import dev.yodel.examples.ExitCode;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.Settings;
import dev.yodel.webrtc.StatsReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code yodel load}: people who do not exist, to see what a conference server of your own carries. What the
 * first one sends also goes to somebody without the server: what a frame takes longer by the server is the server's.
 */
@Command(
        name = "load",
        description =
                "Fills the rooms of a conference server of yours with programs that send and receive, and says what came"
                        + " through. Never point it at somebody else's server.",
        mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {
    private static final int FRAMES_PER_SECOND = 25;
    private static final long FRAME_NANOS = 1_000_000_000L / FRAMES_PER_SECOND;
    /** Servers let so many in from one address. */
    private static final long JOIN_EVERY_MILLIS = 110;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "URL", description = "The server, such as ws://localhost:8080")
    private URI server = URI.create("ws://localhost:8080");

    @Option(names = "--rooms", paramLabel = "N", defaultValue = "1", description = "Rooms (default: ${DEFAULT-VALUE}).")
    private int rooms = 1;

    @Option(
            names = "--senders",
            paramLabel = "N",
            defaultValue = "1",
            description = "People of each room who send and receive (default: ${DEFAULT-VALUE}).")
    private int senders = 1;

    @Option(
            names = "--viewers",
            paramLabel = "N",
            defaultValue = "10",
            description = "People of each room who only receive (default: ${DEFAULT-VALUE}).")
    private int viewers = 10;

    @Option(
            names = "--kbps",
            paramLabel = "N",
            defaultValue = "300",
            description = "What each sender sends, in kbit/s (default: ${DEFAULT-VALUE}).")
    private int kbps = 300;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to measure when all are in (default: ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(
            names = "--settle",
            paramLabel = "N",
            defaultValue = "3",
            description = "Seconds to wait before that (default: ${DEFAULT-VALUE}).")
    private int settle = 3;

    private final Set<RemoteTrack> seen = new HashSet<>();
    private final List<RoomClient> clients = new ArrayList<>();
    private final LoadMeter meter = new LoadMeter();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final boolean webSocket = "ws".equals(server.getScheme()) || "wss".equals(server.getScheme());
        if (!webSocket || server.getHost() == null) {
            return wrong("the server is named as ws://host:port or wss://host:port");
        }
        if (rooms < 1 || senders < 1 || viewers < 0 || senders + viewers < 2 || kbps < 1 || seconds < 1 || settle < 0) {
            return wrong("a room needs two people, one of whom sends; --rooms, --kbps and --seconds are 1 or more");
        }
        final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        // Nothing of ours blocks, so that no frame waits for another thread.
        final Settings settings = Settings.builder().callbacksOnLoop().build();
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                PeerConnection near = factory.newPeerConnection();
                PeerConnection far = factory.newPeerConnection()) {
            final EncodedTrack first = sending(meter.sender(senders + viewers - 1), timer);
            connectWithoutServer(near, far, first);
            for (int room = 0; room < rooms; room++) {
                for (int person = 0; person < senders + viewers; person++) {
                    final boolean isFirst = room == 0 && person == 0;
                    join(factory, room, isFirst ? first : person < senders ? another(timer) : null);
                    TimeUnit.MILLISECONDS.sleep(JOIN_EVERY_MILLIS);
                }
            }
            for (final RoomClient client : clients) {
                client.connection().connected().get(30, TimeUnit.SECONDS);
            }
            // Estimates and layers settle.
            TimeUnit.SECONDS.sleep(settle);
            final Counts before = counts();
            meter.begin();
            TimeUnit.SECONDS.sleep(seconds);
            meter.end();
            final Counts after = counts();
            // What was sent last is still on its way.
            TimeUnit.SECONDS.sleep(1);
            report(out, before, after);
            return ExitCode.OK;
        } catch (ExecutionException | TimeoutException e) {
            final Throwable cause = e.getCause() == null ? e : e.getCause();
            spec.commandLine().getErr().println(clients.size() + " are in, the next one is not: " + cause.getMessage());
            return ExitCode.FAILED;
        } finally {
            timer.shutdownNow();
            clients.forEach(RoomClient::close);
        }
    }

    private int wrong(String words) {
        spec.commandLine().getErr().println(words);
        return ExitCode.USAGE;
    }

    private EncodedTrack another(ScheduledExecutorService timer) {
        return sending(meter.sender(senders + viewers - 1), timer);
    }

    private void connectWithoutServer(PeerConnection near, PeerConnection far, EncodedTrack picture)
            throws ExecutionException, InterruptedException, TimeoutException {
        near.addTrack(picture);
        far.onTrack(event -> event.track().onRtp(meter::arrivedWithoutServer));
        trickle(near, far);
        trickle(far, near);
        near.setLocalDescription()
                .thenCompose(far::setRemoteDescription)
                .thenCompose(done -> far.setLocalDescription())
                .thenCompose(near::setRemoteDescription)
                .thenCompose(done -> near.connected())
                .get(30, TimeUnit.SECONDS);
    }

    private static void trickle(PeerConnection from, PeerConnection to) {
        from.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            if (candidate != null) {
                to.addIceCandidate(candidate).exceptionally(closed -> null);
            }
        });
    }

    private void join(PeerConnectionFactory factory, int room, @Nullable EncodedTrack sends)
            throws ExecutionException, InterruptedException, TimeoutException {
        final RoomClient.Builder builder = RoomClient.builder(factory).onSeen((source, name, sound, picture) -> {
            synchronized (seen) {
                // A place that shows somebody else has the same track as before.
                if (seen.add(picture)) {
                    picture.onFrame(meter::received);
                    picture.onRtp(meter::arrived);
                }
            }
        });
        if (sends != null) {
            builder.picture(sends);
        }
        clients.add(builder.join(server.resolve("/room/load-" + room), "load " + clients.size())
                .get(30, TimeUnit.SECONDS));
    }

    /**
     * A track that sends marked frames from now on: nothing that a decoder would take, but what a forwarder reads is
     * right.
     */
    private EncodedTrack sending(LoadMeter.Sender sender, ScheduledExecutorService timer) {
        final EncodedTrack picture = EncodedTrack.vp8("load");
        final AtomicBoolean keyWanted = new AtomicBoolean(true);
        picture.onKeyFrameRequest(() -> keyWanted.set(true));
        final int sizeBytes = kbps * 1_000 / 8 / FRAMES_PER_SECOND;
        final long begin = System.nanoTime();
        final AtomicLong turn = new AtomicLong();
        timer.scheduleAtFixedRate(
                () -> picture.write(sender.frame(
                        sizeBytes,
                        keyWanted.getAndSet(false),
                        FRAME_NANOS,
                        begin + FRAME_NANOS * turn.getAndIncrement())),
                0,
                FRAME_NANOS,
                TimeUnit.NANOSECONDS);
        return picture;
    }

    /**
     * What is counted at one moment.
     *
     * @param nanos the moment
     * @param packets received by all receivers
     * @param bytes of them
     * @param lost never repaired
     * @param repaired sent again by the server because a receiver missed them
     * @param ownSeconds CPU time of this process
     * @param serverSeconds CPU time of the server, as it says itself; NaN if it does not
     */
    private record Counts(
            long nanos, long packets, long bytes, long lost, long repaired, double ownSeconds, double serverSeconds) {}

    private Counts counts() throws InterruptedException, ExecutionException, TimeoutException {
        final long[] sums = new long[4];
        for (final RoomClient client : clients) {
            final StatsReport report = client.connection().getStats().get(30, TimeUnit.SECONDS);
            report.ofType("inbound-rtp").forEach(entry -> {
                sums[0] += number(entry.members().get("packetsReceived"));
                sums[1] += number(entry.members().get("bytesReceived"));
                sums[2] += number(entry.members().get("packetsLost"));
                sums[3] += number(entry.members().get("retransmittedPacketsReceived"));
            });
        }
        return new Counts(
                System.nanoTime(), sums[0], sums[1], sums[2], sums[3], RoomMetrics.cpuSeconds(), serverSeconds());
    }

    private double serverSeconds() throws InterruptedException {
        final String scheme = "wss".equals(server.getScheme()) ? "https://" : "http://";
        try {
            return RoomMetrics.read(
                    http.send(
                                    HttpRequest.newBuilder(URI.create(scheme + server.getRawAuthority() + "/metrics"))
                                            .timeout(Duration.ofSeconds(10))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body(),
                    RoomMetrics.CPU_SECONDS);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private void report(PrintWriter out, Counts before, Counts after) {
        final double took = (after.nanos() - before.nanos()) / 1e9;
        final long[] added = meter.added();
        final long[] late = meter.lateness();
        out.printf(
                Locale.ROOT,
                "%d rooms, %d people, %.1f s; received %.0f packets/s, %.1f Mbit/s, lost %d, repaired %d; frames %d of %d%n",
                rooms,
                clients.size(),
                took,
                (after.packets() - before.packets()) / took,
                (after.bytes() - before.bytes()) * 8 / took / 1e6,
                after.lost() - before.lost(),
                after.repaired() - before.repaired(),
                meter.whole(),
                meter.expected());
        delay(out, "a frame from its sender to a receiver", meter.delays());
        delay(out, "the first sender's to one without the server", meter.delaysWithoutServer());
        out.printf(
                Locale.ROOT,
                "the server added p50 %.1f ms, p99 %.1f ms to each of the first sender's; timers were late by p99 %.1f ms%n",
                LoadMeter.Samples.millis(added, 0.5),
                LoadMeter.Samples.millis(added, 0.99),
                LoadMeter.Samples.millis(late, 0.99));
        out.printf(
                Locale.ROOT,
                "CPU of one core: the server %.0f %%, this process %.0f %%%n",
                100 * (after.serverSeconds() - before.serverSeconds()) / took,
                100 * (after.ownSeconds() - before.ownSeconds()) / took);
        out.flush();
    }

    private static void delay(PrintWriter out, String what, long[] sorted) {
        out.printf(
                Locale.ROOT,
                "%s: p50 %.1f ms, p99 %.1f ms, worst %.1f ms%n",
                what,
                LoadMeter.Samples.millis(sorted, 0.5),
                LoadMeter.Samples.millis(sorted, 0.99),
                LoadMeter.Samples.millis(sorted, 1));
    }
}
