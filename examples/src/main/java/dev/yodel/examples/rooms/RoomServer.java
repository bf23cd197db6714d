package dev.yodel.examples.rooms;

import dev.yodel.examples.rooms.RoomMetrics.Counter;
import dev.yodel.examples.signal.Rooms;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.web.TextAcceptor;
import dev.yodel.examples.web.TextHandler;
import dev.yodel.examples.web.WebExtras;
import dev.yodel.examples.web.WebServer;
import dev.yodel.io.loop.LoopStats;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The conference server: a page, a WebSocket for each person ({@code /room/NAME}), rooms, {@code /health} and
 * {@code /metrics}. Any thread.
 */
public final class RoomServer implements AutoCloseable {
    private static final Map<String, String> PAGES = Map.of(
            "/", "room.html",
            "/room.js", "room.js",
            "/room-media.js", "room-media.js",
            "/graph.js", "graph.js",
            "/room.css", "room.css",
            "/yodel.css", "yodel.css");
    private static final String PREFIX = "/room/";

    /**
     * What a server is started with.
     *
     * @param address where page and WebSockets listen; port 0 takes a free one
     * @param origins whose pages may use them
     * @param settings of the connections: ports, addresses
     * @param configuration the STUN and TURN servers of our connections
     * @param pageServers those that pages are told
     * @param limits how much is allowed
     * @param extras TLS
     * @param recordings where recordings go; null if nobody may record
     */
    public record Options(
            InetSocketAddress address,
            OriginRule origins,
            Settings settings,
            Configuration configuration,
            Configuration pageServers,
            RoomLimits limits,
            WebExtras extras,
            @Nullable Path recordings) {
        /**
         * A server of this machine alone, with the default limits.
         *
         * @param address where to listen
         * @return options
         */
        public static Options of(InetSocketAddress address) {
            return new Options(
                    address,
                    OriginRule.OWN_PAGES,
                    Settings.DEFAULT,
                    Configuration.DEFAULT,
                    Configuration.DEFAULT,
                    RoomLimits.DEFAULT,
                    WebExtras.NONE,
                    null);
        }

        /**
         * The same with other limits.
         *
         * @param others the limits
         * @return options
         */
        public Options withLimits(RoomLimits others) {
            return new Options(address, origins, settings, configuration, pageServers, others, extras, recordings);
        }

        /**
         * The same with other settings.
         *
         * @param others the settings of the connections
         * @return options
         */
        public Options withSettings(Settings others) {
            return new Options(address, origins, others, configuration, pageServers, limits, extras, recordings);
        }

        /**
         * The same, with TLS.
         *
         * @param others key store and more
         * @return options
         */
        public Options withExtras(WebExtras others) {
            return new Options(address, origins, settings, configuration, pageServers, limits, others, recordings);
        }

        /**
         * The same, with a folder for recordings.
         *
         * @param folder where they go
         * @return options
         */
        public Options withRecordings(Path folder) {
            return new Options(address, origins, settings, configuration, pageServers, limits, extras, folder);
        }
    }

    private final NioEnvironment environment;
    private final PeerConnectionFactory factory;
    private final SignalBus bus = new LocalSignalBus();
    private final RoomMetrics metrics = new RoomMetrics();
    private final RoomServices services;
    private final RoomDirectory directory;
    private final AddressLimits addresses;
    private final Map<String, Room> rooms = new ConcurrentHashMap<>();
    private final AtomicLong sessions = new AtomicLong();
    private final AtomicInteger sockets = new AtomicInteger();
    private final LongSupplier clock;
    private volatile boolean draining;
    private @Nullable WebServer web;

    private RoomServer(Options options, @Nullable LongSupplier admissionClock) {
        final Settings settings = options.settings();
        final NioEnvironment.Builder builder = NioEnvironment.builder().batchedSends(settings.batchedSends());
        environment = (settings.loops() > 0 ? builder.loops(settings.loops()) : builder).start();
        clock = admissionClock == null ? environment.loops().get(0)::now : admissionClock;
        factory = PeerConnectionFactory.builder()
                .environment(environment)
                .settings(settings)
                .build();
        services = new RoomServices(
                environment,
                factory,
                options.configuration(),
                options.pageServers(),
                options.limits(),
                bus,
                metrics,
                options.recordings(),
                new AtomicInteger());
        directory = new LocalRoomDirectory(options.limits().rooms(), this::open);
        addresses = new AddressLimits(options.limits());
        metrics.gauge("rooms", "rooms that are open", rooms::size);
        metrics.gauge("people", "people who are in a room", this::people);
        metrics.gauge("sockets", "WebSockets that are open", sockets::get);
        metrics.gauge("recording_files", "files of recordings that are open", services.recordingFiles()::get);
        metrics.counter("datagrams_sent", "UDP datagrams that the system took", () -> sum(LoopStats::datagramsSent));
        metrics.counter(
                "datagrams_batched",
                "those of them that left together with others",
                () -> sum(LoopStats::datagramsBatched));
        metrics.gauge("draining", "1 while nobody is let in any more", () -> draining ? 1 : 0);
    }

    private long sum(ToLongFunction<LoopStats> figure) {
        return environment.loopStats().stream().mapToLong(figure).sum();
    }

    /**
     * Starts a server.
     *
     * @param options how
     * @return a running server
     * @throws IOException if the address cannot be used
     */
    public static RoomServer start(Options options) throws IOException {
        return start(options, null);
    }

    /** Starts one whose limits of how fast somebody may come and talk read another clock than the loop's. */
    static RoomServer start(Options options, @Nullable LongSupplier admissionClock) throws IOException {
        final RoomServer server = new RoomServer(options, admissionClock);
        try {
            server.web = WebServer.start(
                    options.address(),
                    options.origins(),
                    PAGES,
                    server.new Acceptor(),
                    options.extras()
                            .withText("/metrics", "text/plain; version=0.0.4; charset=utf-8", server.metrics::text)
                            .withText("/health", "text/plain; charset=utf-8", server::health, () -> !server.draining));
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void open(String name, String address) {
        final Room room = new Room(services, name, address, () -> {
            directory.closed(name, address);
            rooms.remove(address);
        });
        rooms.put(address, room);
    }

    private String health() {
        return draining ? "draining\n" : "ok\n";
    }

    private long people() {
        return rooms.values().stream().mapToLong(Room::population).sum();
    }

    private WebServer web() {
        final WebServer running = web;
        if (running == null) {
            throw new IllegalStateException("the server was not started");
        }
        return running;
    }

    /**
     * The page.
     *
     * @return an http or https URI
     */
    public URI page() {
        return web().uri();
    }

    /**
     * The page of a room: the link that people send each other.
     *
     * @param name of the room
     * @return an http or https URI
     */
    public URI page(String name) {
        return URI.create(web().uri() + "?room=" + name);
    }

    /**
     * The WebSocket of a room, for programs.
     *
     * @param name of the room
     * @return a ws or wss URI
     */
    public URI socket(String name) {
        final URI page = web().uri();
        return URI.create(
                (page.getScheme().equals("https") ? "wss://" : "ws://") + page.getRawAuthority() + PREFIX + name);
    }

    /**
     * How many people are in rooms.
     *
     * @return a count
     */
    public int population() {
        return (int) people();
    }

    /**
     * How many rooms there are.
     *
     * @return a count
     */
    public int roomCount() {
        return rooms.size();
    }

    /**
     * What is counted, in Prometheus' text format.
     *
     * @return lines
     */
    public String metricsText() {
        return metrics.text();
    }

    /**
     * What is counted, one by one, for other monitors; {@link RoomMeterBinder} is one for Micrometer.
     *
     * @return figures by name
     */
    public List<RoomMeter> meters() {
        return metrics.meters();
    }

    long counted(Counter counter) {
        return metrics.value(counter);
    }

    /**
     * Lets nobody in any more and waits for those who are in a room to leave.
     *
     * @param atMost how long to wait
     * @return whether all have left
     */
    public boolean drain(Duration atMost) {
        draining = true;
        rooms.values().forEach(Room::drain);
        return waitFor(atMost, () -> people() == 0);
    }

    private static boolean waitFor(Duration atMost, BooleanSupplier so) {
        final long deadline = System.nanoTime() + atMost.toNanos();
        while (!so.getAsBoolean() && System.nanoTime() - deadline < 0) {
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            LockSupport.parkNanos(20_000_000);
        }
        return so.getAsBoolean();
    }

    @Override
    public void close() {
        draining = true;
        rooms.values().forEach(Room::close);
        waitFor(Duration.ofSeconds(2), rooms::isEmpty);
        // The last pictures of a recording are still being written.
        waitFor(Duration.ofSeconds(5), () -> services.recordingFiles().get() == 0);
        final WebServer running = web;
        if (running != null) {
            running.close();
        }
        factory.close();
        environment.close();
    }

    private final class Acceptor implements TextAcceptor {
        @Override
        public @Nullable TextHandler accept(String path, String query) {
            return null;
        }

        @Override
        public @Nullable TextHandler accept(String path, String query, String from) throws Refused {
            final String name = path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : "";
            if (!Rooms.isRoomName(name)) {
                return null;
            }
            if (!addresses.enter(from, clock.getAsLong())) {
                metrics.count(Counter.SOCKETS_REFUSED);
                throw new Refused(429, "too many connections from your address");
            }
            sockets.incrementAndGet();
            final String address = "session/" + sessions.incrementAndGet();
            return new RoomSession(bus, directory, name, from, address, clock, () -> draining, () -> {
                sockets.decrementAndGet();
                addresses.leave(from, clock.getAsLong());
            });
        }
    }
}
