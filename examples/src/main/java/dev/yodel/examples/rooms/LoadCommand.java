package dev.yodel.examples.rooms;

import dev.yodel.examples.ExitCode;
import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.StatsReport;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code yodel load}: people who do not exist, to see what a conference server of your own carries. */
@Command(
        name = "load",
        description =
                "Fills the rooms of a conference server of yours with programs that send and receive, and says what came"
                        + " through. Never point it at somebody else's server.",
        mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {
    private static final int MARK = 16;
    private static final int FRAMES_PER_SECOND = 25;
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

    /** What was seen of one source by one receiver. */
    private static final class Seen {
        private final AtomicBoolean measuring;
        private final List<Long> delayMicros = new ArrayList<>();

        Seen(AtomicBoolean measuring) {
            this.measuring = measuring;
        }

        synchronized void handle(EncodedFrame frame) {
            if (measuring.get() && frame.data().length >= MARK + 8) {
                delayMicros.add((System.nanoTime() - Bytes.i64(frame.data(), MARK)) / 1_000);
            }
        }

        synchronized List<Long> delays() {
            return List.copyOf(delayMicros);
        }
    }

    private final Map<RemoteTrack, Seen> seen = new HashMap<>();
    private final List<RoomClient> clients = new ArrayList<>();
    private final AtomicBoolean measuring = new AtomicBoolean();

    @Override
    public Integer call() throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            for (int room = 0; room < rooms; room++) {
                for (int person = 0; person < senders + viewers; person++) {
                    join(factory, timer, room, person < senders);
                    TimeUnit.MILLISECONDS.sleep(JOIN_EVERY_MILLIS);
                }
            }
            for (final RoomClient client : clients) {
                client.connection().connected().get(30, TimeUnit.SECONDS);
            }
            // Estimates and layers settle.
            TimeUnit.SECONDS.sleep(settle);
            final long[] before = counts();
            final long cpu = cpuNanos();
            final long began = System.nanoTime();
            measuring.set(true);
            TimeUnit.SECONDS.sleep(seconds);
            measuring.set(false);
            final double took = (System.nanoTime() - began) / 1e9;
            final double busy = (cpuNanos() - cpu) / 1e9 / took;
            report(out, before, counts(), took, busy);
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

    private void join(PeerConnectionFactory factory, ScheduledExecutorService timer, int room, boolean sends)
            throws ExecutionException, InterruptedException, TimeoutException {
        final RoomClient.Builder builder = RoomClient.builder(factory).onSeen((source, name, sound, picture) -> {
            final Seen one = new Seen(measuring);
            synchronized (seen) {
                // A place that shows somebody else has the same track as before.
                if (seen.putIfAbsent(picture, one) == null) {
                    picture.onFrame(one::handle);
                }
            }
        });
        if (sends) {
            final EncodedTrack picture = EncodedTrack.vp8("load");
            final AtomicBoolean keyWanted = new AtomicBoolean(true);
            picture.onKeyFrameRequest(() -> keyWanted.set(true));
            builder.picture(picture);
            timer.scheduleAtFixedRate(
                    () -> picture.write(frame(keyWanted.getAndSet(false))),
                    0,
                    1_000_000 / FRAMES_PER_SECOND,
                    TimeUnit.MICROSECONDS);
        }
        clients.add(builder.join(server.resolve("/room/load-" + room), "load " + clients.size())
                .get(30, TimeUnit.SECONDS));
    }

    /** Nothing that a decoder would take, but what a forwarder reads is right (RFC 6386 9.1). */
    private EncodedFrame frame(boolean key) {
        final byte[] data = new byte[Math.max(64, kbps * 1_000 / 8 / FRAMES_PER_SECOND)];
        data[0] = (byte) (key ? 0x10 : 0x11);
        if (key) {
            data[3] = (byte) 0x9d;
            data[4] = 0x01;
            data[5] = 0x2a;
            data[6] = 64;
            data[8] = 64;
        }
        Bytes.put64(data, MARK, System.nanoTime());
        return EncodedFrame.ofDuration(data, 1_000_000_000L / FRAMES_PER_SECOND).withKeyFrame(key);
    }

    private static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : 0;
    }

    /** Packets received, bytes received, packets lost. */
    private long[] counts() throws InterruptedException, ExecutionException, TimeoutException {
        final long[] sums = new long[3];
        for (final RoomClient client : clients) {
            final StatsReport report = client.connection().getStats().get(30, TimeUnit.SECONDS);
            report.ofType("inbound-rtp").forEach(entry -> {
                sums[0] += number(entry.members().get("packetsReceived"));
                sums[1] += number(entry.members().get("bytesReceived"));
                sums[2] += number(entry.members().get("packetsLost"));
            });
        }
        return sums;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private void report(PrintWriter out, long[] before, long[] after, double took, double busy) {
        final List<Long> delays = new ArrayList<>();
        synchronized (seen) {
            seen.values().forEach(one -> delays.addAll(one.delays()));
        }
        final long[] sorted =
                delays.stream().mapToLong(Long::longValue).sorted().toArray();
        final long expected = (long) (rooms * (long) senders * (senders + viewers - 1) * FRAMES_PER_SECOND * took);
        out.printf(
                Locale.ROOT,
                "%d rooms, %d people; received %.0f packets/s, %.1f Mbit/s, lost %d; frames %d of %d;"
                        + " sender to receiver p50 %.1f ms, p99 %.1f ms, worst %.1f ms; this process used %.0f %% of a core%n",
                rooms,
                clients.size(),
                (after[0] - before[0]) / took,
                (after[1] - before[1]) * 8 / took / 1e6,
                after[2] - before[2],
                sorted.length,
                expected,
                at(sorted, 0.5),
                at(sorted, 0.99),
                at(sorted, 1),
                100 * busy);
        out.flush();
    }

    private static double at(long[] sorted, double part) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, part * sorted.length)] / 1_000.0;
    }
}
