package dev.yodel.examples.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** WebSockets of peers who behave badly. */
class WebServerTest {
    /** Says more than the sockets' buffers hold, and goes on until it hears that the peer is gone. */
    private static final class Talker implements TextHandler {
        private static final String TEXT = "x".repeat(65_536);

        private final CountDownLatch closed = new CountDownLatch(1);
        private final AtomicInteger said = new AtomicInteger();

        @Override
        public void onOpen(TextConnection connection) {
            final Thread talking = new Thread(
                    () -> {
                        while (closed.getCount() > 0 && said.incrementAndGet() < 20_000) {
                            connection.send(TEXT);
                            Thread.onSpinWait();
                        }
                    },
                    "test-talker");
            talking.setDaemon(true);
            talking.start();
        }

        @Override
        public void onText(String text) {}

        @Override
        public void onTooLarge() {}

        @Override
        public void onBinary() {}

        @Override
        public void onClosed() {
            closed.countDown();
        }
    }

    /** Answers every text with itself. */
    private static final class Echo implements TextHandler {
        private TextConnection open = new TextConnection() {
            @Override
            public void send(String text) {}

            @Override
            public void close(int code, String reason) {}
        };

        @Override
        public void onOpen(TextConnection connection) {
            open = connection;
        }

        @Override
        public void onText(String text) {
            open.send(text);
        }

        @Override
        public void onTooLarge() {}

        @Override
        public void onBinary() {}

        @Override
        public void onClosed() {}
    }

    /** Who opens a WebSocket and never reads is cut off when 256 messages wait for them; others are served meanwhile. */
    @Test
    void whoDoesNotReadIsCutOff() throws Exception {
        final Talker talker = new Talker();
        try (WebServer server = WebServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        OriginRule.OWN_PAGES,
                        Map.of(),
                        (path, query) -> path.equals("/talk") ? talker : new Echo());
                Socket deaf = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            deaf.setSoTimeout(20_000);
            deaf.getOutputStream()
                    .write(String.join(
                                    "\r\n",
                                    "GET /talk HTTP/1.1",
                                    "Host: localhost",
                                    "Connection: Upgrade",
                                    "Upgrade: websocket",
                                    "Sec-WebSocket-Version: 13",
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                    "",
                                    "")
                            .getBytes(StandardCharsets.US_ASCII));
            final InputStream in = deaf.getInputStream();
            assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 101");
            final CompletableFuture<String> heard = new CompletableFuture<>();
            final TextClient other = TextClient.connect(
                            URI.create("ws://127.0.0.1:" + server.port() + "/echo"), new TextClient.Listener() {
                                @Override
                                public void onText(String text) {
                                    heard.complete(text);
                                }

                                @Override
                                public void onClosed(String reason) {
                                    heard.complete("closed: " + reason);
                                }
                            })
                    .get(20, TimeUnit.SECONDS);
            other.send("hello");
            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(talker.closed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(talker.said.get()).isLessThan(20_000);
            other.close();
        }
    }
}
