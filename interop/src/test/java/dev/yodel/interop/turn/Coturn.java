package dev.yodel.interop.turn;

import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A coturn of the test's own on this machine: UDP and TCP on one port, TLS on another. User {@code user:pass}. */
public final class Coturn implements AutoCloseable {
    private final Path folder;
    private final String address;
    private final int port;
    private final int tlsPort;
    private final List<String> command;
    private @Nullable Process process;

    private Coturn(Path folder, String address, int port, int tlsPort, List<String> command) {
        this.folder = folder;
        this.address = address;
        this.port = port;
        this.tlsPort = tlsPort;
        this.command = command;
    }

    /** The address that peers of this machine can use: the first that is not loopback, if there is one. */
    public static String localAddress() throws IOException {
        // Other builds on this machine have namespaces, whose interfaces come and go.
        return NetworkInterface.networkInterfaces()
                .filter(each -> !each.getName().startsWith("yodel"))
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("127.0.0.1");
    }

    /**
     * Starts a server, or skips the test where coturn is missing.
     *
     * @param folder for its files
     * @param address where it listens and relays
     * @param certificate for TLS, null for none
     * @param further arguments
     */
    public static Coturn start(Path folder, String address, @Nullable TestCertificate certificate, String... further)
            throws IOException {
        final Path program = Requirements.program("turnserver");
        final int port = freePort(address);
        final int tlsPort = freePort(address);
        final List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "-n",
                "--no-cli",
                "--no-rfc5780",
                "-L",
                address,
                "-E",
                address,
                "--allow-loopback-peers",
                "-p",
                Integer.toString(port),
                "--tls-listening-port=" + tlsPort,
                "-r",
                "example.test",
                "--log-file=stdout",
                "--simple-log",
                "--pidfile",
                folder.resolve("pid").toString()));
        if (certificate == null) {
            command.addAll(List.of("--no-tls", "--no-dtls"));
        } else {
            command.addAll(
                    List.of("--cert=" + certificate.certificatePem(), "--pkey=" + certificate.keyPem(), "--no-dtls"));
        }
        command.addAll(List.of(further));
        if (!command.contains("--use-auth-secret")) {
            command.addAll(List.of("-a", "-u", "user:pass"));
        }
        final Coturn server = new Coturn(folder, address, port, tlsPort, command);
        server.start();
        return server;
    }

    private static int freePort(String address) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return free.getLocalPort();
        }
    }

    /** Starts it again after {@link #kill}. */
    public void start() throws IOException {
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("coturn.log").toFile()))
                .start();
        Polling.until("coturn on port " + port, 20, () -> isListening() ? true : null);
    }

    private boolean isListening() {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(address, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** As {@code kill -9}. */
    public void kill() {
        final Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    public String log() throws IOException {
        return Files.readString(folder.resolve("coturn.log"));
    }

    /** The URL that W3C's RTCIceServer takes. */
    public String url(String transport) {
        return switch (transport) {
            case "udp", "tcp" -> "turn:" + address + ":" + port + "?transport=" + transport;
            case "tls" -> "turns:" + address + ":" + tlsPort + "?transport=tcp";
            default -> throw new IllegalArgumentException(transport);
        };
    }

    public int port() {
        return port;
    }

    public String address() {
        return address;
    }

    @Override
    public void close() {
        kill();
    }
}
