package dev.yodel.ice;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What checks are sent from, and its candidate (RFC 8445 section 5.1.1: "base"): a socket of ours, or a relayed
 * address.
 */
final class Base {
    /** Unique; a socket's own base has the socket's id. */
    final int id;

    final int localPreference;
    final Map<InetSocketAddress, Path> paths = new HashMap<>();
    /** Bound address; until it is open, the address asked for. */
    InetSocketAddress address;
    /** The allocation behind this base, null if it is a socket of ours. */
    final @Nullable RelaySocket relay;
    /** The TCP connection that this base is, null if it takes datagrams. */
    final @Nullable PeerStream stream;
    /** Null until the socket is open. */
    @Nullable
    Candidate candidate;

    private @Nullable Path last;

    Base(int id, InetSocketAddress address, int localPreference, @Nullable RelaySocket relay) {
        this(id, address, localPreference, relay, null);
    }

    Base(
            int id,
            InetSocketAddress address,
            int localPreference,
            @Nullable RelaySocket relay,
            @Nullable PeerStream stream) {
        this.id = id;
        this.address = address;
        this.localPreference = localPreference;
        this.relay = relay;
        this.stream = stream;
    }

    TransportProtocol protocol() {
        return stream == null ? TransportProtocol.UDP : TransportProtocol.TCP;
    }

    /** Whether a remote address may be checked from here at all: a stream leads to one only. */
    boolean leadsTo(InetSocketAddress remote, TransportProtocol protocol) {
        PeerStream to = stream;
        return protocol == protocol() && (to == null || to.remote.equals(remote));
    }

    /** The socket that everything goes out on. */
    int socketId() {
        RelaySocket through = relay;
        return through == null ? id : through.socketId;
    }

    boolean isOpen() {
        return candidate != null;
    }

    /** The path to a remote address, held until {@link #release}. */
    Path hold(InetSocketAddress remote) {
        Path path = paths.get(remote);
        if (path == null) {
            path = new Path(this, remote);
            paths.put(remote, path);
        }
        path.users++;
        return path;
    }

    void release(Path path) {
        path.users--;
        if (path.users == 0) {
            paths.remove(path.remote);
            // A driver may still have the source.
            path.source.forget();
            last = null;
        }
    }

    /** The path if its data counts; without garbage, since media takes this way. */
    @Nullable
    Path validated(InetSocketAddress remote) {
        Path path = last;
        if (path == null || !path.remote.equals(remote)) {
            path = paths.get(remote);
            if (path == null) {
                return null;
            }
            last = path;
        }
        return path.source.isValid() ? path : null;
    }

    /** The same as {@link #validated}, for a yes or no. */
    boolean isValidated(InetSocketAddress remote) {
        return validated(remote) != null;
    }

    /** RFC 8445 section 7.1.1: the priority a peer-reflexive candidate of this base would have. */
    long peerReflexivePriority() {
        // A relayed base keeps its low place: known by its check only, it must not look better than a direct path.
        return priority(relay == null ? CandidateType.PRFLX : CandidateType.RELAY);
    }

    /** RFC 8445 section 5.1.2.1. */
    long priority(CandidateType type) {
        PeerStream tcp = stream;
        if (tcp != null) {
            return PeerStream.priority(tcp.type, type, localPreference);
        }
        return (long) type.preference() << 24 | (long) localPreference << 8 | 255;
    }

    @Override
    public String toString() {
        return "base " + id + " " + address;
    }
}
