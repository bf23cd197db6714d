package dev.yodel.ice;

import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which local candidates do we have (RFC 8445 section 5.1)? It opens one socket per usable address. */
final class Gatherer implements StunGatherer.Owner, RelayGatherer.Owner {
    /** Told about relayed bases, which come and go by themselves. */
    interface Owner {
        void relayOpened(Base base, long now);

        void relayLost(Base base, long now);
    }

    private final IceOptions options;
    private final Outbox out;
    private final StunGatherer stun;
    private final RelayGatherer relays;
    private final Owner owner;
    private final List<Base> bases = new ArrayList<>();
    private final Set<Integer> opening = new HashSet<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Candidate> peerReflexive = new ArrayList<>();
    private final Map<Candidate, String> urls = new HashMap<>();
    private final Map<String, String> foundations = new HashMap<>();
    private GatheringState state = GatheringState.NEW;
    private int lastSocketId;

    Gatherer(IceOptions options, Outbox out, RandomSource random, Owner owner) {
        this.options = options;
        this.out = out;
        this.owner = owner;
        stun = new StunGatherer(options, out, random, this);
        relays = new RelayGatherer(options, out, random, this);
    }

    List<Base> bases() {
        return bases;
    }

    List<Candidate> candidates() {
        return candidates;
    }

    GatheringState state() {
        return state;
    }

    void gather(List<NetworkAddress> addresses, long now) {
        setState(GatheringState.GATHERING);
        stun.begin(now);
        List<NetworkAddress> usable = options.usable(addresses);
        int rank = 0;
        for (NetworkAddress address : options.relayOnly() ? List.<NetworkAddress>of() : usable) {
            open(address.address(), localPreference(address, rank++));
        }
        relays.begin(options.usableForServers(addresses));
        completeIfDone();
    }

    private Base open(InetAddress local, int preference) {
        Base base = new Base(++lastSocketId, new InetSocketAddress(local, 0), preference);
        bases.add(base);
        opening.add(base.socketId);
        out.tell(new IceEvent.OpenUdp(base.socketId, base.address));
        return base;
    }

    @Override
    public Base openRelay(InetAddress local, TurnServer server) {
        return open(local, 65535 - options.turnServers().indexOf(server));
    }

    @Override
    public void allocated(Base base, TurnServer server, InetSocketAddress relayed, InetSocketAddress mapped, long now) {
        base.address = relayed;
        // RFC 8828 section 5.2, mode 4: who asks for relays only wants to hide where it is.
        InetSocketAddress related = options.relayOnly() ? nowhere(mapped) : mapped;
        Candidate candidate = candidate(base, CandidateType.RELAY, relayed, related, server.url());
        base.candidate = candidate;
        urls.put(candidate, server.url());
        tell(candidate);
        owner.relayOpened(base, now);
    }

    @Override
    public void relayFailed(@Nullable Base base, TurnServer server, int code, String text, long now) {
        if (base == null) {
            out.tell(new IceEvent.CandidateError(null, server.url(), code, text));
            return;
        }
        boolean stood = base.isOpen();
        if (!stood) {
            out.tell(new IceEvent.CandidateError(shown(base), server.url(), code, text));
        }
        bases.remove(base);
        out.tell(new IceEvent.Close(base.socketId));
        if (stood) {
            owner.relayLost(base, now);
        }
    }

    /** For people: what TURN gave. */
    String turnSummary() {
        int servers = options.turnServers().size();
        if (servers == 0) {
            return "no TURN configured";
        }
        int relayed = 0;
        for (Candidate candidate : candidates) {
            relayed += candidate.type() == CandidateType.RELAY ? 1 : 0;
        }
        return servers + " TURN servers gave " + relayed + " addresses";
    }

    RelayGatherer relays() {
        return relays;
    }

    boolean isOpening(Base base) {
        return opening.contains(base.socketId);
    }

    /** RFC 8421 section 4: IPv6 before IPv4 of equal rank; tunnels after plain interfaces. */
    private static int localPreference(NetworkAddress address, int rank) {
        int preference = 65535 - 4 * Math.min(rank, 4000);
        if (address.address().getAddress().length == 4) {
            preference -= 2;
        }
        return address.pointToPoint() ? preference - 32768 : preference;
    }

    @Nullable
    Base base(int socketId) {
        // By index: media takes this way, and an iterator would be garbage.
        for (int i = 0; i < bases.size(); i++) {
            if (bases.get(i).socketId == socketId) {
                return bases.get(i);
            }
        }
        return null;
    }

    /** The socket is bound: its host candidate is there. */
    void opened(Base base, InetSocketAddress local, long now) {
        opening.remove(base.socketId);
        base.address = local;
        if (base.relay != null) {
            relays.opened(base, now);
            return;
        }
        Candidate host = candidate(base, CandidateType.HOST, local, null, "");
        base.candidate = host;
        tell(host);
        stun.baseOpened(base, now);
    }

    boolean handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        boolean ours = stun.handleResolved(lookupId, addresses, now) || relays.handleResolved(lookupId, addresses, now);
        completeIfDone();
        return ours;
    }

    boolean handleResponse(Base base, StunMessage response, InetSocketAddress from) {
        boolean ours = stun.handleResponse(base, response, from);
        completeIfDone();
        return ours;
    }

    void handleTimeout(long now) {
        stun.handleTimeout(now);
        relays.handleTimeout(now);
        completeIfDone();
    }

    long nextTimeout() {
        return Math.min(stun.nextTimeout(), relays.nextTimeout());
    }

    @Override
    public void mapped(Base base, StunServer server, InetSocketAddress mapped) {
        // RFC 8445 section 5.1.3: without a NAT it would be the host candidate again.
        if (mapped.equals(base.address) || isKnown(mapped)) {
            return;
        }
        Candidate candidate = candidate(base, CandidateType.SRFLX, mapped, base.address, server.url());
        urls.put(candidate, server.url());
        tell(candidate);
    }

    private boolean isKnown(InetSocketAddress address) {
        String text = AddressLiteral.text(address.getAddress());
        for (Candidate known : candidates) {
            if (isAt(known, text, address.getPort())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void serverFailed(Base base, StunServer server, int code, String text) {
        out.tell(new IceEvent.CandidateError(shown(base), server.url(), code, text));
    }

    /** W3C 4.8.3: an address that no candidate of ours has told is not told by an error either. */
    private @Nullable InetSocketAddress shown(Base base) {
        String text = AddressLiteral.text(base.address.getAddress());
        for (Candidate told : candidates) {
            if (told.type() == CandidateType.HOST && told.address().equals(text)) {
                return base.address;
            }
        }
        return null;
    }

    private static InetSocketAddress nowhere(InetSocketAddress like) {
        return new InetSocketAddress(
                AddressLiteral.parse(like.getAddress().getAddress().length == 4 ? "0.0.0.0" : "::"), 0);
    }

    List<IceStats.CandidateStats> stats() {
        List<IceStats.CandidateStats> stats = new ArrayList<>();
        for (Candidate candidate : candidates) {
            stats.add(new IceStats.CandidateStats(
                    IceStats.id("L", candidate), candidate, urls.getOrDefault(candidate, "")));
        }
        for (Candidate candidate : peerReflexive) {
            stats.add(new IceStats.CandidateStats(IceStats.id("L", candidate), candidate, ""));
        }
        return List.copyOf(stats);
    }

    void closed(Base base, String reason) {
        bases.remove(base);
        stun.baseClosed(base);
        relays.baseClosed(base);
        if (opening.remove(base.socketId)) {
            out.tell(new IceEvent.CandidateError(base.address, "", 701, reason));
        }
    }

    private void tell(Candidate candidate) {
        candidates.add(candidate);
        out.tell(new IceEvent.LocalCandidate(candidate));
    }

    void completeIfDone() {
        if (state == GatheringState.GATHERING && opening.isEmpty() && stun.isDone() && relays.isDone()) {
            setState(GatheringState.COMPLETE);
        }
    }

    private void setState(GatheringState next) {
        state = next;
        out.tell(new IceEvent.GatheringStateChanged(next));
    }

    /** The candidate under which the peer sees a base: host, server-reflexive or, new, peer-reflexive. */
    Candidate mapped(Base base, InetSocketAddress mapped) {
        Candidate own = base.candidate;
        if (own != null && mapped.equals(base.address)) {
            return own;
        }
        String address = AddressLiteral.text(mapped.getAddress());
        for (Candidate known : candidates) {
            if (isAt(known, address, mapped.getPort())) {
                return known;
            }
        }
        for (Candidate known : peerReflexive) {
            if (isAt(known, address, mapped.getPort())) {
                return known;
            }
        }
        Candidate found = candidate(base, CandidateType.PRFLX, mapped, base.address, "");
        if (peerReflexive.size() < RemoteCandidates.MAX_CANDIDATES) {
            peerReflexive.add(found);
        }
        return found;
    }

    private static boolean isAt(Candidate candidate, String address, int port) {
        return candidate.port() == port && candidate.address().equals(address);
    }

    private Candidate candidate(
            Base base,
            CandidateType type,
            InetSocketAddress address,
            @Nullable InetSocketAddress related,
            String server) {
        return new Candidate(
                foundation(type, base.address.getAddress(), server),
                1,
                TransportProtocol.UDP,
                base.priority(type),
                AddressLiteral.text(address.getAddress()),
                address.getPort(),
                type,
                related == null ? null : AddressLiteral.text(related.getAddress()),
                related == null ? 0 : related.getPort(),
                null,
                null,
                List.of());
    }

    /** RFC 8445 section 5.1.1.3: equal for equal type, base address, server and protocol. */
    private String foundation(CandidateType type, InetAddress base, String server) {
        String key = type + " " + AddressLiteral.text(base) + " " + server;
        return foundations.computeIfAbsent(key, unseen -> Integer.toString(foundations.size() + 1));
    }

    void close(long now) {
        relays.close(now);
        for (Base base : bases) {
            out.tell(new IceEvent.Close(base.socketId));
        }
        bases.clear();
        opening.clear();
        stun.clear();
    }
}
