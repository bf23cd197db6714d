package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpointFactory;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.bc.BouncyCastleDtls;
import dev.yodel.dtls.bc.CertificateMaker;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.TcpType;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.ice.loop.IceTcpMux;
import dev.yodel.ice.loop.IceUdpMux;
import dev.yodel.ice.loop.MdnsService;
import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.media.loop.MediaClock;
import dev.yodel.rtp.RtpSessionOptions;
import dev.yodel.webrtc.Certificate;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.IceTransportPolicy;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.KeygenAlgorithm;
import dev.yodel.webrtc.NotSupportedException;
import dev.yodel.webrtc.PacketTap;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.RtcpMuxPolicy;
import dev.yodel.webrtc.Settings;
import dev.yodel.webrtc.internal.jsep.JsepOptions;
import dev.yodel.webrtc.internal.transport.CandidatePool;
import dev.yodel.webrtc.internal.transport.DataPlan;
import dev.yodel.webrtc.internal.transport.LoopCrossings;
import dev.yodel.webrtc.internal.transport.LoopScratch;
import dev.yodel.webrtc.internal.transport.MediaServices;
import dev.yodel.webrtc.internal.transport.TapPoint;
import dev.yodel.webrtc.internal.transport.TransportOptions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the connections of a factory share. Any thread. */
public final class FactoryCore {
    private final Settings settings;
    private final Environment environment;
    private final boolean ownsEnvironment;
    private final DtlsEndpointFactory dtls;
    /** None where a simulation decides what is made when. */
    private final @Nullable SpareCertificates spares;

    private final MediaServices media;
    private final @Nullable MdnsService mdns;
    private final @Nullable Lane singleLane;
    private final Loop mdnsLoop;
    private final LaneQueue queue;
    private final WallTime wallTime;
    private final Set<PeerConnectionImpl> connections = new HashSet<>();
    private final Map<Loop, IceUdpMux> muxes = new LinkedHashMap<>();
    private final Map<Loop, IceTcpMux> tcpMuxes = new LinkedHashMap<>();
    private final Map<Loop, LoopScratch> scratches = new ConcurrentHashMap<>();
    private final AtomicLong taps = new AtomicLong();
    private int connectionsMade;
    private boolean closed;

    /**
     * Starts what is shared.
     *
     * @param settings what W3C has no name for
     * @param given the outside; null for real sockets
     * @param dtls makes DTLS endpoints; null for Bouncy Castle's
     */
    public FactoryCore(Settings settings, @Nullable Environment given, @Nullable DtlsEndpointFactory dtls) {
        this.settings = settings;
        Executor single = settings.singleLane();
        this.singleLane = single == null ? null : new ExecutorLane(single);
        this.ownsEnvironment = given == null;
        this.environment = given == null ? start(settings) : given;
        if (dtls == null) {
            this.dtls = new BouncyCastleDtls();
            this.spares = new SpareCertificates(
                    () -> CertificateMaker.make(
                            environment.random(),
                            environment.wallClockMillis(),
                            CertificateGeneration.DEFAULT.lifetimeMillis()),
                    environment.workers(),
                    environment::wallClockMillis);
            // In virtual time there is nothing to hasten, and what waits for another worker there waits for itself.
            if (environment instanceof NioEnvironment) {
                BouncyCastleDtls.prewarm(environment.workers()).thenRun(spares::fill);
            }
        } else {
            this.dtls = dtls;
            this.spares = null;
        }
        this.mdnsLoop = environment.loops().get(0);
        this.wallTime = new WallTime(environment, mdnsLoop);
        this.media = new MediaServices(
                environment, new MediaClock(environment, mdnsLoop), settings.suppressSilence(), new LoopCrossings());
        this.mdns = settings.resolveMdns() ? new MdnsService(environment, mdnsLoop) : null;
        this.queue = new LaneQueue(newLane(mdnsLoop), mdnsLoop);
        List<? extends Loop> loops = environment.loops();
        for (int i = 0; i < Math.min(settings.muxCount(), loops.size()); i++) {
            muxes.put(loops.get(i), new IceUdpMux(loops.get(i), settings.muxPort() + i));
        }
        for (int i = 0; i < Math.min(settings.tcpMuxCount(), loops.size()); i++) {
            tcpMuxes.put(loops.get(i), new IceTcpMux(loops.get(i), settings.tcpMuxPort() + i));
        }
    }

    /** The loop of the next connection; one of those that have a shared port, if there are any. */
    private Loop nextLoop() {
        if (muxes.isEmpty() && tcpMuxes.isEmpty()) {
            return environment.nextLoop();
        }
        List<Loop> shared = List.copyOf(muxes.isEmpty() ? tcpMuxes.keySet() : muxes.keySet());
        return shared.get((connectionsMade++ & 0x7FFF_FFFF) % shared.size());
    }

    Settings settings() {
        return settings;
    }

    private static Environment start(Settings settings) {
        NioEnvironment.Builder builder = NioEnvironment.builder().batchedSends(settings.batchedSends());
        return settings.loops() > 0 ? builder.loops(settings.loops()).start() : builder.start();
    }

    /** The time that users see. */
    WallTime wallTime() {
        return wallTime;
    }

    Environment environment() {
        return environment;
    }

    MediaServices mediaServices() {
        return media;
    }

    Lane newLane(Loop loop) {
        if (singleLane != null) {
            return singleLane;
        }
        return settings.callbacksOnLoop() ? new LoopLane(loop) : environment.newLane();
    }

    /**
     * Makes a connection.
     *
     * @param configuration W3C's dictionary
     * @return the connection
     */
    public PeerConnection newPeerConnection(Configuration configuration) {
        return newPeerConnection(configuration, (Loop) null);
    }

    /**
     * Makes a connection on the loop of another one.
     *
     * @param configuration W3C's dictionary
     * @param near one of ours
     * @return the connection
     */
    public PeerConnection newPeerConnection(Configuration configuration, PeerConnection near) {
        if (!(near instanceof PeerConnectionImpl ours) || ours.factory() != this) {
            throw new IllegalArgumentException("give a connection that this factory made");
        }
        return newPeerConnection(configuration, ours.loop());
    }

    private PeerConnection newPeerConnection(Configuration configuration, @Nullable Loop on) {
        check(configuration);
        long session = environment.random().nextLong() >>> 2;
        JsepOptions options = new JsepOptions(
                Long.toString(session),
                Long.toString(environment.random().nextLong() >>> 1, 36),
                configuration.bundlePolicy(),
                settings.unlimitedMessages() ? 0 : settings.maxMessageBytes(),
                settings.ice().lite(),
                DataPlan.sctpOptions(5000, 5000, settings.maxMessageBytes(), settings.unlimitedMessages()),
                settings.offerSctpInit(),
                settings.receiveSimulcast(),
                settings.cryptex(),
                settings.videoFec(),
                settings.offerCongestionFeedback(),
                settings.muxCount() > 0 || settings.tcpMuxCount() > 0);
        synchronized (connections) {
            if (closed) {
                throw new InvalidStateException("the factory is closed; make a new one");
            }
            PeerConnectionImpl connection = new PeerConnectionImpl(
                    this, on == null ? nextLoop() : on, configuration, certificate(configuration), options);
            connections.add(connection);
            return connection;
        }
    }

    void check(Configuration configuration) {
        if (configuration.rtcpMuxPolicy() != RtcpMuxPolicy.REQUIRE) {
            throw new NotSupportedException("RTCP on a port of its own is not supported; use rtcpMuxPolicy require");
        }
        IceServerUrls.of(configuration.iceServers());
        for (Certificate certificate : configuration.certificates()) {
            if (certificate.expires() < environment.wallClockMillis()) {
                throw new InvalidAccessException("the certificate has expired; generate a new one");
            }
        }
    }

    private CompletableFuture<DtlsCertificate> certificate(Configuration configuration) {
        if (!configuration.certificates().isEmpty()
                && configuration.certificates().get(0) instanceof CertificateImpl given) {
            return CompletableFuture.completedFuture(given.inner());
        }
        return spares == null ? certificate(CertificateGeneration.DEFAULT) : spares.take();
    }

    private CompletableFuture<DtlsCertificate> certificate(CertificateGeneration generation) {
        CompletableFuture<DtlsCertificate> made = new CompletableFuture<>();
        try {
            environment.workers().execute(() -> {
                try {
                    made.complete(generation.make(environment.random(), environment.wallClockMillis()));
                } catch (RuntimeException e) {
                    made.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            made.completeExceptionally(e);
        }
        return made;
    }

    /**
     * Makes a certificate.
     *
     * @param algorithm what kind of key
     * @return the certificate, later
     */
    public CompletableFuture<Certificate> generateCertificate(KeygenAlgorithm algorithm) {
        CertificateGeneration generation;
        try {
            generation = CertificateGeneration.of(algorithm);
        } catch (RtcException | IllegalArgumentException e) {
            return RtcFuture.failed(queue, "generateCertificate", e);
        }
        RtcFuture<Certificate> future = new RtcFuture<>(queue, "generateCertificate");
        certificate(generation).whenComplete((made, error) -> {
            if (error == null) {
                future.succeed(new CertificateImpl(made));
            } else {
                future.fail(error);
            }
        });
        return future;
    }

    TransportOptions transportOptions(
            Loop loop,
            Configuration configuration,
            @Nullable CandidatePool pool,
            DtlsCertificate certificate,
            String cname) {
        PacketTap tap = settings.packetTap();
        return new TransportOptions(
                environment,
                loop,
                iceOptions(loop, configuration),
                pool,
                dtls,
                DtlsOptions.of(certificate),
                RtpSessionOptions.of(cname),
                scratches.computeIfAbsent(loop, any -> new LoopScratch()),
                tap == null ? null : new TapPoint(tap, taps.incrementAndGet(), environment, loop.now()));
    }

    IceConnectionOptions iceOptions(Loop loop, Configuration configuration) {
        IceServerUrls servers = IceServerUrls.of(configuration.iceServers());
        IceOptions.Builder builder = settings.ice().toBuilder()
                .stunServers(servers.stun())
                .turnServers(servers.turn())
                .relayOnly(configuration.iceTransportPolicy() == IceTransportPolicy.RELAY)
                .mdnsNames(settings.ice().mdnsNames() && mdns != null);
        if (settings.tcpMuxCount() > 0) {
            Set<TcpType> types = EnumSet.of(TcpType.PASSIVE);
            types.addAll(settings.ice().tcpTypes());
            builder.tcp(types.toArray(new TcpType[0]));
        }
        return new IceConnectionOptions(
                builder.build(), mdns, settings.tlsContext(), muxes.get(loop), tcpMuxes.get(loop));
    }

    void forget(PeerConnectionImpl connection) {
        synchronized (connections) {
            connections.remove(connection);
        }
    }

    /** Closes all connections and what they share. */
    public void close() {
        List<PeerConnectionImpl> open;
        synchronized (connections) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(connections);
        }
        open.forEach(PeerConnectionImpl::close);
        media.clock().close();
        muxes.forEach((loop, mux) -> {
            try {
                loop.execute(mux::close);
            } catch (RejectedExecutionException e) {
                // The environment was closed before us, and its sockets with it.
            }
        });
        tcpMuxes.forEach((loop, mux) -> {
            try {
                loop.execute(mux::close);
            } catch (RejectedExecutionException e) {
                // The environment was closed before us, and its sockets with it.
            }
        });
        MdnsService service = mdns;
        if (service != null) {
            try {
                mdnsLoop.execute(service::close);
            } catch (RejectedExecutionException e) {
                // The environment was closed before us, and its sockets with it.
            }
        }
        if (ownsEnvironment) {
            environment.close();
        }
    }
}
