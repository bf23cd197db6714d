package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.LogLines;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.web.TextConnection;
import dev.yodel.examples.web.TextHandler;
import dev.yodel.examples.web.WebServer;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A program in a room whose server is broken or hostile. */
class RoomClientTest {
    private static final String JOINED = "{\"joined\":{\"id\":\"p1\",\"token\":\"t\",\"members\":[]}}";

    /** Messages of a wrong shape, one kind after the other. */
    private static final List<String> SHAPES = List.of(
            "",
            "{",
            "[]",
            "3",
            "\"text\"",
            "[".repeat(20_000),
            "{\"type\":\"offer\"}",
            "{\"type\":null}",
            "{\"type\":\"answer\",\"sdp\":\"v=0\"}",
            "{\"type\":\"offer\",\"sdp\":null,\"send\":{},\"places\":[]}",
            "{\"type\":\"offer\",\"sdp\":\"v=0\",\"send\":{},\"places\":null}",
            "{\"type\":\"offer\",\"sdp\":\"v=0\",\"send\":[],\"places\":[]}",
            "{\"type\":\"offer\",\"sdp\":\"v=0\",\"send\":{\"audio\":{}},\"places\":[]}",
            "{\"type\":\"offer\",\"sdp\":\"v=0\",\"send\":{},\"places\":[null]}",
            "{\"type\":\"offer\",\"sdp\":\"v=0\",\"send\":{},\"places\":[{\"audio\":3}]}",
            "{\"type\":\"offer\",\"sdp\":\"v=0\",\"send\":{},\"places\":[]}",
            "{\"candidate\":3}",
            "{\"candidate\":\"candidate:nonsense\",\"sdpMid\":\"0\"}",
            "{\"candidate\":\"x\",\"sdpMid\":[],\"sdpMLineIndex\":\"0\"}",
            "{\"candidate\":\"x\",\"sdpMLineIndex\":-1}",
            "{\"joined\":null}",
            "{\"joined\":{\"id\":\"p1\",\"token\":\"t\",\"members\":null}}",
            "{\"joined\":{\"id\":\"p1\",\"token\":\"t\",\"members\":[3]}}",
            "{\"joined\":{\"id\":[],\"token\":\"t\",\"members\":[]}}",
            "{\"member\":null}",
            "{\"member\":{\"id\":\"p2\",\"name\":null}}",
            "{\"gone\":null}",
            "{\"gone\":{}}",
            "{\"seats\":null}",
            "{\"seats\":{}}",
            "{\"seats\":[[]]}",
            "{\"seats\":[1]}",
            "{\"error\":null}",
            "{\"error\":{\"code\":null,\"message\":\"x\"}}",
            "{\"error\":{\"code\":\"x\",\"message\":[]}}");

    /** A server that says whatever the test wants to whoever joins. */
    private static WebServer serve(Consumer<TextConnection> whenJoined) throws Exception {
        return WebServer.start(
                new InetSocketAddress("localhost", 0),
                OriginRule.OWN_PAGES,
                Map.of(),
                (path, query) -> new TextHandler() {
                    private @Nullable TextConnection connection;

                    @Override
                    public void onOpen(TextConnection opened) {
                        connection = opened;
                    }

                    @Override
                    public void onText(String text) {
                        final TextConnection to = connection;
                        if (to != null && text.contains("join")) {
                            whenJoined.accept(to);
                        }
                    }

                    @Override
                    public void onTooLarge() {}

                    @Override
                    public void onBinary() {}

                    @Override
                    public void onClosed() {}
                });
    }

    private static URI room(WebServer server) {
        return URI.create("ws://localhost:" + server.port() + "/room/kitchen");
    }

    /** Each shape before we are in: the join fails, with words of ours. */
    @Test
    void aJoinThatIsAnsweredWithNonsenseFailsInWords() throws Exception {
        final BlockingQueue<String> next = new LinkedBlockingQueue<>();
        try (WebServer server = serve(to -> to.send(String.valueOf(next.poll())));
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                LogLines log = LogLines.open()) {
            for (String shape : SHAPES) {
                next.add(shape);
                final CompletableFuture<RoomClient> joining =
                        RoomClient.builder(factory).join(room(server), "Ann");
                String said = joining.handle((client, failure) -> String.valueOf(failure))
                        .get(20, TimeUnit.SECONDS);
                assertThat(said).as(shape).contains("the server");
            }
            assertThat(log.with("WARN")).isEmpty();
            assertThat(log.with("ERROR")).isEmpty();
        }
    }

    /** The same in a call: each is news, the WebSocket stays, and so does everybody else's. */
    @Test
    void nonsenseInACallEndsNothing() throws Exception {
        final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();
        final CompletableFuture<String> seen = new CompletableFuture<>();
        try (WebServer server = serve(to -> {
                    to.send(JOINED);
                    SHAPES.forEach(to::send);
                    to.send("{\"error\":{\"code\":\"last\",\"message\":\"words\"}}");
                });
                RoomServer good = RoomServer.start(RoomServer.Options.of(new InetSocketAddress("localhost", 0)));
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                LogLines log = LogLines.open()) {
            final RoomClient other = RoomClient.builder(factory)
                    .join(good.socket("kitchen"), "Ben")
                    .get(20, TimeUnit.SECONDS);
            final RoomClient client = RoomClient.builder(factory)
                    .onTrouble(words -> {
                        troubles.add(words);
                        if (words.startsWith("last")) {
                            seen.complete(words);
                            throw new IllegalStateException("a listener that throws");
                        }
                    })
                    .join(room(server), "Ann")
                    .get(20, TimeUnit.SECONDS);
            assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("last: words");
            // What takes its turn behind others is told in its turn.
            while (troubles.size() < SHAPES.size() + 1) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertThat(troubles).allMatch(words -> words.startsWith("the server") || words.startsWith("last"));
            assertThat(client.over()).isNotDone();
            assertThat(client.id()).isEqualTo("p1");
            assertThat(other.over()).isNotDone();
            assertThat(other.connection().connected().get(20, TimeUnit.SECONDS)).isNull();
            client.close();
            other.close();
            for (int i = 0;
                    i < 1_000
                            && log.with("a listener of a room's client failed").isEmpty();
                    i++) {
                // The log is written behind the listener, on its thread.
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertThat(log.with("nobody looked")).isEmpty();
            assertThat(log.with("a listener of a room's client failed")).hasSize(1);
        }
    }

    /** What cannot be reached says so, and leaves no connection behind. */
    @Test
    void aServerThatIsNotThereIsNamed() throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            final CompletableFuture<RoomClient> joining =
                    RoomClient.builder(factory).join(URI.create("ws://localhost:1/room/kitchen"), "Ann");
            try {
                joining.get(20, TimeUnit.SECONDS);
                throw new AssertionError("it joined a room that is not there");
            } catch (ExecutionException e) {
                assertThat(e).hasMessageContaining("cannot reach ws://localhost:1/room/kitchen");
            }
        }
    }

    /** Closed in the middle of a negotiation: nobody is told, least of all the log. */
    @Test
    void whoClosesWhileAnOfferIsAnsweredHearsNothing() throws Exception {
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(new InetSocketAddress("localhost", 0)));
                PeerConnectionFactory factory = PeerConnectionFactory.create();
                LogLines log = LogLines.open()) {
            for (int i = 0; i < 10; i++) {
                RoomClient.builder(factory)
                        .join(server.socket("kitchen"), "Ben")
                        .get(20, TimeUnit.SECONDS)
                        .close();
            }
            // A failure is logged after 400 ms.
            TimeUnit.MILLISECONDS.sleep(600);
            assertThat(log.with("nobody looked")).isEmpty();
        }
    }
}
