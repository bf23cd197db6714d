package dev.yodel.io.loop;

import dev.yodel.io.Datagram;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.linux.SendBatch;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket on a loop. It is never connected, so an ICMP error of one peer cannot disturb the others; a preferred peer
 * has a {@link ConnectedChannel} beside it. What the system refuses is a result and a counter, not an exception. It knows
 * nothing of who may send to it. Loop thread only.
 */
final class UdpSocket implements UdpPort, EventLoop.Selectable, SendBatch.Owner {
    /** Datagrams read from one socket before the others have their turn. */
    static final int MOST_PER_TURN = 64;

    /** The same of a socket that serves many connections: about 5 ms of work. */
    static final int MOST_PER_TURN_SHARED = 1024;

    /** Datagrams that are read before the first of them is handed on. */
    static final int MOST_AT_ONCE = 16;

    /** Failed reads in a row after which the socket is given up: it would only spin. */
    static final int MOST_FAILED_READS = 16;

    /** Attempts to send a datagram while the system reports earlier ones instead. */
    private static final int MOST_SEND_ATTEMPTS = 4;

    /** Turns in which a channel that was left is read: more than its buffer holds. */
    static final int MOST_LAST_ROUNDS = 64;

    private static final int BUFFER_BYTES = 1 << 20;
    private static final int LARGEST_UDP_PAYLOAD = 65_507;

    /** What is shorter leaves at once: checks of paths, whose callers look at the result, and acknowledgements. */
    private static final int LEAST_BATCHED = 200;

    private static final int MULTICAST_TTL = 255;

    private final EventLoop loop;
    private final DatagramChannel channel;
    private final DatagramTransfer transfer;
    private final InetSocketAddress local;
    private final Handler handler;
    private SendBatch.@Nullable Socket batch;
    private @Nullable ConnectedChannel preferred;
    private int mostPerTurn = MOST_PER_TURN;
    private int failedReads;
    /** Of the last attempt to read, until what was read before is handed on. */
    private @Nullable Throwable readFailure;

    private boolean closed;

    private UdpSocket(
            EventLoop loop,
            DatagramChannel channel,
            DatagramTransfer transfer,
            InetSocketAddress local,
            Handler handler) {
        this.loop = loop;
        this.channel = channel;
        this.transfer = transfer;
        this.local = local;
        this.handler = handler;
    }

    static UdpSocket open(EventLoop loop, InetSocketAddress local, Handler handler) throws IOException {
        DatagramChannel channel = openChannel(local.getAddress());
        return open(loop, channel, DatagramTransfer.of(channel), local, handler);
    }

    static UdpSocket open(
            EventLoop loop,
            DatagramChannel channel,
            DatagramTransfer transfer,
            InetSocketAddress local,
            Handler handler)
            throws IOException {
        try {
            channel.bind(local);
            InetSocketAddress bound = (InetSocketAddress) channel.getLocalAddress();
            UdpSocket socket = register(new UdpSocket(loop, channel, transfer, bound, handler));
            SendBatch sends = loop.sends();
            socket.batch = sends == null ? null : sends.attach(bound, socket);
            return socket;
        } catch (Throwable e) {
            throw closeAfter(channel, e, "cannot bind " + local);
        }
    }

    static UdpSocket openMulticast(EventLoop loop, InetSocketAddress group, NetworkAddress on, Handler handler)
            throws IOException {
        InetAddress groupAddress = group.getAddress();
        if (groupAddress == null || !groupAddress.isMulticastAddress()) {
            throw new IllegalArgumentException("no multicast address: " + group);
        }
        DatagramChannel channel = openChannel(groupAddress);
        try {
            NetworkInterface networkInterface = NetworkInterface.getByIndex(on.interfaceIndex());
            if (networkInterface == null) {
                throw new IOException("the interface " + on.interfaceName() + " is gone");
            }
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(anyAddress(groupAddress), group.getPort()));
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, MULTICAST_TTL);
            channel.join(groupAddress, networkInterface);
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            InetSocketAddress local = new InetSocketAddress(on.address(), port);
            return register(new UdpSocket(loop, channel, DatagramTransfer.of(channel), local, handler));
        } catch (Throwable e) {
            throw closeAfter(channel, e, "cannot join " + group + " on " + on.interfaceName());
        }
    }

    static DatagramChannel openChannel(@Nullable InetAddress address) throws IOException {
        if (address == null) {
            throw new IllegalArgumentException("give a resolved address, not a host name");
        }
        DatagramChannel channel = DatagramChannel.open(
                address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
            return channel;
        } catch (Throwable e) {
            throw closeAfter(channel, e, "cannot open a UDP socket");
        }
    }

    private static InetAddress anyAddress(InetAddress like) throws IOException {
        return InetAddress.getByAddress(new byte[like instanceof Inet4Address ? 4 : 16]);
    }

    private static UdpSocket register(UdpSocket socket) throws IOException {
        socket.channel.register(socket.loop.selector(), SelectionKey.OP_READ, socket);
        socket.loop.counters().openPorts++;
        return socket;
    }

    private static IOException closeAfter(DatagramChannel channel, Throwable error, String what) {
        try {
            channel.close();
        } catch (IOException e) {
            error.addSuppressed(e);
        }
        return error instanceof IOException io ? io : new IOException(what + ": " + error, error);
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public void onReady(int readyOps) {
        readFrom(transfer, null);
    }

    /** The same for what the preferred peer sends. */
    void readFrom(ConnectedChannel peer) {
        readFrom(peer.transfer, peer);
    }

    /** Whether there may be more. */
    private boolean readFrom(DatagramTransfer source, @Nullable ConnectedChannel peer) {
        ReceiveArena arena = loop.arena();
        int left = mostPerTurn;
        int drainedAt = left;
        while (left > 0 && !closed && !loop.isClosing()) {
            // However much may be read: what was read takes the place of what the handlers need in the caches.
            if (!arena.hasRoom() || drainedAt - left >= MOST_PER_TURN) {
                drainedAt = left;
                loop.drain();
                if (closed) {
                    return false;
                }
            }
            // Read first, hand on then: the system and the handlers need other lines of memory, each their own again
            // and again, and what the handlers of different connections wait for comes at the same time.
            int first = arena.count();
            boolean more = read(source, arena, Math.min(left, MOST_AT_ONCE));
            left -= Math.max(1, arena.count() - first);
            hand(arena.datagrams(), first, arena.count());
            Throwable failure = readFailure;
            if (failure != null) {
                readFailure = null;
                handleReadFailure(failure, peer);
            }
            if (!more) {
                return false;
            }
        }
        return left == 0;
    }

    /** Whether there may be more than what was read. */
    private boolean read(DatagramTransfer source, ReceiveArena arena, int most) {
        int first = arena.count();
        int tries = most;
        while (tries-- > 0 && arena.hasRoom()) {
            ByteBuffer buffer = loop.receiveBuffer();
            buffer.clear();
            SocketAddress remote;
            try {
                remote = source.receive(buffer);
            } catch (PortUnreachableException e) {
                // RFC 5927: anybody can say so, and if it is true the socket is as good as before, for all others.
                loop.counters().receiveErrors++;
                continue;
            } catch (Throwable e) {
                readFailure = e;
                return false;
            }
            if (remote == null) {
                return false;
            }
            failedReads = 0;
            buffer.flip();
            loop.counters().datagramsReceived++;
            arena.add(buffer, local, (InetSocketAddress) remote, loop.now());
        }
        return arena.count() > first;
    }

    private void hand(Datagram[] datagrams, int from, int to) {
        if (to - from > 1) {
            lookAhead(datagrams, from, to);
        }
        for (int i = from; i < to && !closed; i++) {
            hand(datagrams[i]);
        }
    }

    private void lookAhead(Datagram[] datagrams, int from, int to) {
        try {
            handler.lookAhead(datagrams, from, to);
        } catch (Throwable e) {
            loop.report(toString(), e);
            fail("its handler failed: " + e);
        }
    }

    private void hand(Datagram datagram) {
        try {
            handler.onDatagram(datagram);
        } catch (Throwable e) {
            loop.report(toString(), e);
            fail("its handler failed: " + e);
        }
    }

    private void handleReadFailure(Throwable error, @Nullable ConnectedChannel peer) {
        loop.counters().receiveErrors++;
        if (peer != null) {
            leave(peer);
            return;
        }
        if (error instanceof ClosedChannelException || ++failedReads >= MOST_FAILED_READS) {
            fail("cannot be read: " + error);
        }
    }

    private void fail(String reason) {
        if (closed) {
            return;
        }
        close();
        try {
            handler.onClosed(reason);
        } catch (Throwable e) {
            loop.report(toString(), e);
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // meant: to compare addresses costs a part of what is saved
    public SendResult send(byte[] data, int offset, int length, InetSocketAddress remote) {
        loop.checkThread();
        if (closed) {
            return SendResult.CLOSED;
        }
        if (length > LARGEST_UDP_PAYLOAD || remote.getPort() == 0 || remote.isUnresolved()) {
            return refused();
        }
        SendBatch.Socket together = batch;
        if (together != null) {
            if (length >= LEAST_BATCHED && together.add(data, offset, length, remote)) {
                return SendResult.SENT;
            }
            together.flush();
            if (closed) {
                return SendResult.CLOSED;
            }
        }
        ByteBuffer buffer = loop.sendBuffer();
        buffer.clear();
        buffer.put(data, offset, length).flip();
        ConnectedChannel peer = preferred;
        DatagramTransfer way = peer != null && peer.remote == remote && length > 0 ? peer.transfer : transfer;
        return send(way, buffer, remote, MOST_SEND_ATTEMPTS);
    }

    private SendResult send(DatagramTransfer way, ByteBuffer buffer, InetSocketAddress remote, int attempts) {
        boolean empty = !buffer.hasRemaining();
        try {
            if (way.send(buffer, remote) > 0 || empty) {
                loop.counters().datagramsSent++;
                if (way != transfer) {
                    loop.counters().datagramsPreferred++;
                }
                return SendResult.SENT;
            }
            return full();
        } catch (PortUnreachableException e) {
            // An ICMP error about a datagram that was sent before, perhaps to another peer, perhaps forged: this one
            // was not sent, and the next attempt meets no error.
            return attempts > 1 ? send(way, buffer, remote, attempts - 1) : refused();
        } catch (IOException | RuntimeException e) {
            // ENOBUFS is a full queue, not a refusal; Java names it only in the message.
            String message = e.getMessage();
            if (e instanceof IOException && message != null && message.contains("No buffer space")) {
                return full();
            }
            ConnectedChannel peer = preferred;
            if (way != transfer && peer != null) {
                // Whatever is wrong with the short way, the long one says what becomes of the datagram.
                leave(peer);
                return send(transfer, buffer, remote, MOST_SEND_ATTEMPTS);
            }
            if (e instanceof ClosedChannelException) {
                fail("closed by the system");
                return SendResult.CLOSED;
            }
            return refused();
        }
    }

    private SendResult full() {
        loop.counters().sendsFull++;
        return SendResult.FULL;
    }

    @Override
    public void prefer(@Nullable InetSocketAddress remote) {
        loop.checkThread();
        ConnectedChannel before = preferred;
        // What leaves in batches goes over the socket itself.
        if (closed || batch != null) {
            return;
        }
        if (before != null && remote != null && before.remote.equals(remote)) {
            before.remote = remote;
            return;
        }
        if (before != null) {
            leave(before);
        }
        if (remote != null) {
            preferred = ConnectedChannel.open(loop, this, channel, local, remote);
        }
    }

    /** The short way, for tests. */
    @Nullable
    ConnectedChannel preferred() {
        return preferred;
    }

    private void leave(ConnectedChannel peer) {
        if (preferred == peer) {
            preferred = null;
            peer.disconnect();
            // Not at once: this may be called while a datagram is handed on.
            loop.execute(() -> retire(peer, MOST_LAST_ROUNDS));
        }
    }

    /** What came that way already counts; what still comes, to other addresses of this machine, does not keep it open. */
    private void retire(ConnectedChannel peer, int rounds) {
        if (!closed && rounds > 0 && readFrom(peer.transfer, peer)) {
            loop.execute(() -> retire(peer, rounds - 1));
        } else {
            peer.close();
        }
    }

    @Override
    public void sendAlone(ByteBuffer datagram, InetSocketAddress remote) {
        send(transfer, datagram, remote, MOST_SEND_ATTEMPTS);
    }

    @Override
    public void onSent(int datagrams) {
        loop.counters().datagramsSent += datagrams;
        loop.counters().datagramsBatched += datagrams;
    }

    @Override
    public void onFull(int datagrams) {
        loop.counters().sendsFull += datagrams;
    }

    private SendResult refused() {
        loop.counters().sendsRefused++;
        return SendResult.REFUSED;
    }

    @Override
    public void serves(int connections) {
        mostPerTurn = (int) Math.max(MOST_PER_TURN, Math.min(MOST_PER_TURN_SHARED, (long) MOST_PER_TURN * connections));
    }

    @Override
    public void close() {
        loop.checkThread();
        abandon();
    }

    @Override
    public void abandon() {
        if (closed) {
            return;
        }
        closed = true;
        if (batch != null) {
            batch.close();
        }
        if (preferred != null) {
            preferred.close();
            preferred = null;
        }
        loop.release(channel, this);
    }

    @Override
    public String toString() {
        return "udp " + local;
    }
}
