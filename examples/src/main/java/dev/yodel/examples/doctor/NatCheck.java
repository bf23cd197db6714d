package dev.yodel.examples.doctor;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceState;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.ice.stun.NatDiscovery;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.NioEnvironment;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a STUN server what stands between this machine and the internet. */
final class NatCheck {
    private static final int PATIENCE_SECONDS = 25;
    private static final int CONNECT_MILLIS = 3_000;

    /**
     * What was found.
     *
     * @param discovery the NAT's behaviour as far as it was found out
     * @param candidates what a call would offer the other side
     * @param tcp whether the server's port can be reached by TCP
     */
    record Findings(NatDiscovery discovery, List<Candidate> candidates, boolean tcp) {
        Findings {
            candidates = List.copyOf(candidates);
        }
    }

    /** One socket of the loop, and the discovery that it serves. */
    private static final class Probe {
        private final CompletableFuture<NatDiscovery> done = new CompletableFuture<>();
        private final Loop loop;
        private final UdpPort port;
        private final LoopTimer timer;
        private final NatDiscovery discovery;

        Probe(NioEnvironment environment, Loop loop, InetAddress local, InetSocketAddress server) throws IOException {
            this.loop = loop;
            port = loop.openUdp(new InetSocketAddress(local, 0), this::receive);
            timer = loop.newTimer(this::onTimer);
            discovery = new NatDiscovery(server, port.localAddress(), environment.random());
            discovery.start(loop.now());
            drain();
        }

        private void receive(Datagram datagram) {
            discovery.handleDatagram(datagram.data, datagram.offset, datagram.length, loop.now());
            drain();
        }

        private void onTimer() {
            discovery.handleTimeout(loop.now());
            drain();
        }

        private void drain() {
            for (NatDiscovery.Transmit out = discovery.pollTransmit(); out != null; out = discovery.pollTransmit()) {
                port.send(out.data(), 0, out.data().length, out.remote());
            }
            timer.set(discovery.nextTimeout());
            if (discovery.isDone()) {
                done.complete(discovery);
            }
        }
    }

    private NatCheck() {}

    static Findings run(String host, int port) throws IOException, InterruptedException {
        final InetSocketAddress server = new InetSocketAddress(InetAddress.getByName(host), port);
        try (NioEnvironment environment = NioEnvironment.builder().loops(1).start()) {
            final Loop loop = environment.nextLoop();
            final CompletableFuture<NatDiscovery> discovery = new CompletableFuture<>();
            final InetAddress local = localAddress(server);
            loop.execute(() -> {
                try {
                    new Probe(environment, loop, local, server).done.thenAccept(discovery::complete);
                } catch (IOException e) {
                    discovery.completeExceptionally(e);
                }
            });
            final CompletableFuture<List<Candidate>> candidates = gather(environment, loop, host, port);
            final boolean tcp = answersTcp(server);
            try {
                return new Findings(
                        discovery.get(PATIENCE_SECONDS, TimeUnit.SECONDS),
                        candidates.get(PATIENCE_SECONDS, TimeUnit.SECONDS),
                        tcp);
            } catch (ExecutionException | TimeoutException e) {
                final Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new IOException("the check did not end: " + cause.getMessage(), e);
            }
        }
    }

    /** The address that packets to the server leave from; connecting a UDP socket sends nothing. */
    private static InetAddress localAddress(InetSocketAddress server) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            return socket.getLocalAddress();
        }
    }

    private static boolean answersTcp(InetSocketAddress server) {
        try (Socket socket = new Socket()) {
            socket.connect(server, CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static CompletableFuture<List<Candidate>> gather(
            NioEnvironment environment, Loop loop, String host, int port) {
        final CompletableFuture<List<Candidate>> gathered = new CompletableFuture<>();
        final List<Candidate> candidates = new CopyOnWriteArrayList<>();
        loop.execute(() -> {
            final IceConnection connection = new IceConnection(
                    environment,
                    loop,
                    new IceConnectionOptions(
                            IceOptions.builder()
                                    .stunServers(List.of(new StunServer(host, port)))
                                    .build(),
                            null),
                    new IceConnection.Listener() {
                        @Override
                        public void onLocalCandidate(Candidate candidate) {
                            candidates.add(candidate);
                        }

                        @Override
                        public void onGatheringState(GatheringState state, String ufrag) {
                            if (state == GatheringState.COMPLETE) {
                                gathered.complete(List.copyOf(candidates));
                            }
                        }

                        @Override
                        public void onState(IceState state) {
                            // Nobody is called.
                        }

                        @Override
                        public void onDatagram(Datagram datagram) {
                            // Nobody is called.
                        }
                    });
            connection.gather(IceCredentials.generate(environment.random()));
        });
        return gathered;
    }
}
