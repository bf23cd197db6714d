package dev.yodel.ice.turn;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which peers a relay may talk to. A relay stands inside its operator's network, so by default ({@link #PUBLIC}) it
 * refuses whatever only that network or that machine can reach: loopback, private, link-local, shared, benchmarking,
 * multicast, broadcast, reserved and unspecified addresses, in every notation in which an IPv6 address can carry an IPv4
 * one. It knows no ports and no names. Immutable, any thread. RFC 8656 section 21.
 */
public final class PeerPolicy {
    /** What nothing can allow: these are no peers. */
    private static final List<AddressRange> NEVER =
            ranges("0.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8");

    /** Reachable from inside only (RFC 6890), or of no use to a peer. Documentation ranges lead nowhere and are left. */
    private static final List<AddressRange> INSIDE = ranges(
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "240.0.0.0/4",
            // Loopback, and the IPv4-compatible addresses that nobody has any more (RFC 4291 section 2.5.5.1).
            "::/96",
            // Where in this range the IPv4 address stands is each network's own business (RFC 8215).
            "64:ff9b:1::/48",
            "100::/64",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10");

    /** InetAddress turns every mapped address into IPv4, so the last 16 bits of this prefix are looked at by hand. */
    private static final AddressRange MAPPED = AddressRange.parse("::/80");

    private static final AddressRange TRANSLATED = AddressRange.parse("::ffff:0:0:0/96");
    private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");
    private static final AddressRange SIX_TO_FOUR = AddressRange.parse("2002::/16");
    private static final AddressRange TEREDO = AddressRange.parse("2001::/32");

    /** Refuses everything that is not a public unicast address. */
    public static final PeerPolicy PUBLIC = new PeerPolicy(List.of(), List.of());

    private final List<AddressRange> allowed;
    private final List<AddressRange> denied;

    private PeerPolicy(List<AddressRange> allowed, List<AddressRange> denied) {
        this.allowed = allowed;
        this.denied = denied;
    }

    private static List<AddressRange> ranges(String... texts) {
        return List.of(texts).stream().map(AddressRange::parse).toList();
    }

    /**
     * The same, and these peers too. Unspecified, multicast and broadcast addresses stay refused.
     *
     * @param range addresses that are refused by default, such as a private network whose hosts are meant to be reached
     * @return another policy
     */
    public PeerPolicy allowing(AddressRange range) {
        List<AddressRange> more = new ArrayList<>(allowed);
        more.add(range);
        return new PeerPolicy(List.copyOf(more), denied);
    }

    /**
     * The same, without these peers. A range that is refused here cannot be allowed elsewhere.
     *
     * @param range addresses to refuse
     * @return another policy
     */
    public PeerPolicy denying(AddressRange range) {
        List<AddressRange> more = new ArrayList<>(denied);
        more.add(range);
        return new PeerPolicy(allowed, List.copyOf(more));
    }

    /**
     * The same, and loopback too: for tests, and for machines on which nothing else listens.
     *
     * @return another policy
     */
    public PeerPolicy allowingLoopback() {
        return allowing(AddressRange.parse("127.0.0.0/8")).allowing(AddressRange.parse("::1"));
    }

    /**
     * Whether a relay may send to a peer and hear it.
     *
     * @param peer address
     * @return true to allow
     */
    public boolean allows(InetAddress peer) {
        return allows(peer.getAddress());
    }

    /** The same for bytes, which unlike an InetAddress can be an IPv4-mapped IPv6 address. */
    boolean allows(byte[] peer) {
        if (!allowsLiterally(peer)) {
            return false;
        }
        // An address that leads to an IPv4 address is judged as that address too.
        byte[] inner = embedded(peer);
        if (inner != null && !allowsLiterally(inner)) {
            return false;
        }
        byte[] server = peer.length == 16 && TEREDO.contains(peer) ? part(peer, 4, 0) : null;
        return server == null || allowsLiterally(server);
    }

    private boolean allowsLiterally(byte[] peer) {
        if (isIn(NEVER, peer) || isIn(denied, peer)) {
            return false;
        }
        return isIn(allowed, peer) || !isIn(INSIDE, peer);
    }

    private static boolean isIn(List<AddressRange> ranges, byte[] peer) {
        for (AddressRange range : ranges) {
            if (range.contains(peer)) {
                return true;
            }
        }
        return false;
    }

    /** The IPv4 address that an IPv6 address stands for or is tunnelled to; null if there is none. */
    private static byte @Nullable [] embedded(byte[] peer) {
        if (peer.length != 16) {
            return null;
        }
        boolean isMapped = MAPPED.contains(peer) && peer[10] == -1 && peer[11] == -1;
        if (isMapped || NAT64.contains(peer) || TRANSLATED.contains(peer)) {
            return part(peer, 12, 0);
        }
        if (SIX_TO_FOUR.contains(peer)) {
            return part(peer, 2, 0);
        }
        if (TEREDO.contains(peer)) {
            // RFC 4380 section 4: the client's address, every bit inverted.
            return part(peer, 12, 0xFF);
        }
        // RFC 5214 section 6.1: ISATAP.
        boolean isatap = (peer[8] & ~2) == 0 && peer[9] == 0 && peer[10] == 0x5E && peer[11] == (byte) 0xFE;
        return isatap ? part(peer, 12, 0) : null;
    }

    private static byte[] part(byte[] peer, int at, int xor) {
        byte[] part = new byte[4];
        for (int i = 0; i < 4; i++) {
            part[i] = (byte) (peer[at + i] ^ xor);
        }
        return part;
    }

    /**
     * The policy in words.
     *
     * @return one line
     */
    public String describe() {
        return "public addresses" + (allowed.isEmpty() ? "" : ", and " + list(allowed))
                + (denied.isEmpty() ? "" : ", but not " + list(denied));
    }

    private static String list(List<AddressRange> ranges) {
        StringBuilder text = new StringBuilder();
        for (AddressRange range : ranges) {
            text.append(text.length() == 0 ? "" : ", ").append(range);
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "PeerPolicy[" + describe() + "]";
    }
}
