package dev.yodel.webrtc;

import dev.yodel.ice.IceOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** What W3C has no name for, per factory. Immutable. */
public final class Settings {
    /** One loop per core, a lane per connection and track, all interfaces, mDNS names resolved. */
    public static final Settings DEFAULT = builder().build();

    private final int loops;
    private final boolean batchedSends;
    private final @Nullable Executor singleLane;
    private final boolean callbacksOnLoop;
    private final IceOptions ice;
    private final boolean resolveMdns;
    private final int maxMessageBytes;
    private final boolean unlimitedMessages;
    private final long maxBufferedBytes;
    private final int maxRemoteChannels;
    private final boolean offerSctpInit;
    private final @Nullable SSLContext tlsContext;
    private final boolean receiveSimulcast;
    private final boolean cryptex;
    private final @Nullable PacketTap packetTap;
    private final Set<VideoFec> videoFec;
    private final boolean offerCongestionFeedback;
    private final boolean suppressSilence;
    private final int muxPort;
    private final int muxCount;
    private final int tcpMuxPort;
    private final int tcpMuxCount;

    private Settings(Builder builder) {
        loops = builder.loops;
        batchedSends = builder.batchedSends;
        singleLane = builder.singleLane;
        callbacksOnLoop = builder.callbacksOnLoop;
        ice = builder.ice.build();
        resolveMdns = builder.resolveMdns;
        maxMessageBytes = builder.maxMessageBytes;
        unlimitedMessages = builder.unlimitedMessages;
        maxBufferedBytes = builder.maxBufferedBytes;
        maxRemoteChannels = builder.maxRemoteChannels;
        offerSctpInit = builder.offerSctpInit;
        tlsContext = builder.tlsContext;
        receiveSimulcast = builder.receiveSimulcast;
        cryptex = builder.cryptex;
        packetTap = builder.packetTap;
        videoFec = Set.copyOf(builder.videoFec);
        offerCongestionFeedback = builder.offerCongestionFeedback;
        suppressSilence = builder.suppressSilence;
        muxPort = builder.muxPort;
        muxCount = builder.muxCount;
        tcpMuxPort = builder.tcpMuxPort;
        tcpMuxCount = builder.tcpMuxCount;
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
     * Whether packets of one turn of an event loop leave together; not used with an environment of one's own.
     *
     * @return false unless asked for
     */
    public boolean batchedSends() {
        return batchedSends;
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
     * How ICE works. Its servers and policy are those of each connection's {@link Configuration}.
     *
     * @return options
     */
    public IceOptions ice() {
        return ice;
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
     * Whether answers accept several simulcast layers of a peer (RFC 8853).
     *
     * @return false unless asked for
     */
    public boolean receiveSimulcast() {
        return receiveSimulcast;
    }

    /**
     * Whether header extensions are encrypted where the peer takes that (RFC 9335).
     *
     * @return false unless asked for
     */
    public boolean cryptex() {
        return cryptex;
    }

    /**
     * Who sees the packets in the clear.
     *
     * @return null for nobody, which is the default
     */
    public @Nullable PacketTap packetTap() {
        return packetTap;
    }

    /**
     * Which forms of forward error correction for video are negotiated.
     *
     * @return none unless asked for
     */
    public Set<VideoFec> videoFec() {
        return videoFec;
    }

    /**
     * Whether offers have feedback by source and number.
     *
     * @return false unless asked for
     */
    public boolean offerCongestionFeedback() {
        return offerCongestionFeedback;
    }

    /**
     * Whether silence is left out of the audio that is encoded here.
     *
     * @return false unless asked for
     */
    public boolean suppressSilence() {
        return suppressSilence;
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

    /** Builds settings. Not for sharing between threads. */
    public static final class Builder {
        private int loops;
        private boolean batchedSends;
        private @Nullable Executor singleLane;
        private boolean callbacksOnLoop;
        private final IceOptions.Builder ice = IceOptions.builder();
        private boolean resolveMdns = true;
        private int maxMessageBytes = 256 << 10;
        private boolean unlimitedMessages;
        private long maxBufferedBytes = 16 << 20;
        private int maxRemoteChannels = 1024;
        private boolean offerSctpInit;
        private @Nullable SSLContext tlsContext;
        private boolean receiveSimulcast;
        private boolean cryptex;
        private @Nullable PacketTap packetTap;
        private Set<VideoFec> videoFec = Set.of();
        private boolean offerCongestionFeedback;
        private boolean suppressSilence;
        private int muxPort;
        private int muxCount;
        private int tcpMuxPort;
        private int tcpMuxCount;

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
         * Lets the packets that an event loop sends over one port in one turn leave together, by few system calls: for
         * servers that forward video over a {@link #udpMux} port, where system calls are most of the cost. They leave up to
         * half a millisecond after the send time that they bear. It is native code of Linux, by JNA; where one of them is
         * missing packets leave one by one, and the log says why. Off unless asked for. See
         * {@link dev.yodel.io.loop.NioEnvironment.Builder#batchedSends}.
         *
         * @return this
         */
        public Builder batchedSends() {
            batchedSends = true;
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
         * Says how ICE works: which addresses, ports and kinds of candidates it uses, a public address, lite agents,
         * TCP to peers, a proxy, renomination, names of multicast DNS. For a server in a container: {@code ice(ice ->
         * ice.lite(true) .publicAddress("203.0.113.5:40000"))}. Servers and policy that it sets are not used: they
         * belong to each connection's {@link Configuration}.
         *
         * @param change is called at once
         * @return this
         */
        public Builder ice(Consumer<IceOptions.Builder> change) {
            change.accept(ice);
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
         * Tells our SCTP INIT in offers ({@code a=sctp-init}, draft-hancke-tsvwg-snap-00): with a peer that answers
         * with its own, data channels open two round trips earlier. Off by default, because some peers send the line
         * back without knowing it. Answers to a peer that offers it always tell ours.
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
         * Lets answers accept all simulcast layers that a peer offers to send (RFC 8853), for forwarding by
         * {@link RtpForwarder}. Browsers' own answers, and ours without this, accept one. A track's {@code onFrame}
         * gives the best layer; {@code onRtp} gives the packets of all.
         *
         * @return this
         */
        public Builder receiveSimulcast() {
            receiveSimulcast = true;
            return this;
        }

        /**
         * Offers and answers that RTP header extensions are encrypted too (RFC 9335, Cryptex): audio levels and the
         * like are hidden from whoever sees the packets pass. It is done where the peer says the same.
         *
         * @return this
         */
        public Builder cryptex() {
            cryptex = true;
            return this;
        }

        /**
         * Shows all RTP, RTCP and SCTP packets of the factory's connections in the clear, for tools that look for faults:
         * {@link PcapRecorder} writes them for Wireshark. What it gets, encryption hides from everybody else.
         *
         * @param tap called on the loops
         * @return this
         */
        public Builder packetTap(PacketTap tap) {
            packetTap = Objects.requireNonNull(tap, "tap");
            return this;
        }

        /**
         * Negotiates forward error correction for video: lost packets are rebuilt from parity, without the round trip
         * that a repetition takes. It costs up to a third of the bit rate while the peer reports losses, and nothing
         * without. Off unless asked for. Of simulcast layers none is protected by FlexFEC.
         *
         * @param forms what to offer and accept, none to switch it off again
         * @return this
         */
        public Builder videoFec(VideoFec... forms) {
            videoFec = Set.of(forms);
            return this;
        }

        /**
         * Offers the standard's congestion control feedback ({@code ack ccfb}, RFC 8888) beside transport-wide
         * feedback. Answers accept it from every peer that offers it, and then leave the other out.
         *
         * @return this
         */
        public Builder offerCongestionFeedback() {
            offerCongestionFeedback = true;
            return this;
        }

        /**
         * Leaves out silence of what an {@link AudioTrack} encodes: of G.711 goes only how the noise behind the
         * speech sounds, once a second and when it changes, where the peer takes comfort noise (RFC 3389); Opus does
         * it in its own way (DTX). It saves up to nine tenths of the packets of who listens. For speech: soft music
         * may be taken for noise.
         *
         * @return this
         */
        public Builder suppressSilence() {
            suppressSilence = true;
            return this;
        }

        /**
         * Lets all connections share few UDP ports: one per event loop, on every address of the machine. A connection is
         * told by its user fragment and its peer's address, so one peer address serves one connection at a time. Offers to
         * Firefox should use {@link BundlePolicy#MAX_BUNDLE}: it takes other user fragments of a section that was
         * bundled since for an ICE restart, and transports of one port cannot share one.
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
         * Listens for peers' TCP connections (RFC 6544) on few ports for all connections: one per event loop, on
         * every address of the machine. It may be the port of {@link #udpMux}, with the same count.
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
