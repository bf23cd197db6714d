package dev.yodel.ice;

import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which local candidates do we have (RFC 8445 section 5.1)? It opens one socket per usable address. */
final class Gatherer implements StunGatherer.Owner, StunStreamGatherer.Owner, RelayGatherer.Owner {
    /** Told about bases, which come and go. */
    interface Owner {
        void baseOpened(Base base, long now);

        void baseLost(Base base, long now);
    }

    private final IceOptions options;
    private final Outbox out;
    private final StunGatherer stun;
    private final StunStreamGatherer stunStreams;
    private final RelayGatherer relays;
    private final Owner owner;
    private final List<Base> bases = new ArrayList<>();
    private final Map<Integer, Base> opening = new HashMap<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Candidate> peerReflexive = new ArrayList<>();
    private final Map<Candidate, String> urls = new HashMap<>();
    private final Map<String, String> foundations = new HashMap<>();
    private GatheringState state = GatheringState.NEW;

    Gatherer(IceOptions options, Outbox out, RandomSource random, Owner owner) {
        this.options = options;
        this.out = out;
        this.owner = owner;
        stun = new StunGatherer(options, out, random, this);
        stunStreams = new StunStreamGatherer(options, out, random, this);
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
        List<NetworkAddress> forServers = options.usableForServers(addresses);
        if (!options.relayOnly()) {
            stun.begin(now);
            int rank = 0;
            for (NetworkAddress address : options.usable(addresses)) {
                InetAddress local = address.address();
                int id = out.openUdp(local);
                opening.put(id, new Base(id, new InetSocketAddress(local, 0), localPreference(address, rank++), null));
            }
            stunStreams.begin(forServers, now);
        }
        relays.begin(forServers, now);
        completeIfDone();
    }

    @Override
    public void allocated(RelaySocket socket, long now) {
        InetSocketAddress mapped = socket.client.mapped();
        for (InetSocketAddress relayed : socket.client.relayed()) {
            Base base = new Base(out.newSocketId(), relayed, relayPreference(socket.server, relayed), socket);
            // RFC 8828 section 5.2, mode 4: who asks for relays only wants to hide where it is.
            InetSocketAddress related = options.relayOnly() ? nowhere(relayed) : mapped == null ? relayed : mapped;
            Candidate candidate = candidate(base, CandidateType.RELAY, relayed, related, socket.server.url());
            base.candidate = candidate;
            socket.add(base);
            bases.add(base);
            urls.put(candidate, socket.server.url());
            tell(candidate);
            owner.baseOpened(base, now);
        }
    }

    @Override
    public void lost(RelaySocket socket, long now) {
        for (Base base : socket.bases) {
            bases.remove(base);
            owner.baseLost(base, now);
        }
    }

    @Override
    public void relayFailed(TurnServer server, @Nullable InetSocketAddress local, int code, String text) {
        fail(local, server.url(), code, text);
    }

    @Override
    public void streamMapped(StunServer server, InetSocketAddress local, InetSocketAddress mapped) {
        // It tells how a NAT maps TCP, which no candidate of ours uses.
    }

    @Override
    public void streamFailed(StunServer server, @Nullable InetSocketAddress local, int code, String text) {
        fail(local, server.url(), code, text);
    }

    private void fail(@Nullable InetSocketAddress local, String url, int code, String text) {
        out.tell(new IceEvent.CandidateError(shown(local), url, code, text));
    }

    /** UDP before TCP before TLS, then in the order given; IPv6 before IPv4 (RFC 8421 section 4). */
    private int relayPreference(TurnServer server, InetSocketAddress relayed) {
        int detour =
                switch (server.transport()) {
                    case UDP -> 0;
                    case TCP -> 1;
                    case TLS -> 2;
                };
        int rank = Math.min(options.turnServers().indexOf(server), 1000);
        return 65535 - 16384 * detour - 2 * rank - (relayed.getAddress().getAddress().length == 4 ? 1 : 0);
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

    /** RFC 8421 section 4: IPv6 before IPv4 of equal rank; tunnels after plain interfaces. */
    private static int localPreference(NetworkAddress address, int rank) {
        int preference = 65535 - 4 * Math.min(rank, 4000);
        if (address.address().getAddress().length == 4) {
            preference -= 2;
        }
        return address.pointToPoint() ? preference - 32768 : preference;
    }

    @Nullable
    Base base(int id) {
        // By index: media takes this way, and an iterator would be garbage.
        for (int i = 0; i < bases.size(); i++) {
            if (bases.get(i).id == id) {
                return bases.get(i);
            }
        }
        return null;
    }

    /** A socket is bound: its host candidate is there, or its server can be asked. */
    void opened(int socketId, InetSocketAddress local, long now) {
        Base base = opening.remove(socketId);
        if (base == null) {
            if (!relays.opened(socketId, local, now) && !stunStreams.opened(socketId, local)) {
                out.close(socketId);
            }
            completeIfDone();
            return;
        }
        base.address = local;
        Candidate host = candidate(base, CandidateType.HOST, local, null, "");
        base.candidate = host;
        bases.add(base);
        tell(host);
        stun.baseOpened(base, now);
        owner.baseOpened(base, now);
        completeIfDone();
    }

    boolean handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        boolean ours = stun.handleResolved(lookupId, addresses, now)
                || stunStreams.handleResolved(lookupId, addresses)
                || relays.handleResolved(lookupId, addresses, now);
        completeIfDone();
        return ours;
    }

    boolean handleResponse(Base base, StunMessage response, InetSocketAddress from) {
        boolean ours = stun.handleResponse(base, response, from);
        completeIfDone();
        return ours;
    }

    /** Bytes of a stream came; a relay's are cut and taken by {@link RelayGatherer#nextFrame}. */
    boolean handleStreamBytes(int socketId, byte[] data, int offset, int length) {
        RelaySocket socket = relays.socket(socketId);
        if (socket != null) {
            RelayGatherer.handleBytes(socket, data, offset, length);
            return true;
        }
        boolean ours = stunStreams.handleBytes(socketId, data, offset, length);
        completeIfDone();
        return ours;
    }

    void handleTimeout(long now) {
        stun.handleTimeout(now);
        stunStreams.handleTimeout(now);
        relays.handleTimeout(now);
        completeIfDone();
    }

    long nextTimeout() {
        return Math.min(stun.nextTimeout(), Math.min(stunStreams.nextTimeout(), relays.nextTimeout()));
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
    public void serverFailed(@Nullable Base base, StunServer server, int code, String text) {
        fail(base == null ? null : base.address, server.url(), code, text);
    }

    /** W3C 4.8.3: an address that no candidate of ours has told is not told by an error either. */
    private @Nullable InetSocketAddress shown(@Nullable InetSocketAddress local) {
        if (local == null) {
            return null;
        }
        String text = AddressLiteral.text(local.getAddress());
        for (Candidate told : candidates) {
            if (told.type() == CandidateType.HOST && told.address().equals(text)) {
                return local;
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

    /** A socket is closed by the system, or could not be opened. */
    void closed(int socketId, String reason, long now) {
        Base failed = opening.remove(socketId);
        Base base = base(socketId);
        if (failed != null) {
            fail(failed.address, "", 701, reason);
        } else if (base != null) {
            bases.remove(base);
            stun.baseClosed(base);
            owner.baseLost(base, now);
        } else if (!relays.closed(socketId, reason, now)) {
            stunStreams.closed(socketId, reason);
        }
        completeIfDone();
    }

    private void tell(Candidate candidate) {
        candidates.add(candidate);
        out.tell(new IceEvent.LocalCandidate(candidate));
    }

    void completeIfDone() {
        if (state == GatheringState.GATHERING && isDone()) {
            setState(GatheringState.COMPLETE);
        }
    }

    private boolean isDone() {
        return opening.isEmpty() && stun.isDone() && stunStreams.isDone() && relays.isDone();
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
        stunStreams.clear();
        stun.clear();
        opening.keySet().forEach(out::close);
        for (Base base : bases) {
            if (base.relay == null) {
                out.close(base.id);
            }
        }
        bases.clear();
        opening.clear();
    }
}
