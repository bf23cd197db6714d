package dev.yodel.ice;

import dev.yodel.ice.turn.TurnClient;
import dev.yodel.ice.turn.TurnFrames;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One socket to a TURN server, with the allocation behind it and the relayed addresses that it gave. */
final class RelaySocket {
    final int socketId;
    final TurnServer server;
    final TurnClient client;
    /** Cuts the bytes of a stream; null for UDP. */
    final @Nullable TurnFrames frames;
    /** One base per relayed address: the families that the server has. */
    final List<Base> bases = new ArrayList<>(2);
    /** Bound address; until it is open, the address asked for. */
    InetSocketAddress local;

    /** Before there is an allocation only answers to requests come; a web server's page is noticed at once. */
    private static final int LONGEST_ANSWER = 2048;

    RelaySocket(int socketId, InetSocketAddress local, TurnServer server, TurnClient client) {
        this.socketId = socketId;
        this.local = local;
        this.server = server;
        this.client = client;
        this.frames = server.transport() == ServerTransport.UDP ? null : new TurnFrames(LONGEST_ANSWER);
    }

    /** A relayed address is there. */
    void add(Base base) {
        bases.add(base);
        if (frames != null) {
            frames.longest(TurnFrames.LONGEST);
        }
    }

    boolean hasAllocation() {
        return !bases.isEmpty();
    }

    /** The base that a peer's datagram came to. */
    @Nullable
    Base baseFor(InetSocketAddress peer) {
        int family = peer.getAddress().getAddress().length;
        for (int i = 0; i < bases.size(); i++) {
            Base base = bases.get(i);
            if (base.address.getAddress().getAddress().length == family) {
                return base;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "socket " + socketId + " to " + server;
    }
}
