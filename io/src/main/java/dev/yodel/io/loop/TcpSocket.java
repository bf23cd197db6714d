package dev.yodel.io.loop;

import dev.yodel.io.StreamPort;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * A TCP connection on a loop. It frames nothing and has no time-outs of its own: both are the owner's. Loop thread only.
 */
final class TcpSocket implements StreamPort, EventLoop.Selectable {
    private final EventLoop loop;
    private final SocketChannel channel;
    private InetSocketAddress local;
    private final InetSocketAddress remote;
    private Handler handler;
    private final SelectionKey key;
    private boolean connected;
    private boolean closed;

    private TcpSocket(EventLoop loop, SocketChannel channel, InetSocketAddress remote, Handler handler, int interest)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.local = (InetSocketAddress) channel.getLocalAddress();
        this.remote = remote;
        this.handler = handler;
        this.key = channel.register(loop.selector(), interest, this);
        loop.counters().openPorts++;
    }

    static TcpSocket connect(
            EventLoop loop, InetSocketAddress local, InetSocketAddress remote, boolean shared, Handler handler)
            throws IOException {
        InetAddress address = remote.getAddress();
        if (address == null) {
            throw new IllegalArgumentException("give a resolved address, not a host name: " + remote);
        }
        SocketChannel channel = SocketChannel.open(
                address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        TcpSocket socket;
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (shared) {
                share(channel);
            }
            channel.bind(local);
            socket = new TcpSocket(loop, channel, remote, handler, 0);
        } catch (Throwable e) {
            throw closeAfter(channel, e, "cannot bind " + local);
        }
        try {
            if (channel.connect(remote)) {
                loop.execute(socket::handleConnected);
            } else {
                socket.key.interestOps(SelectionKey.OP_CONNECT);
            }
        } catch (IOException | RuntimeException e) {
            // A refusal may come at once; the handler hears of it after this call.
            loop.execute(() -> socket.fail("cannot connect to " + remote + ": " + e.getMessage()));
        }
        return socket;
    }

    /**
     * Before it is bound: its port may be bound again. Linux and BSD want both options of sockets that share with a
     * listener.
     */
    static void share(NetworkChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        if (channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
    }

    /** A stream that {@link TcpListener} has accepted; its handler is set before anything is read. */
    static TcpSocket accepted(EventLoop loop, SocketChannel channel, Handler until) throws IOException {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
            TcpSocket socket = new TcpSocket(loop, channel, remote, until, SelectionKey.OP_READ);
            socket.connected = true;
            return socket;
        } catch (Throwable e) {
            throw closeAfter(channel, e, "cannot accept");
        }
    }

    private static IOException closeAfter(SocketChannel channel, Throwable error, String what) {
        try {
            channel.close();
        } catch (IOException e) {
            error.addSuppressed(e);
        }
        return error instanceof IOException io ? io : new IOException(what + ": " + error, error);
    }

    void handler(Handler newHandler) {
        handler = newHandler;
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remote;
    }

    @Override
    public void onReady(int readyOps) {
        if (!closed && (readyOps & SelectionKey.OP_CONNECT) != 0) {
            try {
                channel.finishConnect();
            } catch (IOException e) {
                fail("cannot connect to " + remote + ": " + e.getMessage());
                return;
            }
            handleConnected();
        }
        if (!closed && (readyOps & SelectionKey.OP_READ) != 0) {
            read();
        }
        if (!closed && (readyOps & SelectionKey.OP_WRITE) != 0) {
            key.interestOps(SelectionKey.OP_READ);
            guarded(handler::onWritable);
        }
    }

    private void handleConnected() {
        if (closed || connected) {
            return;
        }
        try {
            local = (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            fail("lost at once: " + e.getMessage());
            return;
        }
        connected = true;
        key.interestOps(SelectionKey.OP_READ);
        guarded(handler::onConnected);
    }

    private void read() {
        ByteBuffer buffer = loop.receiveBuffer();
        buffer.clear();
        int count;
        try {
            count = channel.read(buffer);
        } catch (IOException e) {
            fail("reset: " + e.getMessage());
            return;
        }
        if (count < 0) {
            fail("ended by the peer");
        } else if (count > 0) {
            byte[] scratch = loop.streamScratch();
            buffer.flip().get(scratch, 0, count);
            guarded(() -> handler.onBytes(scratch, 0, count, loop.now()));
        }
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            loop.report(toString(), e);
            fail("its handler failed: " + e);
        }
    }

    private void fail(String reason) {
        if (closed) {
            return;
        }
        abandon();
        try {
            handler.onClosed(reason);
        } catch (Throwable e) {
            loop.report(toString(), e);
        }
    }

    @Override
    public int write(byte[] data, int offset, int length) {
        loop.checkThread();
        if (closed || !connected) {
            return 0;
        }
        int done = 0;
        try {
            while (done < length) {
                ByteBuffer buffer = loop.sendBuffer();
                buffer.clear();
                int part = Math.min(length - done, buffer.capacity());
                buffer.put(data, offset + done, part).flip();
                int taken = channel.write(buffer);
                done += taken;
                if (taken < part) {
                    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    break;
                }
            }
        } catch (IOException e) {
            // Told by the handler, not inside this call.
            loop.execute(() -> fail("cannot be written: " + e.getMessage()));
        }
        return done;
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
        loop.release(channel, this);
    }

    @Override
    public String toString() {
        return "tcp " + local + " to " + remote;
    }
}
