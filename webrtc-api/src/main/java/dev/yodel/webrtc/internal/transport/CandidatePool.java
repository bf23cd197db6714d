package dev.yodel.webrtc.internal.transport;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.IceState;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.io.Datagram;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * ICE connections that gather before a description needs them (W3C iceCandidatePoolSize, RFC 8829 section 3.5.4). They tell
 * nobody anything until a transport takes one. Loop thread only.
 */
public final class CandidatePool {
    /** W3C calls the size a hint: with BUNDLE one is used, and each holds sockets and allocations. */
    static final int MOST = 8;

    private static final IceConnection.Listener NOBODY = new IceConnection.Listener() {
        @Override
        public void onLocalCandidate(Candidate candidate) {}

        @Override
        public void onState(IceState state) {}

        @Override
        public void onDatagram(Datagram datagram) {}
    };

    private final Environment environment;
    private final Loop loop;
    private final ArrayDeque<IceConnection> ready = new ArrayDeque<>();
    private boolean closed;

    /**
     * An empty pool.
     *
     * @param environment the outside
     * @param loop where the connection lives
     */
    public CandidatePool(Environment environment, Loop loop) {
        this.environment = environment;
        this.loop = loop;
    }

    /**
     * Begins to gather for transports to come; what was there for other servers or another policy is given up.
     *
     * @param size how many, of which 8 at most are made
     * @param options servers and policy
     */
    public void fill(int size, IceConnectionOptions options) {
        giveUp();
        for (int i = 0; i < Math.min(size, MOST) && !closed; i++) {
            IceConnection connection = new IceConnection(environment, loop, options, NOBODY);
            ready.add(connection);
            connection.prepare();
        }
    }

    /** One that has begun, or null. */
    @Nullable
    IceConnection take() {
        return ready.poll();
    }

    /** No more descriptions need it. */
    public void close() {
        closed = true;
        giveUp();
    }

    private void giveUp() {
        ready.forEach(IceConnection::close);
        ready.clear();
    }
}
