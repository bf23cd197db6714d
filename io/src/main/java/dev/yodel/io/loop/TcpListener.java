package dev.yodel.io.loop;

import dev.yodel.io.LoopTimer;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A listening TCP socket on a loop. When the system has no descriptor left it stops accepting for a while instead of
 * spinning. Loop thread only.
 */
final class TcpListener implements StreamAcceptor, EventLoop.Selectable {
    private static final int BACKLOG = 128;
    private static final int MOST_PER_TURN = 64;
    private static final long PAUSE_NANOS = 100 * Time.MILLISECOND;

    /** What a stream has until its owner names a handler: nothing can happen in between. */
    private static final StreamPort.Handler NOBODY = new StreamPort.Handler() {
        @Override
        public void onConnected() {}

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {}
    };

    private final EventLoop loop;
    private final ServerSocketChannel channel;
    private final InetSocketAddress local;
    private final Handler handler;
    private final SelectionKey key;
    private final LoopTimer resume;
    private boolean closed;

    private TcpListener(EventLoop loop, ServerSocketChannel channel, Handler handler) throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.local = (InetSocketAddress) channel.getLocalAddress();
        this.handler = handler;
        this.key = channel.register(loop.selector(), SelectionKey.OP_ACCEPT, this);
        this.resume = loop.newTimer(this::resume);
        loop.counters().openPorts++;
    }

    static TcpListener listen(EventLoop loop, InetSocketAddress local, boolean shared, Handler handler)
            throws IOException {
        InetAddress address = local.getAddress();
        if (address == null) {
            throw new IllegalArgumentException("give a resolved address, not a host name: " + local);
        }
        ServerSocketChannel channel = ServerSocketChannel.open(
                address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.configureBlocking(false);
            if (shared) {
                TcpSocket.share(channel);
            }
            channel.bind(local, BACKLOG);
            return new TcpListener(loop, channel, handler);
        } catch (Throwable e) {
            try {
                channel.close();
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e instanceof IOException io ? io : new IOException("cannot listen on " + local + ": " + e, e);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    @Override
    public void onReady(int readyOps) {
        for (int i = 0; i < MOST_PER_TURN && !closed; i++) {
            TcpSocket socket;
            try {
                SocketChannel accepted = channel.accept();
                if (accepted == null) {
                    return;
                }
                socket = TcpSocket.accepted(loop, accepted, NOBODY);
            } catch (IOException e) {
                loop.counters().receiveErrors++;
                key.interestOps(0);
                resume.set(loop.now() + PAUSE_NANOS);
                return;
            }
            try {
                socket.handler(handler.onAccepted(socket));
            } catch (Throwable e) {
                socket.abandon();
                loop.report(toString(), e);
            }
        }
    }

    private void resume() {
        if (!closed) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
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
        resume.close();
        loop.release(channel, this);
    }

    @Override
    public String toString() {
        return "tcp listener " + local;
    }
}
