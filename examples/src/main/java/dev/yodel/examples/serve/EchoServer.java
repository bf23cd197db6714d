package dev.yodel.examples.serve;

import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.web.TextConnection;
import dev.yodel.examples.web.TextHandler;
import dev.yodel.examples.web.WebServer;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.whip.WhipServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The page with the echo bot, and a bot for each visitor: one WebSocket is one call. */
public final class EchoServer implements AutoCloseable {
    private static final Map<String, String> PAGES = Map.of(
            "/", "echo.html",
            "/echo.js", "echo.js",
            "/graph.js", "graph.js",
            "/media.js", "media.js",
            "/pattern.js", "pattern.js",
            "/signaling.js", "signaling.js",
            "/yodel.css", "yodel.css");
    private static final Map<String, String> WHIP_PAGES = Map.of(
            "/publish", "publish.html",
            "/publish.js", "publish.js",
            "/watch", "watch.html",
            "/watch.js", "watch.js",
            "/whip.js", "whip.js");
    private static final int MAX_CALLS = 200;
    private static final int NORMAL = 1000;
    private static final int TRY_AGAIN_LATER = 1013;

    private final PeerConnectionFactory factory;
    private final Configuration configuration;
    private final Consumer<String> log;
    private final Consumer<EchoBot> onCall;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger lastNumber = new AtomicInteger();
    private @Nullable WebServer web;

    private EchoServer(
            PeerConnectionFactory factory,
            Configuration configuration,
            Consumer<String> log,
            Consumer<EchoBot> onCall) {
        this.factory = factory;
        this.configuration = configuration;
        this.log = log;
        this.onCall = onCall;
    }

    /**
     * Starts a server.
     *
     * @param address where to listen; port 0 takes a free one
     * @param origins whose pages may call
     * @param factory makes the bots' connections; stays the caller's
     * @param configuration the servers that bots use
     * @param log gets a line about each call
     * @return a running server
     * @throws IOException if the address cannot be used
     */
    public static EchoServer start(
            InetSocketAddress address,
            OriginRule origins,
            PeerConnectionFactory factory,
            Configuration configuration,
            Consumer<String> log)
            throws IOException {
        return start(address, origins, factory, configuration, log, bot -> {});
    }

    /**
     * Starts a server whose bots somebody watches.
     *
     * @param address where to listen; port 0 takes a free one
     * @param origins whose pages may call
     * @param factory makes the bots' connections; stays the caller's
     * @param configuration the servers that bots use
     * @param log gets a line about each call
     * @param onCall gets each bot before it does anything
     * @return a running server
     * @throws IOException if the address cannot be used
     */
    public static EchoServer start(
            InetSocketAddress address,
            OriginRule origins,
            PeerConnectionFactory factory,
            Configuration configuration,
            Consumer<String> log,
            Consumer<EchoBot> onCall)
            throws IOException {
        return start(address, origins, factory, configuration, log, onCall, null);
    }

    /**
     * Starts a server that also takes WHIP and WHEP, with pages that publish and watch.
     *
     * @param address where to listen; port 0 takes a free one
     * @param origins whose pages may call
     * @param factory makes the bots' connections; stays the caller's
     * @param configuration the servers that bots use
     * @param log gets a line about each call
     * @param onCall gets each bot before it does anything
     * @param whip answers at its paths; null for none; stays the caller's
     * @return a running server
     * @throws IOException if the address cannot be used
     */
    public static EchoServer start(
            InetSocketAddress address,
            OriginRule origins,
            PeerConnectionFactory factory,
            Configuration configuration,
            Consumer<String> log,
            Consumer<EchoBot> onCall,
            @Nullable WhipServer whip)
            throws IOException {
        final EchoServer server = new EchoServer(factory, configuration, log, onCall);
        final Map<String, String> pages = new TreeMap<>(PAGES);
        if (whip != null) {
            pages.putAll(WHIP_PAGES);
        }
        server.web = WebServer.start(
                address,
                origins,
                pages,
                (path, query) -> path.equals("/bot") ? server.new Visitor(query.equals("offer=bot")) : null,
                whip);
        return server;
    }

    /**
     * The page.
     *
     * @return an http URI
     */
    public URI page() {
        final WebServer running = web;
        if (running == null) {
            throw new IllegalStateException("the server was not started");
        }
        return running.uri();
    }

    /**
     * Calls under way.
     *
     * @return how many
     */
    public int calls() {
        return calls.get();
    }

    @Override
    public void close() {
        final WebServer running = web;
        if (running != null) {
            running.close();
        }
    }

    private final class Visitor implements TextHandler, EchoBot.Listener {
        private final boolean botOffers;
        private final int number = lastNumber.incrementAndGet();
        private @Nullable TextConnection connection;
        private volatile @Nullable EchoBot bot;

        Visitor(boolean botOffers) {
            this.botOffers = botOffers;
        }

        @Override
        public void onOpen(TextConnection opened) {
            connection = opened;
            if (calls.incrementAndGet() > MAX_CALLS) {
                calls.decrementAndGet();
                fail("server-full", "the bot has " + MAX_CALLS + " calls already; try again later");
                opened.close(TRY_AGAIN_LATER, "server full");
                return;
            }
            final EchoBot called = new EchoBot(factory, configuration, this);
            bot = called;
            onCall.accept(called);
            log.accept("call " + number + ": begun");
            if (botOffers) {
                called.offer();
            }
        }

        @Override
        public void onText(String text) {
            final EchoBot called = bot;
            if (called == null) {
                return;
            }
            try {
                final SignalMessage message = SignalMessage.parse(text);
                if (message instanceof SignalMessage.Leave) {
                    hangUp();
                } else {
                    called.receive(message);
                }
            } catch (SignalMessage.Malformed e) {
                fail(e.code(), String.valueOf(e.getMessage()));
            }
        }

        @Override
        public void onTooLarge() {
            fail("too-large", "a message has at most " + WebServer.MAX_MESSAGE_BYTES + " bytes");
        }

        @Override
        public void onBinary() {
            fail("unknown-message", "messages are text");
        }

        @Override
        public void onClosed() {
            final EchoBot called = bot;
            bot = null;
            if (called != null) {
                called.close();
                calls.decrementAndGet();
                log.accept("call " + number + ": over");
            }
        }

        @Override
        public void onSignal(SignalMessage message) {
            final TextConnection open = connection;
            if (open != null) {
                open.send(message.toJson());
            }
        }

        @Override
        public void onState(ConnectionState state) {
            log.accept("call " + number + ": " + state);
            if (state == ConnectionState.FAILED || state == ConnectionState.CLOSED) {
                hangUp();
            }
        }

        private void hangUp() {
            final TextConnection open = connection;
            if (open != null) {
                open.close(NORMAL, "hung up");
            }
        }

        private void fail(String code, String words) {
            onSignal(new SignalMessage.Failure(code, words));
        }
    }
}
