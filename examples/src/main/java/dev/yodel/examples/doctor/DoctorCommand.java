package dev.yodel.examples.doctor;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.audio.Devices;
import dev.yodel.media.opus.Opus;
import java.awt.AWTError;
import java.awt.GraphicsEnvironment;
import java.awt.HeadlessException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code yodel doctor}: says what this machine offers a call, and what to do about what it does not. */
@Command(
        name = "doctor",
        description = "Checks this machine: Java, network, socket buffers, libopus, audio devices, display.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    private static final int WANTED_BUFFER = 4 << 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--stun",
            paramLabel = "HOST:PORT",
            description = "Ask this STUN server what NAT is in front of this machine, and whether UDP is blocked."
                    + " Nothing is asked without it.")
    private @Nullable String stun;

    private boolean healthy = true;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        final String server = stun;
        final int colon = server == null ? -1 : server.lastIndexOf(':');
        if (server != null && !isPort(server.substring(colon + 1), colon)) {
            spec.commandLine().getErr().println("--stun looks like HOST:PORT, not " + server);
            return ExitCode.USAGE;
        }
        java(out);
        network(out);
        buffers(out);
        opus(out);
        devices(out);
        display(out);
        if (server != null) {
            nat(out, server, server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
        }
        out.println();
        out.println(healthy ? "This machine can make calls." : "Something above keeps this machine from making calls.");
        out.flush();
        return healthy ? ExitCode.OK : ExitCode.FAILED;
    }

    private static boolean isPort(String text, int colon) {
        try {
            final int port = Integer.parseInt(text);
            return colon > 0 && port > 0 && port < 65_536;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void nat(PrintWriter out, String server, String host, int port) {
        // An IPv6 address stands in brackets.
        final String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        try {
            final NatCheck.Findings findings = NatCheck.run(plain, port);
            for (final String[] finding : NatWords.lines(server, findings)) {
                line(out, finding[0], finding[1]);
            }
            healthy &= findings.discovery().mapped() != null || findings.tcp();
        } catch (IOException e) {
            line(out, "stun", server + ": " + e.getMessage());
            healthy = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            healthy = false;
        }
    }

    private static void line(PrintWriter out, String topic, String finding) {
        out.printf("%-12s %s%n", topic, finding);
    }

    private static void java(PrintWriter out) {
        final Runtime runtime = Runtime.getRuntime();
        line(out, "java", Runtime.version() + ", " + System.getProperty("java.vendor"));
        line(
                out,
                "machine",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch") + ", " + runtime.availableProcessors() + " cores, heap up to "
                        + (runtime.maxMemory() >> 20) + " MiB");
    }

    private void network(PrintWriter out) {
        final List<String> findings = new ArrayList<>();
        boolean beyondLoopback = false;
        try {
            for (final NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (!network.isUp()) {
                    continue;
                }
                for (final InetAddress address : Collections.list(network.getInetAddresses())) {
                    findings.add(network.getName() + " " + address.getHostAddress() + ", mtu " + network.getMTU() + ": "
                            + udp(address) + (address instanceof Inet4Address ? multicast(network, address) : ""));
                    beyondLoopback |= !address.isLoopbackAddress();
                }
            }
        } catch (SocketException e) {
            findings.add("cannot be listed: " + e.getMessage());
        }
        for (final String finding : findings) {
            line(out, "network", finding);
        }
        if (!beyondLoopback) {
            line(out, "network", "only loopback: calls work between programs of this machine");
        }
        healthy &= !findings.isEmpty();
    }

    private static String udp(InetAddress address) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            socket.setSoTimeout(1_000);
            socket.send(new DatagramPacket(new byte[] {42}, 1, socket.getLocalSocketAddress()));
            final DatagramPacket back = new DatagramPacket(new byte[8], 8);
            socket.receive(back);
            return "UDP works";
        } catch (IOException e) {
            return "UDP fails (" + e.getMessage() + ")";
        }
    }

    private static String multicast(NetworkInterface network, InetAddress address) {
        if (address.isLoopbackAddress()) {
            return "";
        }
        try (MulticastSocket socket = new MulticastSocket(0)) {
            final InetSocketAddress mdns = new InetSocketAddress("224.0.0.251", 5353);
            socket.joinGroup(mdns, network);
            socket.leaveGroup(mdns, network);
            return ", multicast works (browsers' .local addresses can be resolved)";
        } catch (IOException e) {
            return ", no multicast (" + e.getMessage() + "): browsers' .local addresses cannot be resolved";
        }
    }

    private static void buffers(PrintWriter out) {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, WANTED_BUFFER);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, WANTED_BUFFER);
            final int receive = channel.getOption(StandardSocketOptions.SO_RCVBUF);
            final int send = channel.getOption(StandardSocketOptions.SO_SNDBUF);
            final String advice = receive < WANTED_BUFFER && Files.exists(Path.of("/proc/sys/net/core/rmem_max"))
                    ? "; for many calls: sysctl net.core.rmem_max=" + WANTED_BUFFER
                    : "";
            line(
                    out,
                    "buffers",
                    "of 4096 KiB asked: receive " + (receive >> 10) + " KiB, send " + (send >> 10) + " KiB" + advice);
        } catch (IOException e) {
            line(out, "buffers", "unknown: " + e.getMessage());
        }
    }

    private static void opus(PrintWriter out) {
        line(out, "opus", Opus.description());
        if (!Opus.isAvailable()) {
            line(out, "", "calls between two JVMs use G.711 then; echo and Ogg files work with browsers");
        }
    }

    private static void devices(PrintWriter out) {
        final List<String> microphones = Devices.microphones();
        final List<String> speakers = Devices.speakers();
        line(out, "microphone", microphones.isEmpty() ? "none (calls send silence)" : String.join(", ", microphones));
        line(out, "speaker", speakers.isEmpty() ? "none (calls can record)" : String.join(", ", speakers));
    }

    private static void display(PrintWriter out) {
        String finding;
        try {
            finding = GraphicsEnvironment.isHeadless()
                    ? "none (only the browser's pages show pictures)"
                    : GraphicsEnvironment.getLocalGraphicsEnvironment().getScreenDevices().length + " screens";
        } catch (LinkageError | AWTError | HeadlessException e) {
            finding = "none (" + e.getMessage() + ")";
        }
        line(out, "display", finding);
    }
}
