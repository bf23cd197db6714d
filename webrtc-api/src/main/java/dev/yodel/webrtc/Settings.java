package dev.yodel.webrtc;

import dev.yodel.ice.StreamProxy;
import dev.yodel.io.AddressLiteral;
import dev.yodel.io.NetworkAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** What W3C has no name for, per factory. Immutable. */
public final class Settings {
    /** One loop per core, a lane per connection and track, all interfaces, mDNS names resolved. */
    public static final Settings DEFAULT = builder().build();

    private final int loops;
    private final @Nullable Executor singleLane;
    private final boolean callbacksOnLoop;
    private final Predicate<NetworkAddress> addressFilter;
    private final boolean resolveMdns;
    private final int maxMessageBytes;
    private final boolean unlimitedMessages;
    private final long maxBufferedBytes;
    private final int maxRemoteChannels;
    private final boolean offerSctpInit;
    private final @Nullable SSLContext tlsContext;
    private final int lowestPort;
    private final int highestPort;
    private final @Nullable InetSocketAddress publicAddress;
    private final boolean iceLite;
    private final boolean receiveSimulcast;
    private final int muxPort;
    private final int muxCount;
    private final Set<IceTcpCandidateType> iceTcp;
    private final int tcpMuxPort;
    private final int tcpMuxCount;
    private final @Nullable String proxy;
    private final boolean renomination;
    private final boolean mdnsCandidates;
    private final Set<IceCandidateType> candidateTypes;

    private Settings(Builder builder) {
        loops = builder.loops;
        singleLane = builder.singleLane;
        callbacksOnLoop = builder.callbacksOnLoop;
        addressFilter = builder.addressFilter;
        resolveMdns = builder.resolveMdns;
        maxMessageBytes = builder.maxMessageBytes;
        unlimitedMessages = builder.unlimitedMessages;
        maxBufferedBytes = builder.maxBufferedBytes;
        maxRemoteChannels = builder.maxRemoteChannels;
        offerSctpInit = builder.offerSctpInit;
        tlsContext = builder.tlsContext;
        lowestPort = builder.lowestPort;
        highestPort = builder.highestPort;
        publicAddress = builder.publicAddress;
        iceLite = builder.iceLite;
        receiveSimulcast = builder.receiveSimulcast;
        muxPort = builder.muxPort;
        muxCount = builder.muxCount;
        iceTcp = Set.copyOf(builder.iceTcp);
        tcpMuxPort = builder.tcpMuxPort;
        tcpMuxCount = builder.tcpMuxCount;
        proxy = builder.proxy;
        renomination = builder.renomination;
        mdnsCandidates = builder.mdnsCandidates;
        candidateTypes = Set.copyOf(builder.candidateTypes);
    }

    /**
     * Begins with {@link #DEFAULT}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How many event loops the factory runs; not used with an environment of one's own.
     *
     * @return 1 and more; 0 for one per core
     */
    public int loops() {
        return loops;
    }

    /**
     * The executor of all callbacks.
     *
     * @return null for a lane per connection and track
     */
    public @Nullable Executor singleLane() {
        return singleLane;
    }

    /**
     * Whether callbacks run on the connection's loop.
     *
     * @return false unless asked for
     */
    public boolean callbacksOnLoop() {
        return callbacksOnLoop;
    }

    /**
     * Which addresses candidates may be gathered on.
     *
     * @return true for an address that may
     */
    public Predicate<NetworkAddress> addressFilter() {
        return addressFilter;
    }

    /**
     * Whether a peer's {@code .local} candidates are looked up by multicast DNS.
     *
     * @return true unless switched off
     */
    public boolean resolveMdns() {
        return resolveMdns;
    }

    /**
     * The largest data channel message that comes as a whole; peers are told that we take it, unless
     * {@link #unlimitedMessages}.
     *
     * @return bytes, 256 KiB unless set
     */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * Whether peers are told that we take messages of any size.
     *
     * @return false unless asked for
     */
    public boolean unlimitedMessages() {
        return unlimitedMessages;
    }

    /**
     * How much may wait to be sent on one data channel before {@code send} throws; every waiting message counts 64 bytes
     * beside its own.
     *
     * @return bytes, 16 MiB unless set
     */
    public long maxBufferedBytes() {
        return maxBufferedBytes;
    }

    /**
     * How many data channels a peer may have open at the same time; more are refused.
     *
     * @return a count, 1024 unless set
     */
    public int maxRemoteChannels() {
        return maxRemoteChannels;
    }

    /**
     * Whether offers tell our SCTP INIT.
     *
     * @return false unless asked for
     */
    public boolean offerSctpInit() {
        return offerSctpInit;
    }

    /**
     * Whom to trust as a {@code turns:} or {@code stuns:} server.
     *
     * @return null for the JDK's default
     */
    public @Nullable SSLContext tlsContext() {
        return tlsContext;
    }

    /**
     * The lowest UDP port of host candidates.
     *
     * @return 0 if the system chooses
     */
    public int lowestPort() {
        return lowestPort;
    }

    /**
     * The highest UDP port of host candidates.
     *
     * @return 0 if the system chooses
     */
    public int highestPort() {
        return highestPort;
    }

    /**
     * Where peers reach this machine: told as a candidate more.
     *
     * @return port 0 for the socket's own; null if not known
     */
    public @Nullable InetSocketAddress publicAddress() {
        return publicAddress;
    }

    /**
     * Whether connections are lite agents (RFC 8445 section 2.5).
     *
     * @return false unless asked for
     */
    public boolean iceLite() {
        return iceLite;
    }

    /**
     * Whether answers accept several simulcast layers of a peer (RFC 8853).
     *
     * @return false unless asked for
     */
    public boolean receiveSimulcast() {
        return receiveSimulcast;
    }

    /**
     * The first UDP port that connections share.
     *
     * @return 0 if each connection has its own
     */
    public int muxPort() {
        return muxPort;
    }

    /**
     * How many ports from {@link #muxPort()} on are shared, each on an event loop of its own.
     *
     * @return 0 if each connection has its own
     */
    public int muxCount() {
        return muxCount;
    }

    /**
     * Which ends of TCP connections to peers we are (RFC 6544).
     *
     * @return an immutable set; {@link IceTcpCandidateType#ACTIVE} alone by default
     */
    public Set<IceTcpCandidateType> iceTcp() {
        return iceTcp;
    }

    /**
     * The first TCP port that connections share.
     *
     * @return 0 if each has its own
     */
    public int tcpMuxPort() {
        return tcpMuxPort;
    }

    /**
     * How many TCP ports connections share, one per event loop.
     *
     * @return 0 if each has its own
     */
    public int tcpMuxCount() {
        return tcpMuxCount;
    }

    /**
     * The proxy that leads to TURN servers over TCP and TLS.
     *
     * @return its URI, with the password if there is one; null for none
     */
    public @Nullable String proxy() {
        return proxy;
    }

    /**
     * Whether we move on to a better pair that is found after the first nomination.
     *
     * @return false by default
     */
    public boolean renomination() {
        return renomination;
    }

    /**
     * Whether host candidates are told under names of multicast DNS.
     *
     * @return false by default
     */
    public boolean mdnsCandidates() {
        return mdnsCandidates;
    }

    /**
     * Which kinds of candidates are told.
     *
     * @return an immutable set; host, server-reflexive and relayed by default
     */
    public Set<IceCandidateType> candidateTypes() {
        return candidateTypes;
    }

    /** Builds settings. Not for sharing between threads. */
    public static final class Builder {
        private int loops;
        private @Nullable Executor singleLane;
        private boolean callbacksOnLoop;
        private Predicate<NetworkAddress> addressFilter = address -> true;
        private boolean resolveMdns = true;
        private int maxMessageBytes = 256 << 10;
        private boolean unlimitedMessages;
        private long maxBufferedBytes = 16 << 20;
        private int maxRemoteChannels = 1024;
        private boolean offerSctpInit;
        private @Nullable SSLContext tlsContext;
        private int lowestPort;
        private int highestPort;
        private @Nullable InetSocketAddress publicAddress;
        private boolean iceLite;
        private boolean receiveSimulcast;
        private int muxPort;
        private int muxCount;
        private Set<IceTcpCandidateType> iceTcp = Set.of(IceTcpCandidateType.ACTIVE);
        private int tcpMuxPort;
        private int tcpMuxCount;
        private @Nullable String proxy;
        private boolean renomination;
        private boolean mdnsCandidates;
        private Set<IceCandidateType> candidateTypes =
                Set.of(IceCandidateType.HOST, IceCandidateType.SRFLX, IceCandidateType.RELAY);

        private Builder() {}

        /**
         * Sets the number of event loops.
         *
         * @param count 1 and more; 0 for one per core
         * @return this
         */
        public Builder loops(int count) {
            if (count < 0) {
                throw new IllegalArgumentException("loops must be 0 or more, was " + count);
            }
            loops = count;
            return this;
        }

        /**
         * Runs all callbacks of all connections on one executor, as in a browser.
         *
         * @param executor runs what it is given one at a time and in order, for example a UI thread
         * @return this
         */
        public Builder singleLane(Executor executor) {
            singleLane = Objects.requireNonNull(executor, "executor");
            callbacksOnLoop = false;
            return this;
        }

        /**
         * Runs callbacks on the connection's loop: for relays. A callback that blocks stops every connection there.
         *
         * @return this
         */
        public Builder callbacksOnLoop() {
            callbacksOnLoop = true;
            singleLane = null;
            return this;
        }

        /**
         * Sets which addresses candidates may be gathered on.
         *
         * @param filter true for an address that may
         * @return this
         */
        public Builder addressFilter(Predicate<NetworkAddress> filter) {
            addressFilter = Objects.requireNonNull(filter, "filter");
            return this;
        }

        /**
         * Sets whether a peer's {@code .local} candidates are looked up.
         *
         * @param resolve false to ignore such candidates
         * @return this
         */
        public Builder resolveMdns(boolean resolve) {
            resolveMdns = resolve;
            return this;
        }

        /**
         * Sets the largest data channel message that peers are told we take. The receive buffer is twice as large at least.
         *
         * @param bytes 1 to 64 MiB
         * @return this
         */
        public Builder maxMessageBytes(int bytes) {
            if (bytes < 1 || bytes > 64 << 20) {
                throw new IllegalArgumentException("maxMessageBytes must be 1 to 64 MiB, was " + bytes);
            }
            maxMessageBytes = bytes;
            return this;
        }

        /**
         * Takes messages of any size, and tells peers so ({@code a=max-message-size:0}, RFC 8841 6.1). What is larger than
         * {@link #maxMessageBytes} needs {@link DataChannel#onMessageStream} or {@link DataChannel#asByteChannel()} and
         * breaks a channel without.
         *
         * @return this
         */
        public Builder unlimitedMessages() {
            unlimitedMessages = true;
            return this;
        }

        /**
         * Sets how much may wait to be sent on one data channel.
         *
         * @param bytes 64 KiB and more
         * @return this
         */
        public Builder maxBufferedBytes(long bytes) {
            if (bytes < 64 << 10) {
                throw new IllegalArgumentException("maxBufferedBytes must be 64 KiB at least, was " + bytes);
            }
            maxBufferedBytes = bytes;
            return this;
        }

        /**
         * Sets how many data channels a peer may have open at the same time.
         *
         * @param count 0 to 65535
         * @return this
         */
        public Builder maxRemoteChannels(int count) {
            if (count < 0 || count > 0xffff) {
                throw new IllegalArgumentException("maxRemoteChannels must be 0 to 65535, was " + count);
            }
            maxRemoteChannels = count;
            return this;
        }

        /**
         * Tells our SCTP INIT in offers ({@code a=sctp-init}, draft-hancke-tsvwg-snap-00): with a peer that answers with its
         * own, data channels open two round trips earlier. Off by default, because some peers send the line back without
         * knowing it. Answers to a peer that offers it always tell ours.
         *
         * @return this
         */
        public Builder offerSctpInit() {
            offerSctpInit = true;
            return this;
        }

        /**
         * Sets whom to trust as a {@code turns:} or {@code stuns:} server, and with which keys of ours. The certificate
         * must be for the host of the URL whatever the context says.
         *
         * @param context an initialized context
         * @return this
         */
        public Builder tlsContext(SSLContext context) {
            tlsContext = Objects.requireNonNull(context, "context");
            return this;
        }

        /**
         * Trusts the certificates of a store, and no others, as {@code turns:} and {@code stuns:} servers.
         *
         * @param store certificates of servers or of their authorities
         * @return this
         * @throws IllegalArgumentException if the store has no certificate or cannot be read
         */
        public Builder trustStore(KeyStore store) {
            try {
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(store);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust.getTrustManagers(), null);
                if (store.size() == 0) {
                    throw new IllegalArgumentException("the trust store is empty: no server could be trusted");
                }
                tlsContext = context;
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("the trust store cannot be used: " + e.getMessage(), e);
            }
            return this;
        }

        /**
         * Binds host candidates to UDP ports of a range only, as a firewall wants it. Not together with {@link #udpMux}.
         *
         * @param lowest 1 to 65535
         * @param highest {@code lowest} to 65535
         * @return this
         */
        public Builder portRange(int lowest, int highest) {
            if (lowest < 1 || highest > 65_535 || lowest > highest) {
                throw new IllegalArgumentException(
                        "the ports must be 1 to 65535 and in order, were " + lowest + " to " + highest);
            }
            lowestPort = lowest;
            highestPort = highest;
            return this;
        }

        /**
         * Tells peers where they reach this machine, beside its own addresses: a NAT that maps one to one, or the published
         * port of a container ({@code docker run -p 40000:5000/udp} is {@code publicAddress("203.0.113.5:40000")} with
         * {@code udpMux(5000, 1)}).
         *
         * @param address an IP address, with or without a port; {@code [v6]:port} for IPv6 with one
         * @return this
         * @throws IllegalArgumentException if it is none; names are not looked up
         */
        public Builder publicAddress(String address) {
            publicAddress = parsePublicAddress(address);
            return this;
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
         * Makes connections lite agents (RFC 8445 section 2.5): they have host candidates and {@link #publicAddress} only,
         * answer checks and make none. For servers that every peer can reach; the peer must be a full agent.
         *
         * @return this
         */
        public Builder iceLite() {
            iceLite = true;
            return this;
        }

        /**
         * Lets answers accept all simulcast layers that a peer offers to send (RFC 8853), for forwarding by
         * {@link RtpForwarder}. Browsers' own answers, and ours without this, accept one. A track's {@code onFrame} gives the
         * best layer; {@code onRtp} gives the packets of all.
         *
         * @return this
         */
        public Builder receiveSimulcast() {
            receiveSimulcast = true;
            return this;
        }

        /**
         * Lets all connections share few UDP ports: one per event loop, on every address of the machine. A connection is
         * told by its user fragment and its peer's address, so one peer address serves one connection at a time.
         *
         * @param port the first, 1 to 65535
         * @param count how many in a row, 1 and more; connections use as many event loops
         * @return this
         */
        public Builder udpMux(int port, int count) {
            if (port < 1 || count < 1 || port + count - 1 > 65_535) {
                throw new IllegalArgumentException(
                        "the ports must be 1 to 65535, were " + count + " from " + port + " on");
            }
            muxPort = port;
            muxCount = count;
            return this;
        }

        /**
         * Sets which ends of TCP connections to peers we are (RFC 6544), for networks that let no UDP through. An active end
         * connects to where the peer listens; a passive one listens, on a port of its own for each connection and address
         * unless {@link #tcpMux} gives one for all. UDP is preferred where it works.
         *
         * @param types without one there is no TCP to peers
         * @return this
         * @throws IllegalArgumentException for {@link IceTcpCandidateType#SO}, which is not supported
         */
        public Builder iceTcp(IceTcpCandidateType... types) {
            Set<IceTcpCandidateType> wanted = Set.of(types);
            if (wanted.contains(IceTcpCandidateType.SO)) {
                throw new IllegalArgumentException("simultaneous open is not supported: use ACTIVE and PASSIVE");
            }
            iceTcp = wanted;
            return this;
        }

        /**
         * Listens for peers' TCP connections (RFC 6544) on few ports for all connections: one per event loop, on every address
         * of the machine. It may be the port of {@link #udpMux}, with the same count.
         *
         * @param port the first, 1 to 65535
         * @param count how many in a row, 1 and more; connections use as many event loops
         * @return this
         */
        public Builder tcpMux(int port, int count) {
            if (port < 1 || count < 1 || port + count - 1 > 65_535) {
                throw new IllegalArgumentException(
                        "the ports must be 1 to 65535, were " + count + " from " + port + " on");
            }
            tcpMuxPort = port;
            tcpMuxCount = count;
            return this;
        }

        /**
         * Reaches TURN servers over TCP and TLS through a proxy, which also resolves their names. Datagrams and peers are
         * reached without it.
         *
         * @param uri {@code http://[user:password@]host[:port]} or {@code socks5://…}
         * @return this
         * @throws IllegalArgumentException if it is neither
         */
        public Builder proxy(String uri) {
            StreamProxy.parse(uri);
            proxy = uri;
            return this;
        }

        /**
         * Lets connections that control move on to a better pair that is found after the first nomination, such as one of a new
         * interface (draft-thatcher-ice-renomination). Peers that do not know it follow the latest nomination.
         *
         * @return this
         */
        public Builder renomination() {
            renomination = true;
            return this;
        }

        /**
         * Tells host candidates under fresh names of multicast DNS instead of addresses, as browsers do for pages without a
         * permission. Peers outside the network cannot resolve them and need another way.
         *
         * @return this
         */
        public Builder mdnsCandidates() {
            mdnsCandidates = true;
            return this;
        }

        /**
         * Tells only some kinds of candidates, and asks no server for the others. {@link #addressFilter} chooses by interface,
         * address and family. A peer may still learn an address by our checks; {@link IceTransportPolicy#RELAY} hides it.
         *
         * @param types of host, server-reflexive and relayed
         * @return this
         */
        public Builder candidateTypes(IceCandidateType... types) {
            candidateTypes = Set.of(types);
            return this;
        }

        /**
         * The value.
         *
         * @return settings
         */
        public Settings build() {
            if (muxCount > 0 && tcpMuxCount > 0 && muxCount != tcpMuxCount) {
                throw new IllegalStateException(
                        "udpMux and tcpMux must have as many ports, had " + muxCount + " and " + tcpMuxCount);
            }
            return new Settings(this);
        }
    }
}
