package dev.yodel.examples.rooms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Asks for WebSockets as fast as it can, from another loopback address than everybody else, and drops what it gets: one
 * thread, so many at once, each in a connection of its own.
 */
final class Knocking {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final InetSocketAddress server;
    private final int attempts;
    private final ByteBuffer answer = ByteBuffer.allocate(1_024);
    private int begun;
    private int answered;
    private int refused;

    private Knocking(InetSocketAddress server, int attempts) {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
        this.attempts = attempts;
    }

    /** How many of so many attempts were refused with 429. */
    static int refused(InetSocketAddress server, int attempts, int atOnce) {
        final Knocking knocking = new Knocking(server, attempts);
        try (Selector selector = Selector.open()) {
            final long begin = System.nanoTime();
            for (int i = 0; i < Math.min(atOnce, attempts); i++) {
                knocking.knock(selector);
            }
            while (knocking.answered < attempts) {
                if (System.nanoTime() - begin > PATIENCE_NANOS) {
                    throw new AssertionError(
                            knocking.answered + " of " + attempts + " were answered within a minute and a half");
                }
                selector.select(1_000);
                for (final SelectionKey key : selector.selectedKeys()) {
                    knocking.goOn(selector, key);
                }
                selector.selectedKeys().clear();
            }
            return knocking.refused;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void knock(Selector selector) throws IOException {
        final SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        // Dropped without a farewell, as it comes; and the next ten thousand find free ports.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), 0));
        channel.register(selector, SelectionKey.OP_CONNECT, begun++);
        channel.connect(server);
    }

    private void goOn(Selector selector, SelectionKey key) throws IOException {
        final SocketChannel channel = (SocketChannel) key.channel();
        if (key.isConnectable()) {
            channel.finishConnect();
            channel.write(request((int) key.attachment()));
            key.interestOps(SelectionKey.OP_READ);
        } else if (key.isReadable()) {
            // The first line is in one segment.
            answer.clear();
            final int length = channel.read(answer);
            final String line = new String(answer.array(), 0, Math.max(0, length), StandardCharsets.US_ASCII);
            refused += line.startsWith("HTTP/1.1 429 ") ? 1 : 0;
            channel.close();
            answered++;
            if (begun < attempts) {
                knock(selector);
            }
        }
    }

    private static ByteBuffer request(int number) {
        final String text = "GET /room/r" + number % 5 + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
