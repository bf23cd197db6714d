package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.yodel.examples.OwnThread;
import dev.yodel.examples.rooms.RoomMetrics.Counter;
import dev.yodel.examples.web.TextClient;
import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnectionFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The conference server over real sockets of this machine, with programs as its guests. */
class RoomServerTest {
    private static final InetSocketAddress FREE = new InetSocketAddress("localhost", 0);

    private final HttpClient http = HttpClient.newHttpClient();

    private static RoomServer start() throws IOException {
        return RoomServer.start(RoomServer.Options.of(FREE));
    }

    /** What it waits for is told by nobody: it looks until it is so. */
    private static void await(String what, BooleanSupplier so) throws InterruptedException {
        await(what, 40, so);
    }

    private static void await(String what, int seconds, BooleanSupplier so) throws InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!so.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static byte[] frame(boolean key, int number) {
        final byte[] data = new byte[800];
        // A key frame of 64 x 48 pictures begins so (RFC 6386 9.1).
        data[0] = (byte) (key ? 0x10 : 0x11);
        if (key) {
            data[3] = (byte) 0x9d;
            data[4] = 0x01;
            data[5] = 0x2a;
            data[6] = 64;
            data[8] = 48;
        }
        data[12] = (byte) number;
        return data;
    }

    private String get(URI uri, int status) throws IOException, InterruptedException {
        final HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as("%s", uri).isEqualTo(status);
        return response.body();
    }

    /** Two programs meet: pictures, who is who, lines, a recording, metrics; then the server drains. */
    @Test
    void programsMeet(@TempDir Path folder) throws Exception {
        final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        final BlockingQueue<EncodedFrame> seen = new LinkedBlockingQueue<>();
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        final CompletableFuture<String> sight = new CompletableFuture<>();
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(FREE).withRecordings(folder));
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final EncodedTrack picture = EncodedTrack.vp8("picture");
            final boolean[] key = {true};
            picture.onKeyFrameRequest(() -> key[0] = true);
            final RoomClient ann = RoomClient.builder(factory)
                    .picture(picture)
                    .voice(EncodedTrack.opus("voice"))
                    .join(server.socket("kitchen"), "Ann")
                    .get(20, TimeUnit.SECONDS);
            final int[] number = {0};
            timer.scheduleAtFixedRate(
                    () -> {
                        final boolean whole = key[0];
                        key[0] = false;
                        picture.write(EncodedFrame.ofDuration(frame(whole, number[0]++), 40_000_000)
                                .withKeyFrame(whole));
                    },
                    0,
                    40,
                    TimeUnit.MILLISECONDS);
            // Twenty milliseconds of something (RFC 6716 3.1); nobody decodes it.
            final EncodedTrack voice = EncodedTrack.opus("voice");
            final byte[] packet = new byte[400];
            packet[0] = (byte) 0xf8;
            timer.scheduleAtFixedRate(
                    () -> voice.write(EncodedFrame.ofDuration(packet.clone(), 20_000_000)),
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            final RoomClient ben = RoomClient.builder(factory)
                    .voice(voice)
                    .onChat((name, text) -> lines.add(name + ": " + text))
                    .onSeen((source, name, sound, image) -> {
                        sight.complete(source + " is " + name);
                        image.onFrame(seen::add);
                    })
                    .join(server.socket("kitchen"), "Ben")
                    .get(20, TimeUnit.SECONDS);
            assertThat(sight.get(20, TimeUnit.SECONDS)).isEqualTo("p1 is Ann");
            final EncodedFrame first = seen.poll(20, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(first.keyFrame()).isTrue();
            await("Ann's line", () -> ann.say("hello"));
            assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo("Ann: hello");
            ann.record(true);
            // Who shows something becomes WebM, who only speaks becomes Ogg.
            await("a picture's recording", () -> recorded(folder, ".webm", 0x1a45dfa3) > 4_000);
            await("a voice's recording", () -> recorded(folder, ".ogg", 0x4f676753) > 100);
            assertThat(files(folder))
                    .allMatch(file -> folder.relativize(file).toString().startsWith("room-kitchen-"));
            assertThat(get(server.page().resolve("/metrics"), 200))
                    .contains("# TYPE yodel_rooms_joins_total counter\nyodel_rooms_joins_total 2\n")
                    .contains("\nyodel_rooms_people 2\n")
                    .contains("\nyodel_rooms_rooms 1\n");
            final MeterRegistry registry = new SimpleMeterRegistry();
            new RoomMeterBinder(server).bindTo(registry);
            assertThat(registry.get("yodel.rooms.joins").functionCounter().count())
                    .isEqualTo(2);
            assertThat(registry.get("yodel.rooms.people").gauge().value()).isEqualTo(2);
            assertThat(get(server.page().resolve("/health"), 200)).isEqualTo("ok\n");
            ben.close();
            await("Ben's leaving", () -> server.population() == 1);
            // Draining: nobody comes in, who is in may stay.
            final CompletableFuture<Boolean> drained = OwnThread.call(() -> server.drain(Duration.ofSeconds(40)));
            // A load balancer sends nobody here any more.
            await("the drain", () -> status(server, "/health") == 503);
            assertThat(get(server.page().resolve("/health"), 503)).isEqualTo("draining\n");
            for (String room : List.of("kitchen", "another")) {
                assertThatThrownBy(() -> RoomClient.builder(factory)
                                .join(server.socket(room), "Late")
                                .get(20, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining("draining: this server is about to stop");
            }
            assertThat(drained).isNotDone();
            ann.close();
            assertThat(drained.get(40, TimeUnit.SECONDS)).isTrue();
            await("an empty server", () -> server.roomCount() == 0);
        } finally {
            timer.shutdownNow();
        }
    }

    /** The server stops while somebody is recorded: the file has its index, which is written at the end. */
    @Test
    void aRecordingIsWholeWhenTheServerStops(@TempDir Path folder) throws Exception {
        final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        // The server is closed first.
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                RoomServer server = RoomServer.start(RoomServer.Options.of(FREE).withRecordings(folder))) {
            final EncodedTrack picture = EncodedTrack.vp8("picture");
            final int[] number = {0};
            timer.scheduleAtFixedRate(
                    () -> picture.write(EncodedFrame.ofDuration(frame(number[0] % 25 == 0, number[0]), 40_000_000)
                            .withKeyFrame(number[0]++ % 25 == 0)),
                    0,
                    40,
                    TimeUnit.MILLISECONDS);
            final RoomClient ann = RoomClient.builder(factory)
                    .picture(picture)
                    .join(server.socket("kitchen"), "Ann")
                    .get(20, TimeUnit.SECONDS);
            ann.record(true);
            await("pictures", () -> recorded(folder, ".webm", 0x1a45dfa3) > 10_000);
            assertThat(server.metricsText()).contains("\nyodel_rooms_recording_files 1\n");
        } finally {
            timer.shutdownNow();
        }
        // RFC 9559 5.1.5: Cues.
        assertThat(Files.readString(files(folder).get(0), StandardCharsets.ISO_8859_1))
                .contains("\u001cS\u00bbk");
    }

    private int status(RoomServer server, String path) {
        try {
            return http.send(
                            HttpRequest.newBuilder(server.page().resolve(path)).build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String health(RoomServer server) {
        try {
            return get(server.page().resolve("/health"), 200);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** How long a file of this kind is that begins as such a file does. */
    private static long recorded(Path folder, String ending, int begin) {
        for (final Path file : files(folder)) {
            try {
                final byte[] bytes = Files.readAllBytes(file);
                if (file.toString().endsWith(ending) && bytes.length > 4 && Bytes.i32(bytes, 0) == begin) {
                    return bytes.length;
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        return 0;
    }

    /** A flood of joins: the burst is let in, the rest is refused with 429 before a room hears of it. */
    @Test
    void aFloodOfJoinsIsRefused() throws Exception {
        final RoomLimits limits = new RoomLimits(10, 10, 5, 1, 4, 1_000_000);
        // All of it in one moment, however long this machine takes.
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(FREE).withLimits(limits), () -> 0)) {
            final List<TextClient> open = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                try {
                    open.add(TextClient.connect(server.socket("r" + i), new Quiet())
                            .get(20, TimeUnit.SECONDS));
                } catch (ExecutionException e) {
                    assertThat(e).hasMessageContaining("429");
                }
            }
            assertThat(open).hasSize(4);
            assertThat(server.counted(Counter.SOCKETS_REFUSED)).isEqualTo(36);
            assertThat(server.roomCount()).isLessThanOrEqualTo(4);
            open.forEach(TextClient::abort);
            await("empty rooms", () -> server.roomCount() == 0);
        }
    }

    /** Somebody at another address knocks as often as they can: whoever comes properly meets and talks meanwhile. */
    @Test
    void aFloodFromAnotherAddressHindersNobody() throws Exception {
        flood(1, 1_000, 1);
    }

    @Test
    @Tag("long")
    void tenThousandAttemptsHinderNobody() throws Exception {
        flood(3, 10_000, 64);
    }

    private static void flood(int turns, int each, int atOnce) throws Exception {
        final int attempts = turns * each;
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(FREE), () -> 0);
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final long begin = System.nanoTime();
            final InetSocketAddress door =
                    new InetSocketAddress(server.page().getHost(), server.page().getPort());
            // The first ten thousand meet a JVM that is cold.
            final List<Long> millis = new CopyOnWriteArrayList<>();
            final CompletableFuture<Integer> refused = OwnThread.call(() -> {
                int count = 0;
                for (int i = 0; i < turns; i++) {
                    final long since = System.nanoTime();
                    count += Knocking.refused(door, each, atOnce);
                    millis.add((System.nanoTime() - since) / 1_000_000);
                }
                return count;
            });
            final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
            final RoomClient ann = RoomClient.builder(factory)
                    .join(server.socket("kitchen"), "Ann")
                    .get(20, TimeUnit.SECONDS);
            final RoomClient ben = RoomClient.builder(factory)
                    .onChat((name, text) -> lines.add(text))
                    .join(server.socket("kitchen"), "Ben")
                    .get(20, TimeUnit.SECONDS);
            ben.connection().connected().get(20, TimeUnit.SECONDS);
            await("Ann's line", () -> ann.say("hello"));
            assertThat(lines.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
            // The burst of forty is let in.
            final long met = System.nanoTime() - begin;
            assertThat(refused.get(60, TimeUnit.SECONDS)).isEqualTo(attempts - 40);
            System.out.printf(
                    "%d attempts each in %s ms; two met and talked %d ms after the first of them%n",
                    each, millis, met / 1_000_000);
            assertThat(server.counted(Counter.SOCKETS_REFUSED)).isEqualTo(attempts - 40);
            assertThat(server.population()).isEqualTo(2);
            ann.close();
            ben.close();
        }
    }

    /** Tricks with paths lead to no file and no room. */
    @Test
    void pathsLeadNowhereElse() throws Exception {
        try (RoomServer server = start()) {
            final URI page = server.page();
            assertThat(get(page, 200)).contains("Join a room");
            for (String path : List.of(
                    "/..%2f..%2fetc%2fpasswd",
                    "/room.html",
                    "/%2e%2e/logback.xml",
                    "/room/",
                    "/room/a%2fb",
                    "/room/..",
                    "/metrics/..%2fx",
                    "/room.js%00.html",
                    "/WEB-INF/web.xml")) {
                assertThat(raw(page, "GET " + path + " HTTP/1.1")).as(path).doesNotContain(" 200 ");
            }
            assertThat(raw(page, "GET ../../etc/passwd HTTP/1.1")).doesNotContain(" 200 ");
            assertThat(raw(page, "POST / HTTP/1.1")).doesNotContain(" 200 ");
            for (String room : List.of("a%2fb", "", "a".repeat(65), "a b".replace(" ", "%20"), "%00")) {
                final URI socket = URI.create(server.socket("") + room);
                assertThatThrownBy(() -> TextClient.connect(socket, new Quiet()).get(20, TimeUnit.SECONDS))
                        .as(room)
                        .isInstanceOf(ExecutionException.class);
            }
            assertThatThrownBy(() -> http.newWebSocketBuilder()
                            .header("Origin", "https://evil.example")
                            .buildAsync(server.socket("kitchen"), new WebSocket.Listener() {})
                            .get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
            assertThat(server.roomCount()).isZero();
        }
    }

    private static String raw(URI page, String line) throws IOException {
        try (Socket socket = new Socket(page.getHost(), page.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** What is too large, too much or no text is cut off; the server goes on. */
    @Test
    void whoTalksTooMuchIsCutOff() throws Exception {
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(FREE), () -> 0)) {
            final Quiet large = new Quiet();
            final TextClient first =
                    TextClient.connect(server.socket("kitchen"), large).get(20, TimeUnit.SECONDS);
            first.send("x".repeat(RoomMessage.MAX_SDP + 1));
            assertThat(large.closed.get(20, TimeUnit.SECONDS)).isEqualTo("too-large");
            final Quiet fast = new Quiet();
            final TextClient second =
                    TextClient.connect(server.socket("kitchen"), fast).get(20, TimeUnit.SECONDS);
            // Two hundred at once are allowed, and no time passes.
            for (int i = 0; i < 200; i++) {
                second.send("{}");
            }
            await("two hundred answers", () -> fast.texts.size() == 200);
            assertThat(fast.closed).isNotDone();
            second.send("{}");
            assertThat(fast.closed.get(20, TimeUnit.SECONDS)).isEqualTo("too-fast");
            assertThat(health(server)).isEqualTo("ok\n");
        }
    }

    /** People who come and are gone, again and again, leave no thread, no room and no connection. */
    @Test
    void whoComesAndGoesLeavesNothing() throws Exception {
        comeAndGo(20);
    }

    @Test
    @Tag("long")
    void aThousandWhoComeAndGoLeaveNothing() throws Exception {
        comeAndGo(1_000);
    }

    private static void comeAndGo(int times) throws Exception {
        final RoomLimits limits = new RoomLimits(10, 1_000, 2_000, 10_000, 4, 1_000_000);
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(FREE).withLimits(limits));
                PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            Held before = Held.now();
            for (int i = 0; i < times; i++) {
                final CountDownLatch in = new CountDownLatch(1);
                final CompletableFuture<RoomClient> joined =
                        RoomClient.builder(factory).join(server.socket("r" + i % 7), "n" + i);
                joined.whenComplete((client, failure) -> in.countDown());
                assertThat(in.await(30, TimeUnit.SECONDS)).isTrue();
                joined.join().close();
                if (i == times / 2) {
                    await("empty rooms", () -> server.roomCount() == 0);
                    before = Held.now();
                }
            }
            await("empty rooms", () -> server.roomCount() == 0);
            assertThat(server.population()).isZero();
            assertThat(server.counted(Counter.JOINS)).isEqualTo(times);
            assertThat(server.counted(Counter.LEAVES)).isEqualTo(times);
            awaitNoMoreThan(before);
        }
    }

    /** A thousand who join and are gone without a word, their WebSockets cut: after the grace nothing is left of them. */
    @Test
    @Tag("long")
    void aThousandWhoAreDroppedLeaveNothing() throws Exception {
        final RoomLimits limits = new RoomLimits(1_000, 1_000, 2_000, 10_000, 4, 1_000_000);
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(FREE).withLimits(limits))) {
            final Held before = Held.now();
            for (int i = 0; i < 1_000; i++) {
                final Quiet quiet = new Quiet();
                final TextClient client =
                        TextClient.connect(server.socket("r" + i % 100), quiet).get(20, TimeUnit.SECONDS);
                if (i % 2 == 0) {
                    client.send("{\"join\":{\"name\":\"n\"}}");
                    assertThat(quiet.texts.poll(20, TimeUnit.SECONDS)).contains("joined");
                }
                client.abort();
            }
            assertThat(server.counted(Counter.JOINS)).isEqualTo(500);
            await("the grace to be over", 120, () -> server.population() == 0 && server.roomCount() == 0);
            assertThat(get(server, "/metrics")).contains("\nyodel_rooms_sockets 0\n");
            awaitNoMoreThan(before);
        }
    }

    private static String get(RoomServer server, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.page().resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /**
     * What this process holds on to.
     *
     * @param threads of the JVM
     * @param files open ones, sockets among them
     * @param bytes of heap, after a collection
     */
    private record Held(int threads, long files, long bytes) {
        static Held now() {
            System.gc();
            final Runtime runtime = Runtime.getRuntime();
            return new Held(
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                            ? unix.getOpenFileDescriptorCount()
                            : 0,
                    runtime.totalMemory() - runtime.freeMemory());
        }
    }

    /** Pools may have grown a little; what is kept for each of a thousand would be more. */
    private static void awaitNoMoreThan(Held before) throws InterruptedException {
        await("no more threads, files and memory than " + before, () -> {
            final Held now = Held.now();
            return now.threads() <= before.threads() + 16
                    && now.files() <= before.files() + 32
                    && now.bytes() <= before.bytes() + (16 << 20);
        });
    }

    private static final class Quiet implements TextClient.Listener {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final CompletableFuture<String> closed = new CompletableFuture<>();

        @Override
        public void onText(String text) {
            texts.add(text);
        }

        @Override
        public void onClosed(String reason) {
            closed.complete(reason);
        }
    }
}
