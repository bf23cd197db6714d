package dev.yodel.io.loop;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Is there a cheaper way to one peer of a socket that is not connected? A second channel with the same local address that
 * is connected: the system finds its route once, and hands it what comes from that peer and nothing else. It neither
 * interprets nor counts datagrams, and decides nothing about errors. Loop thread only.
 *
 * <p>Linux only: there a connected socket is found first, and a socket on the wildcard address with SO_REUSEPORT gets
 * nothing while another has the concrete one, so that nothing goes astray before it is connected.
 */
final class ConnectedChannel implements EventLoop.Selectable, AutoCloseable {
    private static final boolean LINUX =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");

    /** The very object that the socket was given last. */
    InetSocketAddress remote;

    final DatagramTransfer transfer;
    private final DatagramChannel channel;
    private final UdpSocket socket;

    private ConnectedChannel(
            InetSocketAddress remote, DatagramChannel channel, DatagramTransfer transfer, UdpSocket socket) {
        this.remote = remote;
        this.channel = channel;
        this.transfer = transfer;
        this.socket = socket;
    }

    /**
     * Opens one.
     *
     * @param beside the channel of the socket, which stays as it is
     * @param local its address
     * @param remote the peer
     * @return null where this system has no such way, or not to this peer
     */
    static @Nullable ConnectedChannel open(
            EventLoop loop,
            UdpSocket socket,
            DatagramChannel beside,
            InetSocketAddress local,
            InetSocketAddress remote) {
        if (!LINUX
                || remote.isUnresolved()
                || local.getAddress().isAnyLocalAddress()
                || remote.getAddress() instanceof Inet4Address != local.getAddress() instanceof Inet4Address
                || !beside.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            return null;
        }
        DatagramChannel channel = null;
        try {
            channel = UdpSocket.openChannel(local.getAddress());
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            // After it was bound: a port that the system chooses must not be one that another socket shares.
            beside.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            try {
                channel.bind(new InetSocketAddress(local.getPort()));
            } finally {
                beside.setOption(StandardSocketOptions.SO_REUSEPORT, false);
            }
            channel.connect(remote);
            if (local.equals(channel.getLocalAddress())) {
                ConnectedChannel opened =
                        new ConnectedChannel(remote, channel, DatagramTransfer.connected(channel), socket);
                channel.register(loop.selector(), SelectionKey.OP_READ, opened);
                return opened;
            }
        } catch (IOException | RuntimeException e) {
            // The socket itself does as well.
        }
        if (channel != null) {
            close(channel);
        }
        return null;
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone all the same.
        }
    }

    /**
     * What comes from now on goes to the socket; what waits here is still to be read. A closed channel would take datagrams
     * until the selector lets go of it, and nobody would read them.
     */
    void disconnect() {
        try {
            channel.disconnect();
        } catch (IOException | RuntimeException e) {
            // Then the little that comes until it is closed is lost.
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void onReady(int readyOps) {
        socket.readFrom(this);
    }

    @Override
    public void abandon() {
        close(channel);
    }

    @Override
    public void close() {
        close(channel);
    }

    @Override
    public String toString() {
        return socket + " to " + remote;
    }
}
