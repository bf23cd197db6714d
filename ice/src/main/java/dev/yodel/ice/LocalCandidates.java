package dev.yodel.ice;

import dev.yodel.io.AddressLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which candidates of ours are there, and under which of them does a peer see a base (RFC 8445 section 5.1)? */
final class LocalCandidates {
    /**
     * One candidate that the peer is, or was, told of.
     *
     * @param candidate without a user fragment
     * @param base what it belongs to
     * @param url of the server that gave it, empty for none
     */
    record Entry(Candidate candidate, Base base, String url) {}

    private static final int ACTIVE_PORT = 9;

    private final List<Entry> entries = new ArrayList<>();
    private final List<Candidate> peerReflexive = new ArrayList<>();
    private final Map<String, String> foundations = new HashMap<>();

    List<Entry> entries() {
        return entries;
    }

    List<Candidate> all() {
        List<Candidate> all = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            all.add(entry.candidate);
        }
        return List.copyOf(all);
    }

    Candidate add(
            Base base, CandidateType type, InetSocketAddress address, @Nullable InetSocketAddress related, String url) {
        Candidate candidate = candidate(base, type, address, related, url);
        entries.add(new Entry(candidate, base, url));
        return candidate;
    }

    void remove(Base base) {
        entries.removeIf(entry -> entry.base == base);
    }

    boolean has(InetSocketAddress address) {
        return find(address, TransportProtocol.UDP) != null;
    }

    boolean hasStreamAt(InetSocketAddress address) {
        return find(address, TransportProtocol.TCP) != null;
    }

    private @Nullable Candidate find(InetSocketAddress address, TransportProtocol protocol) {
        String text = AddressLiteral.text(address.getAddress());
        for (Entry entry : entries) {
            if (isAt(entry.candidate, text, address.getPort(), protocol)) {
                return entry.candidate;
            }
        }
        return null;
    }

    /** Whether a host candidate has told an address. */
    boolean tells(InetAddress address) {
        String text = AddressLiteral.text(address);
        for (Entry entry : entries) {
            if (entry.candidate.type() == CandidateType.HOST
                    && entry.candidate.address().equals(text)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an address was told that is not a base's own and no server has given. */
    boolean hasGivenAt(InetAddress address) {
        String text = AddressLiteral.text(address);
        for (Entry entry : entries) {
            if (!entry.candidate.equals(entry.base.candidate)
                    && entry.url.isEmpty()
                    && entry.candidate.address().equals(text)) {
                return true;
            }
        }
        return false;
    }

    int count(CandidateType type) {
        int count = 0;
        for (Entry entry : entries) {
            count += entry.candidate.type() == type ? 1 : 0;
        }
        return count;
    }

    /** The candidate under which the peer sees a base: host, server-reflexive, relayed or, new, peer-reflexive. */
    Candidate seenAs(Base base, InetSocketAddress mapped) {
        Candidate own = base.candidate;
        if (own != null && mapped.equals(base.address)) {
            return own;
        }
        Candidate told = find(mapped, base.protocol());
        if (told != null) {
            return told;
        }
        String text = AddressLiteral.text(mapped.getAddress());
        for (Candidate known : peerReflexive) {
            if (isAt(known, text, mapped.getPort(), base.protocol())) {
                return known;
            }
        }
        Candidate found = candidate(base, CandidateType.PRFLX, mapped, base.address, "");
        if (peerReflexive.size() < RemoteCandidates.MAX_CANDIDATES) {
            peerReflexive.add(found);
        }
        return found;
    }

    private static boolean isAt(Candidate candidate, String address, int port, TransportProtocol protocol) {
        return candidate.port() == port && candidate.address().equals(address) && candidate.protocol() == protocol;
    }

    /** The candidate that a stream is checked as: the one that its listener has told, or an active one, untold. */
    Candidate ofStream(Base base, TcpType type) {
        Candidate told = type == TcpType.ACTIVE ? null : find(base.address, TransportProtocol.TCP);
        // RFC 6544 section 4.5: the port of an active candidate is 9.
        InetSocketAddress active = new InetSocketAddress(base.address.getAddress(), ACTIVE_PORT);
        return told == null ? candidate(base, CandidateType.HOST, active, null, "") : told;
    }

    private Candidate candidate(
            Base base,
            CandidateType type,
            InetSocketAddress address,
            @Nullable InetSocketAddress related,
            String server) {
        return new Candidate(
                foundation(type, base, server),
                1,
                base.protocol(),
                base.priority(type),
                AddressLiteral.text(address.getAddress()),
                address.getPort(),
                type,
                related == null ? null : AddressLiteral.text(related.getAddress()),
                related == null ? 0 : related.getPort(),
                base.stream == null ? null : base.stream.type,
                null,
                List.of());
    }

    /** RFC 8445 section 5.1.1.3: equal for equal type, base address, server and protocol. */
    private String foundation(CandidateType type, Base base, String server) {
        String key = type + " " + AddressLiteral.text(base.address.getAddress()) + " " + server;
        PeerStream stream = base.stream;
        if (stream != null) {
            key += " tcp " + stream.type;
        }
        return foundations.computeIfAbsent(key, unseen -> Integer.toString(foundations.size() + 1));
    }

    List<IceStats.CandidateStats> stats() {
        List<IceStats.CandidateStats> stats = new ArrayList<>();
        for (Entry entry : entries) {
            stats.add(new IceStats.CandidateStats(IceStats.id("L", entry.candidate), entry.candidate, entry.url));
        }
        for (Candidate candidate : peerReflexive) {
            stats.add(new IceStats.CandidateStats(IceStats.id("L", candidate), candidate, ""));
        }
        return List.copyOf(stats);
    }
}
