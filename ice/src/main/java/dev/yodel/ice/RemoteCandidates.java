package dev.yodel.ice;

import dev.yodel.ice.mdns.MdnsCore;
import dev.yodel.io.AddressLiteral;
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

    /** Multicast gets lost: a name that nobody answered is asked for once more, after all others. */
    private static final int MAX_ATTEMPTS = 2;

    private record Lookup(Candidate candidate, int attempt) {}

    private final IceSession session;
    private final Map<InetSocketAddress, RemoteCandidate> byAddress = new HashMap<>();
    private final Map<InetSocketAddress, RemoteCandidate> byTcpAddress = new HashMap<>();
    private final List<RemoteCandidate> all = new ArrayList<>();
    private final Map<Integer, Lookup> lookups = new HashMap<>();
    private final ArrayDeque<Lookup> waitingForLookup = new ArrayDeque<>();
    /** Loopback addresses that came before a loopback candidate of ours was there. */
    private final List<RemoteCandidate> postponed = new ArrayList<>();

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

    boolean knows(InetSocketAddress address, TransportProtocol protocol) {
        return of(protocol).containsKey(address);
    }

    private Map<InetSocketAddress, RemoteCandidate> of(TransportProtocol protocol) {
        return protocol == TransportProtocol.UDP ? byAddress : byTcpAddress;
    }

    private boolean isUsable(Candidate candidate) {
        TcpType ours = PeerStreams.counterpart(candidate.tcpType());
        boolean reachable = candidate.protocol() == TransportProtocol.UDP
                || (ours != null && session.options().tcpTypes().contains(ours));
        return candidate.component() == 1 && reachable;
    }

    /** A candidate from signaling. Returns it if it is usable at once. */
    @Nullable
    RemoteCandidate add(Candidate candidate) {
        IceCounters counters = session.counters();
        if (!isUsable(candidate) || signaled + named >= MAX_CANDIDATES) {
            counters.ignoredRemoteCandidates++;
            return null;
        }
        InetSocketAddress address = candidate.socketAddress();
        if (address != null) {
            return admit(candidate, address);
        }
        if (candidate.isMdns()
                ? !MdnsCore.isIceName(candidate.address())
                : !session.options().resolveHostNames()) {
            counters.ignoredRemoteCandidates++;
            return null;
        }
        named++;
        waitingForLookup.add(new Lookup(candidate, 1));
        startLookups();
        return null;
    }

    /** What was refused only because we had no loopback candidate, now that we have one. */
    List<RemoteCandidate> readmit() {
        List<RemoteCandidate> admitted = new ArrayList<>();
        if (!postponed.isEmpty() && session.hasLoopbackBase()) {
            for (RemoteCandidate each : postponed) {
                RemoteCandidate candidate = admit(each.candidate, each.address);
                if (candidate != null) {
                    admitted.add(candidate);
                }
            }
            postponed.clear();
        }
        return admitted;
    }

    private @Nullable RemoteCandidate admit(Candidate candidate, InetSocketAddress address) {
        IceCounters counters = session.counters();
        AddressPolicy policy = session.options().addressPolicy();
        boolean loopback = session.hasLoopbackBase();
        if (!policy.allows(address, loopback)) {
            counters.refusedAddresses++;
            if (!loopback && policy.allows(address, true) && postponed.size() < MAX_CANDIDATES) {
                postponed.add(new RemoteCandidate(address, candidate));
            }
            return null;
        }
        RemoteCandidate known = of(candidate.protocol()).get(address);
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
    RemoteCandidate discovered(Base base, InetSocketAddress address, long priority) {
        RemoteCandidate known = of(base.protocol()).get(address);
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
                base.protocol(),
                priority,
                AddressLiteral.text(address.getAddress()),
                address.getPort(),
                CandidateType.PRFLX,
                null,
                0,
                tcpTypeOf(base.stream),
                null,
                List.of());
        return put(new RemoteCandidate(address, candidate));
    }

    private static @Nullable TcpType tcpTypeOf(@Nullable PeerStream stream) {
        if (stream == null) {
            return null;
        }
        return switch (stream.type) {
            case ACTIVE -> TcpType.PASSIVE;
            case PASSIVE -> TcpType.ACTIVE;
            case SO -> TcpType.SO;
        };
    }

    private RemoteCandidate put(RemoteCandidate remote) {
        of(remote.candidate.protocol()).put(remote.address, remote);
        all.add(remote);
        return remote;
    }

    private void startLookups() {
        while (lookups.size() < MAX_LOOKUPS && !waitingForLookup.isEmpty()) {
            Lookup lookup = waitingForLookup.removeFirst();
            lookups.put(session.resolve(lookup.candidate.address()), lookup);
        }
    }

    boolean isLookup(int lookupId) {
        return lookups.containsKey(lookupId);
    }

    /** The answer to a look-up. Returns the candidate if it is usable. */
    @Nullable
    RemoteCandidate resolved(int lookupId, List<InetAddress> addresses) {
        Lookup lookup = lookups.remove(lookupId);
        RemoteCandidate result = null;
        if (lookup != null && addresses.isEmpty() && lookup.attempt < MAX_ATTEMPTS) {
            waitingForLookup.add(new Lookup(lookup.candidate, lookup.attempt + 1));
        } else if (lookup != null) {
            named--;
            Candidate candidate = lookup.candidate;
            // The mDNS draft, section 3.2.1: a name with more than one address is ignored.
            if (addresses.isEmpty() || (candidate.isMdns() && addresses.size() != 1)) {
                session.counters().ignoredRemoteCandidates++;
            } else {
                result = admit(candidate, new InetSocketAddress(addresses.get(0), candidate.port()));
            }
        }
        startLookups();
        return result;
    }
}
