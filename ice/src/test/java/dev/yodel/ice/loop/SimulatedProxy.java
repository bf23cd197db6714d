package dev.yodel.ice.loop;

import dev.yodel.ice.StreamProxy;
import dev.yodel.io.StreamPort;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A proxy on a simulated host, for CONNECT or SOCKS 5, with or without a password. */
final class SimulatedProxy {
    final SimulatedHost host;
    final StreamProxy.Kind kind;
    final @Nullable String user;
    final @Nullable String password;
    /** What clients wanted to reach, as they said it. */
    final List<String> asked = new ArrayList<>();
    /** Instead of what a proxy says first. */
    byte @Nullable [] firstWord;

    SimulatedProxy(
            Simulator simulator,
            SimulatedHost host,
            StreamProxy.Kind kind,
            int port,
            @Nullable String user,
            @Nullable String password) {
        this.host = host;
        this.kind = kind;
        this.user = user;
        this.password = password;
        simulator.onLoop(
                host.loop(), () -> host.loop().listen(new InetSocketAddress(host.address(), port), Client::new));
    }

    private final class Client implements StreamPort.Handler {
        final StreamPort client;
        final ByteArrayOutputStream before = new ByteArrayOutputStream();

        @Nullable
        StreamPort server;

        int step;
        boolean open;

        Client(StreamPort client) {
            this.client = client;
        }

        @Override
        public void onConnected() {}

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {
            StreamPort to = server;
            if (open && to != null) {
                to.write(data, offset, length);
                return;
            }
            before.write(data, offset, length);
            if (firstWord != null) {
                client.write(firstWord, 0, firstWord.length);
            } else if (kind == StreamProxy.Kind.HTTP) {
                http();
            } else {
                socks();
            }
        }

        private void say(byte... bytes) {
            client.write(bytes, 0, bytes.length);
        }

        private void http() {
            String text = before.toString(StandardCharsets.ISO_8859_1);
            if (!text.endsWith("\r\n\r\n")) {
                return;
            }
            String authorization = "Proxy-Authorization: Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
            if (user != null && !text.contains(authorization)) {
                say("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1));
                return;
            }
            String target = text.split(" ", -1)[1];
            int colon = target.lastIndexOf(':');
            connect(
                    target.substring(0, colon),
                    Integer.parseInt(target.substring(colon + 1)),
                    "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }

        private void socks() {
            byte[] bytes = before.toByteArray();
            if (step == 0 && bytes.length >= 2 && bytes.length == 2 + bytes[1]) {
                step = user == null ? 2 : 1;
                before.reset();
                say((byte) 5, (byte) (user == null ? 0 : bytes[1] == 2 ? 2 : 255));
            } else if (step == 1 && bytes.length >= 3 && bytes.length >= 3 + bytes[1] + bytes[2 + bytes[1]]) {
                before.reset();
                step = 2;
                String name = new String(bytes, 2, bytes[1], StandardCharsets.UTF_8);
                String word = new String(bytes, 3 + bytes[1], bytes[2 + bytes[1]], StandardCharsets.UTF_8);
                say((byte) 1, (byte) (name.equals(user) && word.equals(password) ? 0 : 1));
            } else if (step == 2 && bytes.length > 5) {
                int length = bytes[3] == 3 ? 1 + bytes[4] : bytes[3] == 1 ? 4 : 16;
                if (bytes.length < 4 + length + 2) {
                    return;
                }
                int port = ((bytes[4 + length] & 0xFF) << 8) | (bytes[5 + length] & 0xFF);
                String target = bytes[3] == 3
                        ? new String(bytes, 5, length - 1, StandardCharsets.US_ASCII)
                        : (bytes[4] & 0xFF) + "." + (bytes[5] & 0xFF) + "." + (bytes[6] & 0xFF) + "."
                                + (bytes[7] & 0xFF);
                connect(target, port, new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
            }
        }

        private void connect(String target, int port, byte[] success) {
            asked.add(target + ":" + port);
            host.resolve(target, host.loop(), addresses -> {
                try {
                    InetAddress to = addresses.get(0);
                    server = host.loop()
                            .connect(
                                    new InetSocketAddress(host.address(), 0),
                                    new InetSocketAddress(to, port),
                                    new Server(success));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {
            StreamPort to = server;
            if (to != null) {
                to.close();
            }
        }

        private final class Server implements StreamPort.Handler {
            private final byte[] success;

            Server(byte[] success) {
                this.success = success;
            }

            @Override
            public void onConnected() {
                open = true;
                client.write(success, 0, success.length);
            }

            @Override
            public void onBytes(byte[] data, int offset, int length, long now) {
                client.write(data, offset, length);
            }

            @Override
            public void onWritable() {}

            @Override
            public void onClosed(String reason) {
                client.close();
            }
        }
    }
}
