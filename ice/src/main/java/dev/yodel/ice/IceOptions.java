package dev.yodel.ice;

import dev.yodel.io.AddressLiteral;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.Time;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What an {@link IceAgent} may be told. Immutable. */
public final class IceOptions {
    /** No servers, all interfaces but loopback, Ta of 20 ms. */
    public static final IceOptions DEFAULT = builder().build();

    private final List<StunServer> stunServers;
    private final List<TurnServer> turnServers;
    private final boolean relayOnly;
    private final long taNanos;
    private final AddressPolicy addressPolicy;
    private final Predicate<NetworkAddress> addressFilter;
    private final boolean resolveHostNames;
    private final boolean lite;
    private final boolean receiveWithoutConsent;
    private final int lowestPort;
    private final int highestPort;
    private final @Nullable InetSocketAddress publicAddress;
    private final Set<TcpType> tcpTypes;
    private final @Nullable StreamProxy proxy;
    private final boolean renomination;
    private final boolean mdnsNames;
    private final Set<CandidateType> candidateTypes;

    private IceOptions(Builder builder) {
        stunServers = List.copyOf(builder.stunServers);
        turnServers = List.copyOf(builder.turnServers);
        relayOnly = builder.relayOnly;
        taNanos = builder.taNanos;
        addressPolicy = builder.addressPolicy;
        addressFilter = builder.addressFilter;
        resolveHostNames = builder.resolveHostNames;
        lite = builder.lite;
        receiveWithoutConsent = builder.receiveWithoutConsent;
        lowestPort = builder.lowestPort;
        highestPort = builder.highestPort;
        publicAddress = builder.publicAddress;
        tcpTypes = Set.copyOf(builder.tcpTypes);
        proxy = builder.proxy;
        renomination = builder.renomination;
        mdnsNames = builder.mdnsNames;
        candidateTypes = Set.copyOf(builder.candidateTypes);
    }

    /**
     * A new builder with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A new builder with the same values.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.stunServers = stunServers;
        builder.turnServers = turnServers;
        builder.relayOnly = relayOnly;
        builder.taNanos = taNanos;
        builder.addressPolicy = addressPolicy;
        builder.addressFilter = addressFilter;
        builder.resolveHostNames = resolveHostNames;
        builder.lite = lite;
        builder.receiveWithoutConsent = receiveWithoutConsent;
        builder.lowestPort = lowestPort;
        builder.highestPort = highestPort;
        builder.publicAddress = publicAddress;
        builder.tcpTypes = tcpTypes;
        builder.proxy = proxy;
        builder.renomination = renomination;
        builder.mdnsNames = mdnsNames;
        builder.candidateTypes = candidateTypes;
        return builder;
    }

    /**
     * The servers to ask for server-reflexive candidates.
     *
     * @return an immutable list
     */
    public List<StunServer> stunServers() {
        return stunServers;
    }

    /**
     * The servers to ask for relayed candidates.
     *
     * @return an immutable list
     */
    public List<TurnServer> turnServers() {
        return turnServers;
    }

    /**
     * Whether only relayed candidates are used (W3C iceTransportPolicy {@code relay}).
     *
     * @return false by default
     */
    public boolean relayOnly() {
        return relayOnly;
    }

    /**
     * Ta, the pace of checks (RFC 8445 section 14.2).
     *
     * @return nanoseconds, 5 ms or more
     */
    public long taNanos() {
        return taNanos;
    }

    /**
     * Which remote addresses may get checks.
     *
     * @return the policy
     */
    public AddressPolicy addressPolicy() {
        return addressPolicy;
    }

    /**
     * Whether host names other than {@code .local} in remote candidates are resolved.
     *
     * @return false by default: signaling would tell the system's resolver what to ask
     */
    public boolean resolveHostNames() {
        return resolveHostNames;
    }

    /**
     * Whether this is a lite agent (RFC 8445 section 2.5): it answers checks and makes none.
     *
     * @return false by default
     */
    public boolean lite() {
        return lite;
    }

    /**
     * Whether a peer that sends but answers no checks any more is still listened to.
     *
     * @return the option
     */
    public boolean receiveWithoutConsent() {
        return receiveWithoutConsent;
    }

    /**
     * The lowest port of host candidates.
     *
     * @return 0 if the system chooses
     */
    public int lowestPort() {
        return lowestPort;
    }

    /**
     * The highest port of host candidates.
     *
     * @return 0 if the system chooses
     */
    public int highestPort() {
        return highestPort;
    }

    /**
     * Where peers reach our first address of the same family: a NAT that maps one to one, a container's published port.
     *
     * @return port 0 for the port of the socket; null if there is none
     */
    public @Nullable InetSocketAddress publicAddress() {
        return publicAddress;
    }

    /**
     * Which ends of TCP connections to peers we are (RFC 6544).
     *
     * @return an immutable set; {@link TcpType#ACTIVE} alone by default
     */
    public Set<TcpType> tcpTypes() {
        return tcpTypes;
    }

    /**
     * The proxy that carries streams to TURN servers.
     *
     * @return null for none
     */
    public @Nullable StreamProxy proxy() {
        return proxy;
    }

    /**
     * Whether a controlling agent moves on to a better pair that it finds after its first nomination
     * (draft-thatcher-ice-renomination). A controlled one always follows the latest number.
     *
     * @return false by default
     */
    public boolean renomination() {
        return renomination;
    }

    /**
     * Whether host candidates are told under names of multicast DNS
     * (draft-ietf-mmusic-mdns-ice-candidates).
     *
     * @return false by default
     */
    public boolean mdnsNames() {
        return mdnsNames;
    }

    /**
     * Which kinds of candidates are told.
     *
     * @return an immutable set; host, server-reflexive and relayed by default
     */
    public Set<CandidateType> candidateTypes() {
        return candidateTypes;
    }

    /**
     * The addresses to gather from: those that pass the filter, without loopback unless there is nothing else, and
     * without link-local IPv6.
     */
    List<NetworkAddress> usable(List<NetworkAddress> all) {
        List<NetworkAddress> usable = new ArrayList<>();
        for (NetworkAddress candidate : all) {
            if (!candidate.loopback() && isGatherable(candidate.address()) && addressFilter.test(candidate)) {
                usable.add(candidate);
            }
        }
        if (usable.isEmpty()) {
            for (NetworkAddress candidate : all) {
                if (candidate.loopback() && addressFilter.test(candidate)) {
                    usable.add(candidate);
                }
            }
        }
        return usable;
    }

    /** Whether a base may carry anything: servers that are no longer configured and the policy may forbid it. */
    boolean uses(Base base) {
        RelaySocket relay = base.relay;
        return relay == null ? !relayOnly : turnServers.contains(relay.server);
    }

    /** The addresses to reach configured servers from: loopback too, for servers on this machine. */
    List<NetworkAddress> usableForServers(List<NetworkAddress> all) {
        List<NetworkAddress> usable = new ArrayList<>();
        for (NetworkAddress candidate : all) {
            if (isGatherable(candidate.address()) && addressFilter.test(candidate)) {
                usable.add(candidate);
            }
        }
        return usable;
    }

    private static boolean isGatherable(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && !(address instanceof Inet6Address && address.isLinkLocalAddress());
    }

    /** Builds options. Not for sharing between threads. */
    public static final class Builder {
        private List<StunServer> stunServers = List.of();
        private List<TurnServer> turnServers = List.of();
        private boolean relayOnly;
        private long taNanos = 20 * Time.MILLISECOND;
        private AddressPolicy addressPolicy = AddressPolicy.DEFAULT;
        private Predicate<NetworkAddress> addressFilter = address -> true;
        private boolean resolveHostNames;
        private boolean lite;
        private boolean receiveWithoutConsent;
        private int lowestPort;
        private int highestPort;
        private @Nullable InetSocketAddress publicAddress;
        private Set<TcpType> tcpTypes = Set.of(TcpType.ACTIVE);
        private @Nullable StreamProxy proxy;
        private boolean renomination;
        private boolean mdnsNames;
        private Set<CandidateType> candidateTypes =
                Set.of(CandidateType.HOST, CandidateType.SRFLX, CandidateType.RELAY);

        private Builder() {}

        /**
         * Sets the STUN servers.
         *
         * @param servers copied
         * @return this
         */
        public Builder stunServers(List<StunServer> servers) {
            stunServers = List.copyOf(servers);
            return this;
        }

        /**
         * Sets the TURN servers.
         *
         * @param servers copied
         * @return this
         */
        public Builder turnServers(List<TurnServer> servers) {
            turnServers = List.copyOf(servers);
            return this;
        }

        /**
         * Uses only relayed candidates.
         *
         * @param only true for nothing else
         * @return this
         */
        public Builder relayOnly(boolean only) {
            relayOnly = only;
            return this;
        }

        /**
         * Sets Ta.
         *
         * @param nanos 5 ms or more (RFC 8445 section 14.2)
         * @return this
         */
        public Builder taNanos(long nanos) {
            if (nanos < 5 * Time.MILLISECOND) {
                throw new IllegalArgumentException("Ta must be 5 ms or more, was " + nanos + " ns");
            }
            taNanos = nanos;
            return this;
        }

        /**
         * Sets the policy for remote addresses.
         *
         * @param policy policy
         * @return this
         */
        public Builder addressPolicy(AddressPolicy policy) {
            addressPolicy = policy;
            return this;
        }

        /**
         * Sets which local addresses are used.
         *
         * @param filter true to use
         * @return this
         */
        public Builder addressFilter(Predicate<NetworkAddress> filter) {
            addressFilter = filter;
            return this;
        }

        /**
         * Lets host names in remote candidates be resolved by the system.
         *
         * @param resolve true to resolve
         * @return this
         */
        public Builder resolveHostNames(boolean resolve) {
            resolveHostNames = resolve;
            return this;
        }

        /**
         * Makes a lite agent, for servers that every peer can reach: it has host candidates only, is always
         * controlled, answers checks and makes none.
         *
         * @param lite true for a lite agent
         * @return this
         */
        public Builder lite(boolean lite) {
            this.lite = lite;
            return this;
        }

        /**
         * Listens on to a peer that answers no checks any more but goes on sending, as FFmpeg's WHIP muxer does. When
         * all consent has expired (RFC 7675 section 5.1) nothing is sent any more but answers to the peer's own checks,
         * and only a restart changes that; but while its data or its checks come, the state is {@link
         * IceState#DISCONNECTED}, and {@link IceState#FAILED} ten seconds after the last of them. For those who receive.
         * Who can write the peer's address into datagrams can put off the failure: whether data is authentic is not
         * ICE's to know. Off unless set: a path that works in one direction is then told as failed.
         *
         * @param receive true to listen on
         * @return this
         */
        public Builder receiveWithoutConsent(boolean receive) {
            receiveWithoutConsent = receive;
            return this;
        }

        /**
         * Binds host candidates' sockets to ports of a range only.
         *
         * @param lowest 1 to 65535
         * @param highest {@code lowest} to 65535
         * @return this
         */
        public Builder portRange(int lowest, int highest) {
            if (lowest < 1 || highest > 65535 || lowest > highest) {
                throw new IllegalArgumentException(
                        "the ports must be 1 to 65535 and in order, were " + lowest + " to " + highest);
            }
            lowestPort = lowest;
            highestPort = highest;
            return this;
        }

        /**
         * Tells a candidate more: the public address that a NAT or a container maps to our first address of its family.
         *
         * @param address resolved; port 0 if the port is the socket's own; null for none
         * @return this
         */
        public Builder publicAddress(@Nullable InetSocketAddress address) {
            if (address != null
                    && (address.isUnresolved() || address.getAddress().isAnyLocalAddress())) {
                throw new IllegalArgumentException("the public address must be an IP address, was " + address);
            }
            publicAddress = address;
            return this;
        }

        /**
         * The same in words: a NAT that maps one to one, or the published port of a container ({@code docker run -p
         * 40000:5000/udp} is {@code publicAddress("203.0.113.5:40000")} with a socket on port 5000).
         *
         * @param text an IP address, with or without a port; {@code [v6]:port} for IPv6 with one
         * @return this
         * @throws IllegalArgumentException if it is none; names are not looked up
         */
        public Builder publicAddress(String text) {
            return publicAddress(parsePublicAddress(text));
        }

        private static InetSocketAddress parsePublicAddress(String text) {
            InetAddress whole = AddressLiteral.parse(text);
            int colon = text.lastIndexOf(':');
            String host = whole != null || colon < 0 ? text : text.substring(0, colon);
            String port = whole != null || colon < 0 ? "0" : text.substring(colon + 1);
            InetAddress address = AddressLiteral.parse(host);
            try {
                int number = Integer.parseInt(port);
                if (address != null && !address.isAnyLocalAddress() && number >= 0) {
                    return new InetSocketAddress(address, number);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "a public address is an IP address and perhaps a port, not " + text, e);
            }
            throw new IllegalArgumentException("a public address is an IP address and perhaps a port, not " + text);
        }

        /**
         * Sets which ends of TCP connections to peers we are (RFC 6544): active connects to where the peer listens, passive
         * listens on every address, and so does both from one port at the same time as a peer that does so too, which goes
         * through NATs that keep both out alone. With {@link TcpType#SO} the STUN servers are asked over TCP as well, from
         * those ports. No browser knows it.
         *
         * @param types copied; none for no TCP to peers
         * @return this
         */
        public Builder tcp(TcpType... types) {
            tcpTypes = Set.of(types);
            return this;
        }

        /**
         * Reaches TURN servers over TCP and TLS through a proxy, which also resolves their names. Datagrams, STUN
         * servers and peers are reached without it.
         *
         * @param through null for none
         * @return this
         */
        public Builder proxy(@Nullable StreamProxy through) {
            proxy = through;
            return this;
        }

        /**
         * The same in words.
         *
         * @param uri {@code http://[user:password@]host[:port]} or {@code socks5://…}
         * @return this
         * @throws IllegalArgumentException if it is neither
         */
        public Builder proxy(String uri) {
            return proxy(StreamProxy.parse(uri));
        }

        /**
         * Lets a controlling agent number its nominations, and move on to a better pair that it finds later
         * (draft-thatcher-ice-renomination, as libwebrtc has it).
         *
         * @param on true to do so
         * @return this
         */
        public Builder renomination(boolean on) {
            renomination = on;
            return this;
        }

        /**
         * Tells host candidates under fresh names of multicast DNS instead of their addresses, as browsers do, and no
         * related addresses. The owner publishes the names that {@link IceEvent.PublishName} gives it.
         *
         * @param on true to do so
         * @return this
         */
        public Builder mdnsNames(boolean on) {
            mdnsNames = on;
            return this;
        }

        /**
         * Tells only some kinds of candidates, and asks no server for the others. Checks still come from our sockets,
         * so a peer may find the rest as peer-reflexive ones; use {@link #relayOnly} to hide them.
         *
         * @param types of host, server-reflexive and relayed
         * @return this
         */
        public Builder candidateTypes(CandidateType... types) {
            candidateTypes = Set.of(types);
            return this;
        }

        /**
         * The options.
         *
         * @return immutable options
         */
        public IceOptions build() {
            return new IceOptions(this);
        }
    }
}
