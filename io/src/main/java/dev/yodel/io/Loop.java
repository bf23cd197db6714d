package dev.yodel.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;

/**
 * One thread of the outside world: sockets, timers and commands of the connections that live on it. Over real sockets it
 * is an event loop, in the simulator a part of the virtual clock. Everything but {@link #execute}, {@link #inLoop} and
 * {@link #now} is for the loop thread only.
 */
public interface Loop extends Executor {
    /**
     * Monotonic time.
     *
     * @return nanoseconds, see {@link Time}
     */
    long now();

    /**
     * Whether the caller runs on this loop.
     *
     * @return true on the loop thread
     */
    boolean inLoop();

    /**
     * Runs a command on the loop, in the order given; from any thread. Commands given on the loop itself run in this or
     * the next turn, never inside this call.
     *
     * @param command what to run; what it throws is reported and harms no other
     * @throws java.util.concurrent.RejectedExecutionException after the environment was closed
     */
    @Override
    void execute(Runnable command);

    /**
     * Runs a task once at the end of the current turn, after all inputs of the turn were handled: the place to drain a
     * core. Asking twice in a turn with the same object runs it once.
     *
     * @param drain what to run
     */
    void atEndOfTurn(Runnable drain);

    /**
     * A new timer without a deadline.
     *
     * @param onDeadline runs on the loop
     * @return the timer
     */
    LoopTimer newTimer(Runnable onDeadline);

    /**
     * Binds a UDP socket.
     *
     * @param local a concrete address; port 0 chooses one
     * @param handler gets the datagrams
     * @return the open socket
     * @throws IOException if the address is not ours, the port is taken, or the system refuses
     */
    UdpPort openUdp(InetSocketAddress local, UdpPort.Handler handler) throws IOException;

    /**
     * Binds a shared (reusable) UDP socket on the group's port and joins a multicast group on one interface.
     *
     * @param group multicast address and port
     * @param on the interface's address, as {@link Environment#networkAddresses()} lists it
     * @param handler gets the datagrams
     * @return the open socket; {@code send} goes out on that interface
     * @throws IOException if the interface cannot do multicast or the system refuses
     */
    UdpPort openMulticast(InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler) throws IOException;

    /**
     * Starts a TCP connection; success and failure arrive at the handler, never inside this call.
     *
     * @param local our address, port 0 chooses one
     * @param remote the peer
     * @param handler gets the events
     * @return the stream, not yet connected
     * @throws IOException if no socket can be had
     */
    StreamPort connect(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
            throws IOException;

    /**
     * Listens for TCP connections.
     *
     * @param local a concrete address; port 0 chooses one
     * @param handler gets the streams
     * @return the listening socket
     * @throws IOException if the address cannot be bound
     */
    StreamAcceptor listen(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException;

    /**
     * Starts a TCP connection from a port that {@link #listenShared} and other connections of this process have too: for
     * ends that open at the same time (RFC 9293 section 3.5), and for a server that tells how a NAT maps the port. Each
     * remote address can be connected to once at a time.
     *
     * @param local our address and a port of {@link #listenShared}
     * @param remote the peer
     * @param handler gets the events
     * @return the stream, not yet connected
     * @throws IOException if the port cannot be shared: it is not bound in this way, the remote address is connected to
     *     already, or the system has no such ports
     */
    default StreamPort connectShared(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
            throws IOException {
        throw new IOException("ports cannot be shared on this loop");
    }

    /**
     * Listens for TCP connections on a port from which {@link #connectShared} connects too.
     *
     * @param local a concrete address; port 0 chooses one
     * @param handler gets the streams
     * @return the listening socket
     * @throws IOException if the address cannot be bound, or the system has no such ports
     */
    default StreamAcceptor listenShared(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
        throw new IOException("ports cannot be shared on this loop");
    }
}
