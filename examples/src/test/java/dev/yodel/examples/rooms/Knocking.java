package dev.yodel.examples.rooms;

import dev.yodel.examples.OwnThread;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks for WebSockets as fast as it can, from another loopback address than everybody else, and drops what it gets. */
final class Knocking {
    private Knocking() {}

    /** The same by several at once. */
    static int refused(InetSocketAddress server, int attempts, int knocking) {
        final List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < knocking; i++) {
            all.add(OwnThread.call(() -> refused(server, attempts / knocking)));
        }
        return all.stream().mapToInt(CompletableFuture::join).sum();
    }

    /** How many of so many attempts were refused with 429. */
    static int refused(InetSocketAddress server, int attempts) {
        int refused = 0;
        try {
            for (int i = 0; i < attempts; i++) {
                try (Socket socket = new Socket()) {
                    socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
                    socket.setSoTimeout(20_000);
                    socket.getOutputStream().write(request(i));
                    refused += statusLine(socket.getInputStream()).contains(" 429 ") ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return refused;
    }

    private static byte[] request(int number) {
        return ("GET /room/r" + number % 5 + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String statusLine(InputStream in) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII);
    }
}
