package dev.yodel.interop.video;

import dev.yodel.interop.browser.BrowserPage;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A bad network between a page and us: it delays all datagrams and loses some of those with media. We are told its
 * address as the page's, and the page learns its other one from our checks.
 */
final class LossyRelay implements AutoCloseable {
    private static final int DELAY_MILLIS = 40;

    private final DatagramSocket towardsUs;
    private final DatagramSocket towardsPage;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Random random = new Random(8);
    private final double loss;
    private final int pagePort;
    private final InetAddress address;
    private volatile @Nullable SocketAddress us;

    private LossyRelay(InetAddress address, int pagePort, double loss) throws IOException {
        this.address = address;
        this.pagePort = pagePort;
        this.loss = loss;
        towardsUs = new DatagramSocket(new InetSocketAddress(address, 0));
        towardsPage = new DatagramSocket(new InetSocketAddress(address, 0));
        start(towardsUs);
        start(towardsPage);
    }

    /** The page's description as we are to see it: with this relay as the only candidate. */
    static LossyRelay between(BrowserPage page, String sdp, double loss) throws IOException {
        for (String line : sdp.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (line.startsWith("a=candidate:") && words[2].equalsIgnoreCase("udp") && line.contains("typ host")) {
                InetAddress local = localAddress();
                return new LossyRelay(local, Integer.parseInt(words[5]), loss);
            }
        }
        throw new AssertionError("no candidate in " + sdp + page.console());
    }

    /** The address that a route to the outside would have; nothing is sent. */
    private static InetAddress localAddress() throws IOException {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress("192.0.2.1", 9));
            return probe.getLocalAddress();
        }
    }

    String rewritten(String sdp) {
        StringBuilder result = new StringBuilder();
        boolean told = false;
        for (String line : sdp.lines().toList()) {
            if (!line.startsWith("a=candidate:")) {
                result.append(line).append("\r\n");
            } else if (!told) {
                told = true;
                result.append("a=candidate:1 1 udp 2122260223 ")
                        .append(address.getHostAddress())
                        .append(' ')
                        .append(towardsUs.getLocalPort())
                        .append(" typ host\r\n");
            }
        }
        return result.toString();
    }

    /** Our description as the page is to see it: with no candidates. */
    static String bare(String sdp) {
        StringBuilder result = new StringBuilder();
        sdp.lines().filter(line -> !line.startsWith("a=candidate:")).forEach(line -> result.append(line)
                .append("\r\n"));
        return result.toString();
    }

    private void start(DatagramSocket from) {
        Thread thread = new Thread(() -> pump(from), "lossy-relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void pump(DatagramSocket from) {
        byte[] buffer = new byte[2_048];
        while (!from.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                from.receive(packet);
                boolean ours = from == towardsUs;
                if (ours) {
                    us = packet.getSocketAddress();
                }
                SocketAddress to = ours ? new InetSocketAddress(address, pagePort) : us;
                if (to != null && !loses(buffer, packet.getLength())) {
                    byte[] bytes = Arrays.copyOf(buffer, packet.getLength());
                    timer.schedule(
                            () -> send(ours ? towardsPage : towardsUs, bytes, to), DELAY_MILLIS, TimeUnit.MILLISECONDS);
                }
            } catch (IOException | RejectedExecutionException e) {
                // It was closed.
                return;
            }
        }
    }

    private synchronized boolean loses(byte[] data, int length) {
        // RFC 7983, RFC 5761: media, and no report.
        boolean media = length > 1 && (data[0] & 0xc0) == 0x80 && ((data[1] & 0x7f) < 64 || (data[1] & 0x7f) > 95);
        return media && random.nextDouble() < loss;
    }

    private static void send(DatagramSocket from, byte[] bytes, SocketAddress to) {
        try {
            from.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException e) {
            // It was closed.
            return;
        }
    }

    @Override
    public void close() {
        towardsUs.close();
        towardsPage.close();
        timer.shutdownNow();
    }
}
