package dev.yodel.interop.turn;

import dev.yodel.ice.loop.TurnServerSocket;
import dev.yodel.ice.turn.PeerPolicy;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerEvent;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Our own TURN server in this JVM: UDP, TCP and TLS, each on a port of its own. User {@code user:pass}. */
public final class OwnTurn implements AutoCloseable, TurnServerSocket.Listener {
    private final NioEnvironment environment =
            NioEnvironment.builder().loops(1).name("turn").start();
    private final Loop loop = environment.nextLoop();
    private final TurnServerSocket server;
    private final List<TurnServerEvent.Released> released = new CopyOnWriteArrayList<>();
    private final List<TurnServerEvent.Allocated> allocated = new CopyOnWriteArrayList<>();
    private final Map<String, String> urls;
    private boolean closed;

    private OwnTurn(String address, @Nullable SSLContext tls, PeerPolicy policy) throws Exception {
        final InetAddress local = InetAddress.getByName(address);
        final TurnServerOptions options = TurnServerOptions.builder()
                .realm("example.test")
                .credentials(TurnCredentials.of(Map.of("user", "pass")))
                .relayAddresses(List.of(RelayAddress.of(local)))
                .peerPolicy(policy)
                .build();
        final InetSocketAddress any = new InetSocketAddress(local, 0);
        server = onLoop(() -> new TurnServerSocket(environment, loop, options, this));
        final int udp = onLoop(() -> server.listenUdp(any)).getPort();
        final int tcp = onLoop(() -> server.listenTcp(any)).getPort();
        final int tlsPort =
                tls == null ? 0 : onLoop(() -> server.listenTls(any, tls)).getPort();
        urls = Map.of(
                "udp", "turn:" + address + ":" + udp + "?transport=udp",
                "tcp", "turn:" + address + ":" + tcp + "?transport=tcp",
                "tls", "turns:" + address + ":" + tlsPort + "?transport=tcp");
    }

    /**
     * Starts a server whose relays may reach this machine's addresses.
     *
     * @param address where it listens and relays
     * @param certificate for TLS, null for none
     */
    public static OwnTurn start(String address, @Nullable TestCertificate certificate) throws Exception {
        return start(
                address,
                certificate,
                PeerPolicy.PUBLIC
                        .allowingLoopback()
                        .allowing(new dev.yodel.ice.turn.AddressRange(InetAddress.getByName(address), 32)));
    }

    static OwnTurn start(String address, @Nullable TestCertificate certificate, PeerPolicy policy) throws Exception {
        return new OwnTurn(address, certificate == null ? null : certificate.serverContext(), policy);
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        final FutureTask<T> task = new FutureTask<>(work);
        loop.execute(task);
        return task.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void onAllocated(TurnServerEvent.Allocated event) {
        allocated.add(event);
    }

    @Override
    public void onReleased(TurnServerEvent.Released event) {
        released.add(event);
    }

    /** Relays that were given out, oldest first. */
    public List<TurnServerEvent.Allocated> allocated() {
        return List.copyOf(allocated);
    }

    /** Relays that are gone, oldest first. */
    public List<TurnServerEvent.Released> released() {
        return List.copyOf(released);
    }

    /** The URL that W3C's RTCIceServer takes, for udp, tcp or tls. */
    public String url(String transport) {
        return java.util.Objects.requireNonNull(urls.get(transport), transport);
    }

    public int port(String transport) {
        final String url = url(transport);
        return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1, url.indexOf('?')));
    }

    /** Ends all relays and the server; {@link #close} does no more then. */
    void stop() {
        close();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            loop.execute(server::close);
            environment.close();
        }
    }
}
