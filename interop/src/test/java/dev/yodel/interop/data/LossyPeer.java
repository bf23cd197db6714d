package dev.yodel.interop.data;

import dev.yodel.webrtc.SessionDescription;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A peer behind a hop that loses some records of application data, both ways: we are told the hop's address as the peer's
 * only one, and the peer, which is told none of ours, learns the hop's other one from our checks.
 */
final class LossyPeer implements DataPeer {
    private static final int APPLICATION_DATA = 23;

    private final DataPeer peer;
    private final double loss;
    private final SplittableRandom random;
    private final DatagramSocket towardsUs;
    private final DatagramSocket towardsPeer;
    private volatile @Nullable SocketAddress us;
    private volatile @Nullable SocketAddress them;

    LossyPeer(DataPeer peer, double loss, long seed) throws IOException {
        this.peer = peer;
        this.loss = loss;
        this.random = new SplittableRandom(seed);
        InetAddress address = localAddress();
        towardsUs = new DatagramSocket(new InetSocketAddress(address, 0));
        towardsPeer = new DatagramSocket(new InetSocketAddress(address, 0));
        start(towardsUs);
        start(towardsPeer);
    }

    /** The address that a route to the outside would have; nothing is sent. */
    private static InetAddress localAddress() throws IOException {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress("192.0.2.1", 9));
            return probe.getLocalAddress();
        }
    }

    private void start(DatagramSocket from) {
        Thread thread = new Thread(() -> pump(from), "lossy-hop");
        thread.setDaemon(true);
        thread.start();
    }

    private void pump(DatagramSocket from) {
        byte[] buffer = new byte[20_000];
        while (!from.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                from.receive(packet);
                boolean isOurs = from == towardsUs;
                if (isOurs) {
                    us = packet.getSocketAddress();
                }
                SocketAddress to = isOurs ? them : us;
                if (to != null && !isLost(buffer)) {
                    packet.setSocketAddress(to);
                    (isOurs ? towardsPeer : towardsUs).send(packet);
                }
            } catch (IOException e) {
                // It was closed, or the peer was.
                return;
            }
        }
    }

    private synchronized boolean isLost(byte[] data) {
        return data[0] == APPLICATION_DATA && random.nextDouble() < loss;
    }

    private static SessionDescription bare(SessionDescription ours) {
        StringBuilder sdp = new StringBuilder();
        // That there are no more would be for aiortc that there are none.
        ours.sdp()
                .lines()
                .filter(line -> !line.startsWith("a=candidate:") && !line.equals("a=end-of-candidates"))
                .forEach(line -> sdp.append(line).append("\r\n"));
        return new SessionDescription(ours.type(), sdp.toString());
    }

    private SessionDescription behindTheHop(SessionDescription theirs) {
        StringBuilder sdp = new StringBuilder();
        String address = towardsUs.getLocalAddress().getHostAddress();
        for (String line : theirs.sdp().lines().toList()) {
            String[] words = line.split(" ", -1);
            if (!line.startsWith("a=candidate:")) {
                sdp.append(line).append("\r\n");
            } else if (them == null && words[4].equals(address) && words[2].equalsIgnoreCase("udp")) {
                them = new InetSocketAddress(words[4], Integer.parseInt(words[5]));
                sdp.append("a=candidate:1 1 udp 2122260223 ")
                        .append(address)
                        .append(' ')
                        .append(towardsUs.getLocalPort())
                        .append(" typ host\r\n");
            }
        }
        if (them == null) {
            throw new AssertionError("the peer has no candidate of " + address + ": " + theirs.sdp());
        }
        return new SessionDescription(theirs.type(), sdp.toString());
    }

    @Override
    public SessionDescription offer() throws Exception {
        return behindTheHop(peer.offer());
    }

    @Override
    public SessionDescription answer(SessionDescription offer) throws Exception {
        return behindTheHop(peer.answer(bare(offer)));
    }

    @Override
    public void accept(SessionDescription answer) throws Exception {
        peer.accept(bare(answer));
    }

    @Override
    public List<String> story() {
        return peer.story();
    }

    @Override
    public void close() {
        towardsUs.close();
        towardsPeer.close();
        peer.close();
    }
}
