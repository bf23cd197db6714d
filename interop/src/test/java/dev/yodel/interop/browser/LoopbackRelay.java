package dev.yodel.interop.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Relays TCP. Firefox offers its remote control on loopback only, and only under that name, so a relay inside its
 * network namespace opens the port to the outside, and one outside gives it the name 127.0.0.1 again.
 */
final class LoopbackRelay {
    private LoopbackRelay() {}

    /**
     * Relays inside a namespace, from one of its addresses to its loopback, until standard input ends.
     *
     * @param arguments the address to listen on, and the port, which is the same on both sides
     * @throws IOException if it cannot listen
     */
    public static void main(String[] arguments) throws IOException {
        final int port = Integer.parseInt(arguments[1]);
        try (ServerSocket server = new ServerSocket(port, 5, InetAddress.getByName(arguments[0]))) {
            daemon(() -> serve(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
            System.out.println("ready");
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** Relays what connects to the server until the server is closed. */
    static void serve(ServerSocket server, InetSocketAddress target) {
        while (!server.isClosed()) {
            try {
                final Socket outside = server.accept();
                final Socket inside = new Socket(target.getAddress(), target.getPort());
                daemon(() -> pump(outside, inside));
                daemon(() -> pump(inside, outside));
            } catch (IOException e) {
                // The server was closed, or the target is not there: whoever connected sees the end.
            }
        }
    }

    static void daemon(Runnable task) {
        final Thread thread = new Thread(task, "loopback-relay");
        thread.setDaemon(true);
        thread.start();
    }

    private static void pump(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // The other direction ends with this one.
            return;
        }
    }
}
