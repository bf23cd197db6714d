package dev.yodel.examples.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.web.TextConnection;
import dev.yodel.examples.web.TextHandler;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The signaling server, spoken to by WebSockets as a browser or a careless program would. */
class SignalServerTest {
    private static final String OFFER = "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}";

    private SignalServer server;

    @BeforeEach
    void start() throws Exception {
        server = SignalServer.start(
                new InetSocketAddress("localhost", 0), new OriginRule(List.of("https://friend.example")));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A raw WebSocket that keeps what it is told. */
    private final class Raw implements WebSocket.Listener, AutoCloseable {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final WebSocket socket;

        Raw(String room) {
            this(room, null);
        }

        Raw(String room, @Nullable String origin) {
            final WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
            if (origin != null) {
                builder.header("Origin", origin);
            }
            socket = builder.buildAsync(server.room(room), this).join();
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                heard.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            heard.add("closed " + code + " " + reason);
            return null;
        }

        String next() throws InterruptedException {
            final String message = heard.poll(10, TimeUnit.SECONDS);
            return message == null ? "nothing for 10 s" : message;
        }

        Raw say(String message) {
            socket.sendText(message, true).join();
            return this;
        }

        @Override
        public void close() {
            socket.abort();
        }
    }

    @Test
    void secondPeerIsImpoliteAndDescriptionsAndCandidatesGoAcross() throws Exception {
        try (Raw first = new Raw("kitchen")) {
            assertThat(first.next()).isEqualTo("{\"joined\":{\"room\":\"kitchen\",\"polite\":true}}");
            try (Raw second = new Raw("kitchen")) {
                assertThat(second.next()).isEqualTo("{\"joined\":{\"room\":\"kitchen\",\"polite\":false}}");
                assertThat(first.next()).isEqualTo("{\"peer\":{\"present\":true,\"polite\":true}}");
                assertThat(second.next()).isEqualTo("{\"peer\":{\"present\":true,\"polite\":false}}");
                second.say(OFFER);
                assertThat(first.next()).isEqualTo(OFFER);
                // What JSON.stringify(candidate) gives in Chromium.
                second.say("{\"candidate\":\"candidate:1 1 udp 2113937151 1-2.local 55688 typ host\",\"sdpMid\":\"0\","
                        + "\"sdpMLineIndex\":0,\"usernameFragment\":\"Xy+/\"}");
                assertThat(first.next())
                        .startsWith("{\"candidate\":\"candidate:1 1 udp")
                        .endsWith("\"sdpMid\":\"0\",\"sdpMLineIndex\":0,\"usernameFragment\":\"Xy+/\"}");
                second.say("null");
                assertThat(first.next()).isEqualTo("null");
                second.say("{\"leave\":{}}");
                assertThat(second.next()).isEqualTo("{\"left\":{}}");
                assertThat(second.next()).startsWith("closed 1000");
                assertThat(first.next()).isEqualTo("{\"peer\":{\"present\":false,\"polite\":true}}");
            }
        }
    }

    @Test
    void thirdPeerIsToldThatTheRoomIsFull() throws Exception {
        try (Raw first = new Raw("r");
                Raw second = new Raw("r");
                Raw third = new Raw("r")) {
            assertThat(third.next()).contains("\"error\"").contains("room-full").contains("two peers");
            assertThat(third.next()).startsWith("closed 1008");
            drain(first, 2);
            drain(second, 2);
            first.say(OFFER);
            assertThat(second.next()).isEqualTo(OFFER);
        }
    }

    @Test
    void wrongMessagesAreAnsweredAndTheRoomGoesOn() throws Exception {
        try (Raw first = new Raw("r");
                Raw second = new Raw("r")) {
            drain(first, 2);
            drain(second, 2);
            final List<String> wrong = List.of(
                    "{",
                    "{}",
                    "[]",
                    "\"offer\"",
                    "17",
                    "",
                    " ",
                    "{\"type\":\"offer\"}",
                    "{\"type\":\"song\",\"sdp\":\"\"}",
                    "{\"type\":1,\"sdp\":\"\"}",
                    "{\"candidate\":5}",
                    "{\"candidate\":\"c\",\"sdpMLineIndex\":-1}",
                    "{\"candidate\":\"c\",\"sdpMLineIndex\":1e99}",
                    "{\"candidate\":\"c\",\"sdpMid\":{}}",
                    "{\"joined\":{\"room\":\"r\",\"polite\":true}}",
                    "{\"peer\":{\"present\":true}}",
                    "{a:1}",
                    "{\"leave\":{}} x",
                    "[".repeat(100_000));
            for (final String message : wrong) {
                second.say(message);
                assertThat(second.next()).as(abbreviate(message)).startsWith("{\"error\":{\"code\":\"");
            }
            second.socket
                    .sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true)
                    .join();
            assertThat(second.next()).contains("messages are text");
            second.say(OFFER);
            assertThat(first.next()).isEqualTo(OFFER);
        }
    }

    @Test
    void oversizedMessageIsRefusedInWordsAndTheRoomGoesOn() throws Exception {
        try (Raw first = new Raw("r");
                Raw second = new Raw("r")) {
            drain(first, 2);
            drain(second, 2);
            second.say("{\"type\":\"offer\",\"sdp\":\"" + "x".repeat((1 << 20) - 24) + "\"}");
            assertThat(second.next()).contains("too-large").contains("1048576");
            second.socket.sendText("y".repeat(600_000), false).join();
            second.socket.sendText("z".repeat(600_000), false).join();
            second.socket.sendText("z", true).join();
            assertThat(second.next()).contains("too-large");
            final String large = "{\"type\":\"offer\",\"sdp\":\"" + "x".repeat((1 << 20) - 25) + "\"}";
            assertThat(large).hasSize(1 << 20);
            second.say(large);
            assertThat(first.next()).isEqualTo(large);
        }
    }

    @Test
    void peerThatVanishesIsReportedAndItsPlaceIsFree() throws Exception {
        try (Raw first = new Raw("r")) {
            drain(first, 1);
            final Raw second = new Raw("r");
            assertThat(first.next()).contains("\"present\":true");
            second.close();
            assertThat(first.next()).isEqualTo("{\"peer\":{\"present\":false,\"polite\":true}}");
            first.say(OFFER);
            assertThat(first.next()).contains("no-peer");
            try (Raw third = new Raw("r")) {
                assertThat(third.next()).contains("\"polite\":false");
            }
        }
    }

    @Test
    void foreignPagesAreRefused() throws Exception {
        final String own = "http://localhost:" + server.page().getPort();
        for (final String origin : List.of("http://evil.example", "null", "http://localhost:1", "https://localhost")) {
            assertThatThrownBy(() -> new Raw("r", origin))
                    .as(origin)
                    .isInstanceOf(CompletionException.class)
                    .hasStackTraceContaining("WebSocketHandshakeException");
        }
        try (Raw page = new Raw("r", own);
                Raw friend = new Raw("r", "https://friend.example")) {
            assertThat(page.next()).contains("joined");
            assertThat(friend.next()).contains("joined");
        }
    }

    @Test
    void nameThatPointsHereIsNoOriginOfOurs() {
        assertThat(OriginRule.OWN_PAGES.allows("http://rebound.example:80", "rebound.example:80"))
                .isFalse();
        assertThat(OriginRule.OWN_PAGES.allows("http://10.0.0.1:8080", "10.0.0.1:8080"))
                .isTrue();
        assertThat(OriginRule.OWN_PAGES.allows("http://[::1]:8080", "[::1]:8080"))
                .isTrue();
    }

    @Test
    void serverThatIsFullSaysSo() {
        final Rooms rooms = new Rooms(1);
        final StringBuilder told = new StringBuilder();
        final TextConnection connection = new TextConnection() {
            @Override
            public void send(String text) {
                told.append(text).append('\n');
            }

            @Override
            public void close(int code, String reason) {
                told.append("closed ").append(code).append('\n');
            }
        };
        final TextHandler one = Objects.requireNonNull(rooms.accept("/a", ""));
        final TextHandler two = Objects.requireNonNull(rooms.accept("/b", ""));
        one.onOpen(connection);
        two.onOpen(connection);
        assertThat(told.toString())
                .contains("\"joined\"")
                .contains("server-full")
                .contains("closed 1013");
        two.onClosed();
        assertThat(rooms.peers()).isEqualTo(1);
        one.onClosed();
        assertThat(rooms.peers()).isZero();
    }

    @Test
    void roomsHavePlainNames() throws Exception {
        assertThat(Rooms.isRoomName("a-b_c.9")).isTrue();
        assertThat(Rooms.isRoomName("")).isFalse();
        assertThat(Rooms.isRoomName("a b")).isFalse();
        assertThat(Rooms.isRoomName("a/b")).isFalse();
        assertThat(Rooms.isRoomName("x".repeat(65))).isFalse();
        assertThatThrownBy(() -> new Raw("a/b")).hasStackTraceContaining("404");
    }

    @Test
    void pageIsServedAndNothingElse() throws Exception {
        assertThat(get("").statusCode()).isEqualTo(200);
        assertThat(get("").headers().firstValue("Content-Security-Policy")).isPresent();
        assertThat(get("call.js").statusCode()).isEqualTo(200);
        assertThat(get("yodel.css").statusCode()).isEqualTo(200);
        for (final String path : List.of("nothing", "../logback.xml", "%2e%2e/logback.xml", "call.html", "a//b")) {
            assertThat(get(path).statusCode()).as(path).isIn(400, 404);
        }
    }

    @Test
    void clientKeepsTheOrderAndHearsTheEnd() throws Exception {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        final SignalClient.Listener listener = new SignalClient.Listener() {
            @Override
            public void onMessage(SignalMessage message) {
                heard.add(message.toJson());
            }

            @Override
            public void onClosed(String reason) {
                heard.add("closed");
            }
        };
        try (Raw other = new Raw("r");
                SignalClient client =
                        SignalClient.connect(server.room("r"), listener).join()) {
            drain(other, 2);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).contains("joined");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).contains("peer");
            for (int i = 0; i < 100; i++) {
                client.send(new SignalMessage.Candidate("candidate:" + i, "0", 0, null));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(other.next()).startsWith("{\"candidate\":\"candidate:" + i + "\"");
            }
            other.say("{\"leave\":{}}");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).contains("\"present\":false");
        }
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("closed");
    }

    @Test
    void clientSaysWhyItCannotConnect() {
        final URI nowhere = URI.create("ws://localhost:1/room");
        final SignalClient.Listener listener = new SignalClient.Listener() {
            @Override
            public void onMessage(SignalMessage message) {}

            @Override
            public void onClosed(String reason) {}
        };
        assertThatThrownBy(() -> SignalClient.connect(nowhere, listener).join())
                .hasMessageContaining("cannot reach ws://localhost:1/room");
    }

    private HttpResponse<String> get(String path) throws Exception {
        final HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.page() + path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void drain(Raw socket, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(socket.next()).doesNotContain("nothing");
        }
    }

    private static String abbreviate(String text) {
        return text.substring(0, Math.min(60, text.length()));
    }
}
