package dev.yodel.ice;

import dev.yodel.ice.turn.TurnClient;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A socket that checks are sent from, and its candidate (RFC 8445 section 5.1.1: "base"). */
final class Base {
    final int socketId;
    final int localPreference;
    final Map<InetSocketAddress, Path> paths = new HashMap<>();
    /** Bound address; until it is open, the address asked for. */
    InetSocketAddress address;
    /** The allocation behind this base, if it is a relayed one. */
    @Nullable
    TurnClient relay;
    /** Null until the socket is open, and for a relay until its address is allocated. */
    @Nullable
    Candidate candidate;

    private @Nullable Path last;

    Base(int socketId, InetSocketAddress address, int localPreference) {
        this.socketId = socketId;
        this.address = address;
        this.localPreference = localPreference;
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
        return path.validations > 0 ? path : null;
    }

    /** RFC 8445 section 7.1.1: the priority a peer-reflexive candidate of this base would have. */
    long peerReflexivePriority() {
        // A relayed base keeps its low place: known by its check only, it must not look better than a direct path.
        return priority(relay == null ? CandidateType.PRFLX : CandidateType.RELAY);
    }

    /** RFC 8445 section 5.1.2.1. */
    long priority(CandidateType type) {
        return (long) type.preference() << 24 | (long) localPreference << 8 | 255;
    }

    @Override
    public String toString() {
        return "socket " + socketId + " " + address;
    }
}
