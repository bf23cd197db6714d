package dev.yodel.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where may the peer be? Candidates from signaling and from checks, capped, with names on their way to addresses (RFC
 * 8838, RFC 8839 section 5.1, draft-ietf-mmusic-mdns-ice-candidates section 3.2.1).
 */
final class RemoteCandidates {
    static final int MAX_CANDIDATES = 256;
    static final int MAX_LOOKUPS = 16;

    private final IceSession session;
    private final Map<InetSocketAddress, RemoteCandidate> byAddress = new HashMap<>();
    private final List<RemoteCandidate> all = new ArrayList<>();
    private final Map<Integer, Candidate> lookups = new HashMap<>();
    private final ArrayDeque<Candidate> waitingForLookup = new ArrayDeque<>();
    private int signaled;
    private int named;
    private boolean ended;

    RemoteCandidates(IceSession session) {
        this.session = session;
    }

    List<RemoteCandidate> all() {
        return all;
    }

    int signaledCount() {
        return signaled;
    }

    boolean isComplete() {
        return ended && lookups.isEmpty() && waitingForLookup.isEmpty();
    }

    void end() {
        ended = true;
    }

    boolean knows(InetSocketAddress address) {
        return byAddress.containsKey(address);
    }

    /** A candidate from signaling. Returns it if it is usable at once. */
    @Nullable
    RemoteCandidate add(Candidate candidate) {
        IceCounters counters = session.counters();
        boolean usable = candidate.component() == 1 && candidate.protocol() == TransportProtocol.UDP;
        if (!usable || signaled + named >= MAX_CANDIDATES) {
            counters.ignoredRemoteCandidates++;
            return null;
        }
        InetSocketAddress address = candidate.socketAddress();
        if (address != null) {
            return admit(candidate, address);
        }
        if (candidate.isMdns()
                ? !isMdnsName(candidate.address())
                : !session.options().resolveHostNames()) {
            counters.ignoredRemoteCandidates++;
            return null;
        }
        named++;
        waitingForLookup.add(candidate);
        startLookups();
        return null;
    }

    private @Nullable RemoteCandidate admit(Candidate candidate, InetSocketAddress address) {
        IceCounters counters = session.counters();
        if (!session.options().addressPolicy().allows(address, session.hasLoopbackBase())) {
            counters.refusedAddresses++;
            return null;
        }
        RemoteCandidate known = byAddress.get(address);
        if (known != null) {
            // RFC 8838 section 11: a peer-reflexive candidate takes over what signaling says of it.
            if (!known.isSignaled()) {
                known.candidate = candidate;
                signaled++;
                session.list().recomputePriorities(session.role());
            }
            return null;
        }
        signaled++;
        return put(new RemoteCandidate(address, candidate));
    }

    /** RFC 8445 section 7.3.1.3: the source of an authenticated check. Null if there are too many. */
    @Nullable
    RemoteCandidate discovered(InetSocketAddress address, long priority) {
        RemoteCandidate known = byAddress.get(address);
        if (known != null) {
            return known;
        }
        if (all.size() >= 2 * MAX_CANDIDATES) {
            return null;
        }
        String foundation = "prflx" + (all.size() + 1);
        Candidate candidate = new Candidate(
                foundation,
                1,
                TransportProtocol.UDP,
                priority,
                AddressLiteral.text(address.getAddress()),
                address.getPort(),
                CandidateType.PRFLX,
                null,
                0,
                null,
                null,
                List.of());
        return put(new RemoteCandidate(address, candidate));
    }

    private RemoteCandidate put(RemoteCandidate remote) {
        byAddress.put(remote.address, remote);
        all.add(remote);
        return remote;
    }

    private void startLookups() {
        while (lookups.size() < MAX_LOOKUPS && !waitingForLookup.isEmpty()) {
            Candidate candidate = waitingForLookup.removeFirst();
            int id = session.resolve(candidate.address());
            lookups.put(id, candidate);
        }
    }

    boolean isLookup(int lookupId) {
        return lookups.containsKey(lookupId);
    }

    /** The answer to a look-up. Returns the candidate if it is usable. */
    @Nullable
    RemoteCandidate resolved(int lookupId, List<InetAddress> addresses) {
        Candidate candidate = lookups.remove(lookupId);
        named--;
        RemoteCandidate result = null;
        // The mDNS draft, section 3.2.1: a name with more than one address is ignored.
        if (candidate == null || addresses.isEmpty() || (candidate.isMdns() && addresses.size() != 1)) {
            session.counters().ignoredRemoteCandidates++;
        } else {
            result = admit(candidate, new InetSocketAddress(addresses.get(0), candidate.port()));
        }
        startLookups();
        return result;
    }

    /** A single label in the form of a UUID, then {@code .local}. */
    static boolean isMdnsName(String name) {
        if (name.length() != 42) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = name.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
                return false;
            }
        }
        return true;
    }
}
