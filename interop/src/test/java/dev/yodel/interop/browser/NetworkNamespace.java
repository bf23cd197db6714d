package dev.yodel.interop.browser;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network of its own for one program on Linux: a namespace joined to this one by a pair of virtual interfaces, with a
 * default route and multicast. Firefox gathers no candidates on loopback alone, so it needs one. Needs root.
 */
public final class NetworkNamespace implements AutoCloseable {
    private final Path ip;
    private final String name;
    private final String outer;
    private final int subnet;

    private NetworkNamespace(Path ip, int subnet) {
        this.ip = ip;
        this.subnet = subnet;
        name = "yodel-" + subnet;
        outer = "yodel" + subnet;
    }

    /**
     * Builds a namespace, or skips the test where that cannot be done.
     *
     * @return the namespace
     */
    public static NetworkNamespace create() {
        final Path ip = Requirements.program("ip");
        // The process id keeps two builds on one machine apart.
        final int subnet = 1 + (int) (ProcessHandle.current().pid() % 250);
        final NetworkNamespace namespace = new NetworkNamespace(ip, subnet);
        namespace.end();
        Requirements.succeeds("network namespaces", ip.toString(), "netns", "add", namespace.name);
        try {
            namespace.build();
        } catch (IllegalStateException e) {
            namespace.end();
            return Requirements.missing("no network namespace can be built: " + e.getMessage());
        }
        return namespace;
    }

    private void build() {
        run("-n", name, "link", "set", "lo", "up");
        link(outer, outerAddress(), innerAddress());
        run("-n", name, "route", "add", "default", "via", outerAddress());
    }

    private void link(String outside, String outsideAddress, String insideAddress) {
        final String inner = outside + "b";
        run("link", "add", outside, "type", "veth", "peer", "name", inner, "netns", name);
        run("addr", "add", outsideAddress + "/24", "dev", outside);
        run("link", "set", outside, "up", "multicast", "on");
        run("-n", name, "addr", "add", insideAddress + "/24", "dev", inner);
        run("-n", name, "link", "set", inner, "up", "multicast", "on");
        Polling.until("the interface " + outside, 10, () -> isUp(outsideAddress) ? true : null);
    }

    /** Joins the namespace by a second pair of interfaces, which has no route but its own network. */
    public void joinAgain() {
        link(second(), secondOuterAddress(), "10.214." + subnet + ".2");
    }

    /** Gives the program's end of the second pair another address, as another network would: the old one leads nowhere. */
    public void replaceSecondAddress() {
        final String inner = second() + "b";
        run("-n", name, "addr", "flush", "dev", inner);
        run("-n", name, "addr", "add", "10.214." + subnet + ".3/24", "dev", inner);
    }

    /**
     * Takes a pair of interfaces away at once, at both ends, as when a cable is pulled out with its card.
     *
     * @param ourAddress that of our end
     */
    public void vanish(String ourAddress) {
        run("link", "delete", ourAddress.equals(outerAddress()) ? outer : second());
    }

    private String second() {
        return outer + "c";
    }

    private boolean isUp(String address) {
        try {
            final NetworkInterface seen = NetworkInterface.getByInetAddress(InetAddress.getByName(address));
            return seen != null && seen.isUp();
        } catch (IOException e) {
            return false;
        }
    }

    private void run(String... arguments) {
        final List<String> command = new ArrayList<>(List.of(ip.toString()));
        command.addAll(List.of(arguments));
        try {
            final Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said.trim());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Lets no more than this go into the namespace from now on, packet by packet, or skips the test where the kernel
     * cannot.
     *
     * @param kbps kilobits per second, with a queue of 200 ms
     */
    public void limitDownlink(int kbps) {
        Requirements.succeeds(
                "rate limits",
                Requirements.program("tc").toString(),
                "qdisc",
                "replace",
                "dev",
                outer,
                "root",
                "tbf",
                "rate",
                kbps + "kbit",
                "burst",
                // One packet: a link has no credit either, and a probe of five packets would pass on it.
                "1600",
                "latency",
                "200ms");
    }

    /**
     * Our end.
     *
     * @return an IPv4 address of this namespace
     */
    public String outerAddress() {
        return "10.213." + subnet + ".1";
    }

    /**
     * Our end of the second pair.
     *
     * @return an IPv4 address of this namespace, once {@link #joinAgain} was called
     */
    public String secondOuterAddress() {
        return "10.214." + subnet + ".1";
    }

    /**
     * The program's end.
     *
     * @return an IPv4 address inside
     */
    public String innerAddress() {
        return "10.213." + subnet + ".2";
    }

    /**
     * How a command is run inside.
     *
     * @return the words that go before it
     */
    public List<String> prefix() {
        return List.of(ip.toString(), "netns", "exec", name);
    }

    @Override
    public void close() {
        end();
    }

    private void end() {
        for (final List<String> arguments : List.of(
                List.of("netns", "delete", name),
                List.of("link", "delete", outer),
                List.of("link", "delete", second()))) {
            try {
                run(arguments.toArray(new String[0]));
            } catch (IllegalStateException e) {
                // It was not there, or went with the other.
            }
        }
    }
}
