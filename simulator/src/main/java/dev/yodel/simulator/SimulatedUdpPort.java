package dev.yodel.simulator;

import dev.yodel.io.Datagram;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A UDP socket of a simulated host. */
final class SimulatedUdpPort implements UdpPort {
    private static final int TAIL_ROOM = 64;
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
    private static final int PER_DATAGRAM_BYTES = 256;

    private final SimulatedHost host;
    private final SimulatedLoop loop;
    private final InetSocketAddress local;
    private final Handler handler;
    /** Set for a multicast socket. */
    final @Nullable InetAddress group;

    private int waitingBytes;
    private boolean errorWaits;
    private boolean closed;

    SimulatedUdpPort(
            SimulatedHost host,
            SimulatedLoop loop,
            InetSocketAddress local,
            @Nullable InetAddress group,
            Handler handler) {
        this.host = host;
        this.loop = loop;
        this.local = local;
        this.group = group;
        this.handler = handler;
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public SendResult send(byte[] data, int offset, int length, InetSocketAddress remote) {
        loop.checkThread();
        if (closed) {
            return SendResult.CLOSED;
        }
        return host.sockets().send(this, Arrays.copyOfRange(data, offset, offset + length), remote);
    }

    /** Interfaces are Ethernet; links drop what is longer than their MTU. */
    @Override
    public int longestWhole(InetSocketAddress remote) {
        return remote.getAddress() instanceof Inet4Address ? 1472 : 1452;
    }

    /** A packet has reached this socket; false if its buffer is full. */
    boolean receive(Packet packet) {
        int size = packet.length() + PER_DATAGRAM_BYTES;
        if (waitingBytes + size > RECEIVE_BUFFER_BYTES) {
            return false;
        }
        waitingBytes += size;
        loop.packet(() -> {
            waitingBytes -= size;
            if (!closed) {
                handle(packet);
            }
        });
        return true;
    }

    /** An ICMP error quoted one of its datagrams, and the system keeps that for the next call. */
    void fails() {
        errorWaits = true;
    }

    boolean takeError() {
        boolean waited = errorWaits;
        errorWaits = false;
        return waited;
    }

    private void handle(Packet packet) {
        byte[] room = Arrays.copyOf(packet.bytes(), packet.length() + TAIL_ROOM);
        Datagram datagram = new Datagram(room, 0, packet.length(), local, packet.source(), loop.now());
        loop.borrow(datagram);
        try {
            handler.onDatagram(datagram);
        } catch (Throwable e) {
            host.report("udp " + local, e);
            fail("its handler failed: " + e);
        }
    }

    void fail(String reason) {
        if (closed) {
            return;
        }
        drop();
        try {
            handler.onClosed(reason);
        } catch (Throwable e) {
            host.report("udp " + local, e);
        }
    }

    /** The interface under it is gone: the loop will notice. */
    void failLater(String reason) {
        loop.packet(() -> fail(reason));
    }

    @Override
    public void close() {
        loop.checkThread();
        drop();
    }

    void drop() {
        if (!closed) {
            closed = true;
            host.sockets().closed(this);
        }
    }

    @Override
    public String toString() {
        return "udp " + Packet.text(local) + (group == null ? "" : " in " + group.getHostAddress());
    }
}
