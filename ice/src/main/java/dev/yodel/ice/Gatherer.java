package dev.yodel.ice;

import dev.yodel.ice.stun.StunMessage;
import dev.yodel.io.AddressLiteral;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which sockets and servers give us candidates (RFC 8445 section 5.1)? One socket per usable address; it goes on after
 * gathering is complete: addresses that come are used, and those that go are given up. A restart keeps what there is and
 * asks for the rest again.
 */
final class Gatherer implements StunGatherer.Owner, StunStreamGatherer.Owner, RelayGatherer.Owner, PeerStreams.Owner {
    /** Told about bases, which come and go. */
    interface Owner {
        void baseOpened(Base base, long now);

        void baseLost(Base base, long now);
    }

    /** Errors of a time in which nothing is told yet: one per server and address of ours, hardly more. */
    private static final int MOST_EARLY_ERRORS = 32;

    private record EarlyError(@Nullable InetSocketAddress local, String url, int code, String text) {}

    private static final long FIRST_REOPEN_NANOS = Time.SECOND;
    private static final long MOST_REOPEN_NANOS = 30 * Time.SECOND;

    private final Outbox out;
    private final StunGatherer stun;
    private final StunStreamGatherer stunStreams;
    private final RelayGatherer relays;
    private final PeerStreams streams;
    private final HostNames names;
    private final Owner owner;
    private final List<Base> bases = new ArrayList<>();
    private final Map<Integer, Base> opening = new LinkedHashMap<>();
    /** By socket: how many more ports of the range may be tried. */
    private final Map<Integer, Integer> triesLeft = new HashMap<>();

    private final RandomSource random;
    private final LocalCandidates candidates = new LocalCandidates();
    private IceOptions options;
    private List<NetworkAddress> addresses = List.of();
    private boolean onLoopback;
    private String ufrag = "";
    private GatheringState state = GatheringState.NEW;
    /** Candidates are being gathered that nobody is told of yet. */
    private boolean prepared;

    private final List<EarlyError> earlyErrors = new ArrayList<>();
    private long reopenAt = Time.NEVER;
    private long reopenDelay = FIRST_REOPEN_NANOS;

    Gatherer(IceOptions options, Outbox out, RandomSource random, Owner owner) {
        this.options = options;
        this.out = out;
        this.random = random;
        this.owner = owner;
        stun = new StunGatherer(options.taNanos(), out, random, this);
        stunStreams = new StunStreamGatherer(out, random, this);
        relays = new RelayGatherer(out, random, this);
        streams = new PeerStreams(out, random, this);
        names = new HostNames(out, random);
    }

    List<Base> bases() {
        return bases;
    }

    LocalCandidates candidates() {
        return candidates;
    }

    GatheringState state() {
        return state;
    }

    RelayGatherer relays() {
        return relays;
    }

    PeerStreams streams() {
        return streams;
    }

    /** Begins before anybody is to know (RFC 8829 section 3.5.4): sockets are opened and servers asked, nothing is told. */
    void prepare(IceOptions newOptions, List<NetworkAddress> present, long now) {
        if (state == GatheringState.NEW && !prepared) {
            prepared = true;
            options = newOptions;
            begin(present, true, now);
        }
    }

    /**
     * Begins, or begins again for another generation: what is there is told at once, and all servers are asked, unless that
     * was prepared.
     */
    void gather(IceOptions newOptions, String newUfrag, List<NetworkAddress> present, long now) {
        boolean asked = prepared && newOptions == options;
        boolean first = state == GatheringState.NEW && !prepared;
        prepared = false;
        options = newOptions;
        ufrag = newUfrag;
        setState(GatheringState.GATHERING);
        for (LocalCandidates.Entry entry : candidates.entries()) {
            if (options.uses(entry.base())) {
                tell(entry.candidate());
            }
        }
        for (EarlyError error : earlyErrors) {
            fail(error.local, error.url, error.code, error.text);
        }
        earlyErrors.clear();
        if (asked) {
            handleNetworkChange(present, now);
        } else {
            begin(present, first, now);
        }
    }

    private void begin(List<NetworkAddress> present, boolean first, long now) {
        if (first) {
            onLoopback = isLoopback(options.usable(present));
        }
        List<NetworkAddress> forServers = options.usableForServers(present);
        boolean reflexive = options.candidateTypes().contains(CandidateType.SRFLX);
        boolean relayed = options.candidateTypes().contains(CandidateType.RELAY);
        List<StunServer> stunServers =
                options.relayOnly() || options.lite() || !reflexive ? List.of() : options.stunServers();
        stun.begin(stunServers, now);
        streams.begin(options);
        follow(present);
        followStreams(present, now);
        stunStreams.begin(stunServers, forServers, options.tcpTypes().contains(TcpType.SO), now);
        if (!options.lite() && relayed) {
            relays.begin(options, forServers, now);
        }
        completeIfDone();
    }

    private static boolean isLoopback(List<NetworkAddress> usable) {
        return !usable.isEmpty() && usable.get(0).loopback();
    }

    /** The interfaces have changed. */
    void handleNetworkChange(List<NetworkAddress> present, long now) {
        if (state == GatheringState.NEW && !prepared) {
            return;
        }
        dropGone(present, now);
        streams.dropGone(present, now);
        follow(present);
        followStreams(present, now);
        relays.handleNetworkChange(options.usableForServers(present), now);
        completeIfDone();
    }

    private void dropGone(List<NetworkAddress> present, long now) {
        for (Base base : List.copyOf(bases)) {
            if (base.relay == null && base.stream == null && !isThere(base.address.getAddress(), present)) {
                out.close(base.id);
                lose(base, now);
            }
        }
    }

    static boolean isThere(InetAddress address, List<NetworkAddress> present) {
        for (NetworkAddress each : present) {
            if (each.address().equals(address)) {
                return true;
            }
        }
        return false;
    }

    /** Opens a socket on every usable address that has none. */
    private void follow(List<NetworkAddress> present) {
        addresses = List.copyOf(present);
        if (options.relayOnly()) {
            return;
        }
        List<NetworkAddress> usable = options.usable(present);
        for (int rank = 0; rank < usable.size(); rank++) {
            NetworkAddress address = usable.get(rank);
            // A machine that loses its last interface has no use for loopback.
            if (!hasSocket(address.address()) && address.loopback() == onLoopback) {
                InetSocketAddress local = new InetSocketAddress(address.address(), firstPort());
                int id = out.newSocketId();
                opening.put(id, new Base(id, local, LocalPreference.of(address, rank), null));
                triesLeft.put(id, options.highestPort() - options.lowestPort());
                out.openHost(id, local);
            }
        }
    }

    /** Anywhere in the range, so that connections do not all try the same ports. */
    private int firstPort() {
        int ports = options.highestPort() - options.lowestPort() + 1;
        return options.lowestPort() == 0 ? 0 : options.lowestPort() + (random.nextInt() >>> 1) % ports;
    }

    /** The port may be taken: the next of the range is tried; false if there is none. */
    private boolean tryNextPort(Base failed) {
        Integer left = triesLeft.remove(failed.id);
        if (options.lowestPort() == 0 || left == null || left == 0) {
            return false;
        }
        int port = failed.address.getPort() + 1;
        failed.address = new InetSocketAddress(
                failed.address.getAddress(), port > options.highestPort() ? options.lowestPort() : port);
        opening.put(failed.id, failed);
        triesLeft.put(failed.id, left - 1);
        out.openHost(failed.id, failed.address);
        return true;
    }

    private boolean hasSocket(InetAddress local) {
        for (Base base : bases) {
            if (base.relay == null
                    && base.stream == null
                    && base.address.getAddress().equals(local)) {
                return true;
            }
        }
        for (Base base : opening.values()) {
            if (base.address.getAddress().equals(local)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void allocated(RelaySocket socket, long now) {
        InetSocketAddress mapped = socket.client.mapped();
        for (InetSocketAddress relayed : socket.client.relayed()) {
            Base base = new Base(
                    out.newSocketId(), relayed, LocalPreference.ofRelay(options, socket.server, relayed), socket);
            // RFC 8828 section 5.2, mode 4: who asks for relays only wants to hide where it is.
            InetSocketAddress related = options.relayOnly() ? nowhere(relayed) : mapped == null ? relayed : mapped;
            Candidate candidate = candidates.add(base, CandidateType.RELAY, relayed, related, socket.server.url());
            base.candidate = candidate;
            socket.add(base);
            bases.add(base);
            tell(candidate);
            owner.baseOpened(base, now);
        }
    }

    @Override
    public void lost(RelaySocket socket, long now) {
        for (Base base : socket.bases) {
            bases.remove(base);
            candidates.remove(base);
            owner.baseLost(base, now);
        }
    }

    @Override
    public void relayFailed(TurnServer server, @Nullable InetSocketAddress local, int code, String text) {
        fail(local, server.url(), code, text);
    }

    /** RFC 6544 section 5.2: only candidates of a simultaneous open can use what a NAT maps for TCP. */
    @Override
    public void streamMapped(StunServer server, InetSocketAddress local, InetSocketAddress mapped) {
        PeerStreams.Listener listener = streams.simultaneous(local);
        if (listener != null && !mapped.equals(local) && !candidates.hasStreamAt(mapped)) {
            tell(candidates.add(listener.base, CandidateType.SRFLX, mapped, local, server.url()));
        }
    }

    @Override
    public void streamFailed(StunServer server, @Nullable InetSocketAddress local, int code, String text) {
        fail(local, server.url(), code, text);
    }

    @Override
    public void serverFailed(@Nullable Base base, StunServer server, int code, String text) {
        fail(base == null ? null : base.address, server.url(), code, text);
    }

    /** W3C 4.8.3: an address that no candidate of ours has told is not told by an error either. */
    private void fail(@Nullable InetSocketAddress local, String url, int code, String text) {
        if (state == GatheringState.GATHERING) {
            boolean told = local != null && candidates.tells(local.getAddress());
            out.tell(new IceEvent.CandidateError(told ? local : null, url, code, text));
        } else if (prepared && earlyErrors.size() < MOST_EARLY_ERRORS) {
            earlyErrors.add(new EarlyError(local, url, code, text));
        }
    }

    private static InetSocketAddress nowhere(InetSocketAddress like) {
        return new InetSocketAddress(
                AddressLiteral.parse(like.getAddress().getAddress().length == 4 ? "0.0.0.0" : "::"), 0);
    }

    /** For people: what TURN gave. */
    String turnSummary() {
        int servers = options.turnServers().size();
        return servers == 0
                ? "no TURN configured"
                : servers + " TURN servers gave " + candidates.count(CandidateType.RELAY) + " addresses";
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
            if (!relays.opened(socketId, local, now)
                    && !stunStreams.opened(socketId, local)
                    && !streams.opened(socketId, local, now)) {
                out.close(socketId);
            }
            completeIfDone();
            return;
        }
        reopenDelay = FIRST_REOPEN_NANOS;
        triesLeft.remove(socketId);
        base.address = local;
        Candidate host = candidates.add(base, CandidateType.HOST, local, null, "");
        base.candidate = host;
        bases.add(base);
        tell(host);
        tellPublicAddress(base);
        stun.baseOpened(base, now);
        owner.baseOpened(base, now);
        completeIfDone();
    }

    /** What the owner knows of its NAT needs no server: a reflexive candidate of the first socket that it may be of. */
    private void tellPublicAddress(Base base) {
        InetSocketAddress mapped = options.publicAddress();
        if (mapped == null
                || base.address.getAddress().getAddress().length
                        != mapped.getAddress().getAddress().length
                || candidates.hasGivenAt(mapped.getAddress())) {
            return;
        }
        int port = mapped.getPort() == 0 ? base.address.getPort() : mapped.getPort();
        InetSocketAddress reached = new InetSocketAddress(mapped.getAddress(), port);
        if (options.lite()) {
            // RFC 8445 section 5.2: a lite agent has host candidates only.
            tell(candidates.add(base, CandidateType.HOST, reached, null, ""));
        } else {
            mapped(base, "", reached);
        }
    }

    /** A socket is closed by the system, or could not be opened; it is tried again later. */
    void closed(int socketId, String reason, long now) {
        Base failed = opening.remove(socketId);
        Base base = base(socketId);
        if (failed != null) {
            if (!tryNextPort(failed)) {
                fail(failed.address, "", 701, reason);
                reopenLater(now);
            }
        } else if (base != null && base.stream == null) {
            lose(base, now);
            reopenLater(now);
        } else if (!streams.closed(socketId, reason, now) && !relays.closed(socketId, reason, now)) {
            stunStreams.closed(socketId, reason);
        }
        completeIfDone();
    }

    private void followStreams(List<NetworkAddress> present, long now) {
        List<NetworkAddress> usable = new ArrayList<>();
        for (NetworkAddress address : options.usable(present)) {
            if (address.loopback() == onLoopback) {
                usable.add(address);
            }
        }
        streams.follow(options.relayOnly() ? List.of() : usable, now);
        if (options.relayOnly()) {
            streams.stopListening();
        }
    }

    @Override
    public void listening(PeerStreams.Listener listener, long now) {
        Base base = listener.base;
        tell(candidates.add(base, CandidateType.HOST, base.address, null, ""));
        InetSocketAddress mapped = options.publicAddress();
        boolean simultaneous = listener.type == TcpType.SO;
        // A port that was named is that of the passive candidate.
        if (mapped != null
                && (mapped.getPort() == 0 || !simultaneous)
                && mapped.getAddress().getAddress().length
                        == base.address.getAddress().getAddress().length) {
            int port = mapped.getPort() == 0 ? base.address.getPort() : mapped.getPort();
            InetSocketAddress reached = new InetSocketAddress(mapped.getAddress(), port);
            CandidateType type = options.lite() ? CandidateType.HOST : CandidateType.SRFLX;
            tell(candidates.add(base, type, reached, options.lite() ? null : base.address, ""));
        }
        if (simultaneous) {
            stunStreams.portOpened(base.address, now);
        }
    }

    @Override
    public void listenerLost(PeerStreams.Listener listener) {
        candidates.remove(listener.base);
        stunStreams.portLost(listener.address());
    }

    @Override
    public void streamOpened(Base base, long now) {
        PeerStream stream = base.stream;
        if (stream != null) {
            base.candidate = candidates.ofStream(base, stream.type);
            bases.add(base);
            owner.baseOpened(base, now);
        }
    }

    @Override
    public void streamLost(Base base, long now) {
        bases.remove(base);
        owner.baseLost(base, now);
    }

    @Override
    public void listenFailed(InetSocketAddress local, String reason) {
        fail(local, "", 701, reason);
    }

    private void lose(Base base, long now) {
        bases.remove(base);
        candidates.remove(base);
        stun.baseClosed(base);
        if (!hasSocket(base.address.getAddress())) {
            names.forget(base.address.getAddress());
        }
        owner.baseLost(base, now);
    }

    private void reopenLater(long now) {
        if (reopenAt == Time.NEVER) {
            reopenAt = now + reopenDelay;
            reopenDelay = Math.min(2 * reopenDelay, MOST_REOPEN_NANOS);
        }
    }

    boolean handleResolved(int lookupId, List<InetAddress> resolved, long now) {
        boolean ours = stun.handleResolved(lookupId, resolved, now)
                || stunStreams.handleResolved(lookupId, resolved)
                || relays.handleResolved(lookupId, resolved, now);
        completeIfDone();
        return ours;
    }

    /** Whether mappings of NATs are still needed. */
    void keepAlive(boolean needed, long now) {
        stun.keepAlive(needed, now);
    }

    boolean handleResponse(Base base, StunMessage response, InetSocketAddress from, long now) {
        boolean ours = stun.handleResponse(base, response, from, now);
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
        boolean ours = streams.handleBytes(socketId, data, offset, length)
                || stunStreams.handleBytes(socketId, data, offset, length);
        completeIfDone();
        return ours;
    }

    void handleTimeout(long now) {
        if (reopenAt <= now) {
            reopenAt = Time.NEVER;
            follow(addresses);
        }
        stun.handleTimeout(now);
        stunStreams.handleTimeout(now);
        relays.handleTimeout(now);
        streams.handleTimeout(now);
        completeIfDone();
    }

    long nextTimeout() {
        long servers = Math.min(stun.nextTimeout(), Math.min(stunStreams.nextTimeout(), relays.nextTimeout()));
        return Math.min(Math.min(servers, reopenAt), streams.nextTimeout());
    }

    @Override
    public void mapped(Base base, StunServer server, InetSocketAddress mapped) {
        mapped(base, server.url(), mapped);
    }

    private void mapped(Base base, String url, InetSocketAddress mapped) {
        // RFC 8445 section 5.1.3: without a NAT it would be the host candidate again.
        if (!mapped.equals(base.address) && !candidates.has(mapped)) {
            tell(candidates.add(base, CandidateType.SRFLX, mapped, base.address, url));
        }
    }

    private void tell(Candidate candidate) {
        if (!prepared && options.candidateTypes().contains(candidate.type())) {
            Candidate told = options.mdnsNames() ? names.hidden(candidate) : candidate;
            out.tell(new IceEvent.LocalCandidate(told.withUfrag(ufrag)));
        }
    }

    void completeIfDone() {
        if (state == GatheringState.GATHERING && isDone()) {
            setState(GatheringState.COMPLETE);
        }
    }

    private boolean isDone() {
        return opening.isEmpty() && stun.isDone() && stunStreams.isDone() && relays.isDone() && streams.isDone();
    }

    private void setState(GatheringState next) {
        state = next;
        out.tell(new IceEvent.GatheringStateChanged(next, ufrag));
    }

    /** The generation before a restart is gone: what only it was allowed to use is given up. */
    void dropUnwanted(long now) {
        for (Base base : List.copyOf(bases)) {
            if (!options.uses(base)) {
                RelaySocket relay = base.relay;
                if (base.stream != null) {
                    streams.drop(base, now);
                } else if (relay == null) {
                    out.close(base.id);
                    lose(base, now);
                } else {
                    relays.drop(relay, now);
                    lost(relay, now);
                }
            }
        }
    }

    void close(long now) {
        relays.close(now);
        streams.close();
        names.clear();
        stunStreams.close();
        stun.clear();
        opening.keySet().forEach(out::close);
        for (Base base : bases) {
            if (base.relay == null && base.stream == null) {
                out.close(base.id);
            }
        }
        bases.clear();
        opening.clear();
        reopenAt = Time.NEVER;
    }
}
