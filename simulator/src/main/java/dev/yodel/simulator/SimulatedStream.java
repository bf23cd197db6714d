package dev.yodel.simulator;

import dev.yodel.io.StreamPort;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a simulated TCP connection: bytes arrive in order, late rather than never, cut in any way; or the
 * connection is refused, reset, ended or times out. It has no congestion control of its own: the links' rates and queues
 * hold it back.
 */
final class SimulatedStream implements StreamPort {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int SEGMENT_BYTES = 1460;
    private static final int HEADER_BYTES = 40;
    private static final long CONNECT_TIMEOUT_NANOS = 75_000_000_000L;
    private static final long FILTERED_RESEND_NANOS = 200_000_000L;

    private final SimulatedHost host;
    private final SimulatedLoop loop;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private Handler handler;
    private List<Link> path = List.of();
    private List<Nat> nats = List.of();
    private int natEpochs;
    private @Nullable SimulatedStream peer;
    private boolean connected;
    private boolean closed;
    private boolean wantsToWrite;
    private int inFlight;
    private long lastArrival;

    SimulatedStream(
            SimulatedHost host,
            SimulatedLoop loop,
            InetSocketAddress local,
            InetSocketAddress remote,
            Handler handler) {
        this.host = host;
        this.loop = loop;
        this.local = local;
        this.remote = remote;
        this.handler = handler;
    }

    private Simulator simulator() {
        return host.simulator();
    }

    /** The opening is under way; if nobody answers, that is an answer too. */
    void awaitOpening() {
        Simulator simulator = simulator();
        simulator.at(simulator.now() + CONNECT_TIMEOUT_NANOS, () -> {
            if (!connected && !closed) {
                failLater("cannot connect to " + remote + ": timed out");
            }
        });
    }

    void refusedAtOnce(String reason) {
        failLater("cannot connect to " + remote + ": " + reason);
    }

    /** The opening has met nobody, or who does not want it: the refusal travels back. */
    void refusedBy(StreamOpening opening) {
        long exit = travel(backwards(opening.path), 0);
        if (exit != Long.MAX_VALUE) {
            simulator().at(exit, () -> {
                // What has met the other end's opening since is not refused any more.
                if (peer == null) {
                    failLater("cannot connect to " + remote + ": refused");
                }
            });
        }
    }

    /** The opening has met a listener: this is its end, and the news travels back to ours. */
    void acceptedBy(SimulatedStream other, StreamOpening opening) {
        connectTo(other, opening, opening.path);
        other.connectTo(this, opening, backwards(opening.path));
        other.connected = true;
        long exit = other.travel(other.path, 0);
        other.lastArrival = exit;
        if (exit != Long.MAX_VALUE) {
            simulator().at(exit, this::opened);
        }
    }

    /**
     * The opening of the one that this one is opening a stream to (RFC 9293 section 3.5, simultaneous open): the first that
     * arrives joins the two; its answer travels back, and what that says, here again.
     */
    void meets(StreamOpening opening) {
        SimulatedStream other = opening.opener;
        if (peer != null || other.peer != null || closed || other.closed) {
            return;
        }
        other.connectTo(this, opening, opening.path);
        connectTo(other, opening, backwards(opening.path));
        long there = travel(path, 0);
        if (there == Long.MAX_VALUE) {
            return;
        }
        lastArrival = there;
        simulator().at(there, () -> {
            other.opened();
            long here = other.travel(other.path, 0);
            if (here != Long.MAX_VALUE) {
                other.lastArrival = Math.max(other.lastArrival, here);
                simulator().at(here, this::opened);
            }
        });
    }

    private void opened() {
        loop.packet(() -> {
            if (!closed) {
                connected = true;
                guarded(handler::onConnected);
            }
        });
    }

    private void connectTo(SimulatedStream other, StreamOpening opening, List<Link> newPath) {
        peer = other;
        path = List.copyOf(newPath);
        nats = List.copyOf(opening.nats);
        natEpochs = natEpochs();
    }

    private int natEpochs() {
        return nats.stream().mapToInt(Nat::epoch).sum();
    }

    private static List<Link> backwards(List<Link> path) {
        List<Link> result = new ArrayList<>();
        for (Link link : path) {
            result.add(link.opposite());
        }
        Collections.reverse(result);
        return result;
    }

    private long travel(List<Link> links, int length) {
        long time = simulator().now();
        for (Link link : links) {
            time = link.streamExit(HEADER_BYTES + length, time);
            if (time == Long.MAX_VALUE) {
                return time;
            }
        }
        return time;
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
    public int write(byte[] data, int offset, int length) {
        loop.checkThread();
        if (closed || !connected) {
            return 0;
        }
        int taken = Math.min(length, BUFFER_BYTES - inFlight);
        wantsToWrite = taken < length;
        if (natEpochs != natEpochs()) {
            failLater("reset: a NAT on the way has forgotten it");
            return taken;
        }
        for (int done = 0; done < taken; ) {
            int part = Math.min(pieceLength(), taken - done);
            sendPiece(Arrays.copyOfRange(data, offset + done, offset + done + part));
            done += part;
        }
        return taken;
    }

    private int pieceLength() {
        return switch (simulator().segmentation()) {
            case SEGMENTS -> SEGMENT_BYTES;
            case WHOLE_WRITES -> BUFFER_BYTES;
            case RANDOM -> 1 + (int) simulator().random().upTo(SEGMENT_BYTES - 1);
            case SINGLE_BYTES -> 1;
        };
    }

    private void sendPiece(byte[] piece) {
        SimulatedStream other = peer;
        if (other == null) {
            return;
        }
        inFlight += piece.length;
        Simulator simulator = simulator();
        Packet packet = simulator.packet(Packet.Protocol.TCP, host.name(), local, remote, piece);
        long resend = simulator.passes(packet) ? 0 : FILTERED_RESEND_NANOS;
        long exit = travel(path, piece.length);
        if (exit == Long.MAX_VALUE) {
            simulator.at(simulator.now() + Link.STREAM_TIMEOUT_NANOS, () -> failLater("timed out"));
            return;
        }
        lastArrival = Math.max(exit + resend, lastArrival);
        simulator.at(lastArrival, () -> other.arrived(packet, this));
    }

    private void arrived(Packet packet, SimulatedStream from) {
        if (closed) {
            from.reset();
            return;
        }
        simulator().delivered(packet, host.name());
        loop.packet(() -> {
            byte[] bytes = packet.data();
            if (!closed) {
                guarded(() -> handler.onBytes(bytes, 0, bytes.length, loop.now()));
                Arrays.fill(bytes, (byte) 0xdb);
            }
            acknowledge(packet.length(), from);
        });
    }

    private void acknowledge(int length, SimulatedStream from) {
        long exit = travel(path, 0);
        if (exit == Long.MAX_VALUE) {
            return;
        }
        simulator().at(exit, () -> {
            from.inFlight -= length;
            if (from.wantsToWrite && !from.closed) {
                from.wantsToWrite = false;
                from.loop.packet(() -> {
                    if (!from.closed) {
                        from.guarded(from.handler::onWritable);
                    }
                });
            }
        });
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            host.report(toString(), e);
            fail("its handler failed: " + e);
        }
    }

    private void fail(String reason) {
        if (closed) {
            return;
        }
        closed = true;
        host.sockets().closed(this);
        try {
            handler.onClosed(reason);
        } catch (Throwable e) {
            host.report(toString(), e);
        }
    }

    private void failLater(String reason) {
        loop.packet(() -> fail(reason));
    }

    private void reset() {
        failLater("reset by the peer");
    }

    /** Breaks the connection at both ends, as a middlebox or a crash does. */
    void breakOff() {
        failLater("reset");
        SimulatedStream other = peer;
        if (other != null) {
            long exit = travel(path, 0);
            if (exit != Long.MAX_VALUE) {
                simulator().at(exit, other::reset);
            }
        }
    }

    @Override
    public void close() {
        loop.checkThread();
        drop();
    }

    /** Closes without a word to the handler; the peer hears of it after the bytes that are under way. */
    void drop() {
        if (closed) {
            return;
        }
        closed = true;
        host.sockets().closed(this);
        SimulatedStream other = peer;
        long exit = travel(path, 0);
        if (other != null && exit != Long.MAX_VALUE) {
            simulator().at(Math.max(exit, lastArrival), () -> other.failLater("ended by the peer"));
        }
    }

    @Override
    public String toString() {
        return "tcp " + Packet.text(local) + " to " + Packet.text(remote);
    }
}
