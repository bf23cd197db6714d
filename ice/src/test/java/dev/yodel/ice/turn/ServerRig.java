package dev.yodel.ice.turn;

import dev.yodel.io.AddressLiteral;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;

/** A {@link TurnServer} without sockets: opens relays in a table, and keeps what is sent. */
final class ServerRig {
    /** A datagram that left a relay. */
    static final class ToPeer {
        private final InetSocketAddress relay;
        private final InetSocketAddress peer;
        private final byte[] data;

        ToPeer(InetSocketAddress relay, InetSocketAddress peer, byte[] data) {
            this.relay = relay;
            this.peer = peer;
            this.data = data;
        }

        InetSocketAddress relay() {
            return relay;
        }

        InetSocketAddress peer() {
            return peer;
        }

        byte[] data() {
            return data;
        }
    }

    static final InetSocketAddress LISTENER = at("203.0.113.254", 3478);

    final TurnServer server;
    final int listener;
    final Map<Integer, InetSocketAddress> relays = new HashMap<>();
    final Map<InetSocketAddress, Integer> relayIds = new HashMap<>();
    final Set<InetSocketAddress> takenPorts = new HashSet<>();
    final Map<InetSocketAddress, Queue<byte[]>> toClients = new HashMap<>();
    final Map<Integer, Queue<byte[]>> toStreams = new HashMap<>();
    final Map<Integer, Queue<byte[]>> fromListener = new HashMap<>();
    final Queue<ToPeer> toPeers = new ArrayDeque<>();
    final List<TurnServerEvent> events = new ArrayList<>();
    final Set<Integer> closedStreams = new HashSet<>();
    int opened;
    int refusals;
    long now = 1_000 * Time.SECOND;

    ServerRig() {
        this(options());
    }

    ServerRig(TurnServerOptions.Builder options) {
        server = new TurnServer(options.build(), random(1));
        server.handleWallClock(1_700_000_000_000L);
        listener = server.addUdpListener(LISTENER);
    }

    static TurnServerOptions.Builder options() {
        return TurnServerOptions.builder()
                .realm("example.test")
                .credentials(TurnCredentials.of(Map.of("user", "pass", "other", "word")))
                .relayAddresses(
                        List.of(RelayAddress.of(LISTENER.getAddress()), RelayAddress.of(address("2001:db8::254"))));
    }

    static RandomSource random(long seed) {
        Random random = new Random(seed);
        return new RandomSource() {
            @Override
            public void nextBytes(byte[] target, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    target[offset + i] = (byte) random.nextInt();
                }
            }

            @Override
            public int nextInt() {
                return random.nextInt();
            }

            @Override
            public long nextLong() {
                return random.nextLong();
            }
        };
    }

    static InetAddress address(String text) {
        return Objects.requireNonNull(AddressLiteral.parse(text), text);
    }

    static InetSocketAddress at(String text, int port) {
        return new InetSocketAddress(address(text), port);
    }

    void fromClient(InetSocketAddress client, byte[] data) {
        server.handleDatagram(listener, client, data, 0, data.length, now);
        drain();
    }

    void fromPeer(InetSocketAddress relay, InetSocketAddress peer, byte[] data) {
        server.handleDatagram(Objects.requireNonNull(relayIds.get(relay)), peer, data, 0, data.length, now);
        drain();
    }

    void fromStream(int stream, byte[] data) {
        server.handleStreamBytes(stream, data, 0, data.length, now);
        drain();
    }

    /** Time passes, as a loop lets it pass. */
    void pass(long nanos) {
        long end = now + nanos;
        while (server.nextTimeout() <= end) {
            now = Math.max(now, server.nextTimeout());
            server.handleTimeout(now);
            drain();
        }
        now = end;
    }

    void drain() {
        boolean more = true;
        while (more) {
            more = drainEvents();
            more |= drainTransmits();
        }
    }

    private boolean drainEvents() {
        boolean any = false;
        for (TurnServerEvent event = server.pollEvent(); event != null; event = server.pollEvent()) {
            any = true;
            events.add(event);
            if (event instanceof TurnServerEvent.OpenRelay open) {
                if (takenPorts.contains(open.local()) || relayIds.containsKey(open.local())) {
                    refusals++;
                    server.handleRelayRefused(open.socketId(), now);
                } else {
                    opened++;
                    relays.put(open.socketId(), open.local());
                    relayIds.put(open.local(), open.socketId());
                    server.handleRelayOpened(open.socketId(), open.local(), now);
                }
            } else if (event instanceof TurnServerEvent.CloseRelay close) {
                relayIds.remove(relays.remove(close.socketId()));
            } else if (event instanceof TurnServerEvent.CloseStream close) {
                closedStreams.add(close.socketId());
            }
        }
        return any;
    }

    private boolean drainTransmits() {
        boolean any = false;
        for (TurnTransmit out = server.pollTransmit(); out != null; out = server.pollTransmit()) {
            any = true;
            byte[] data = Arrays.copyOfRange(out.data(), out.offset(), out.offset() + out.length());
            InetSocketAddress remote = out.remote();
            InetSocketAddress relay = relays.get(out.socketId());
            if (remote == null) {
                toStreams
                        .computeIfAbsent(out.socketId(), unused -> new ArrayDeque<>())
                        .add(data);
            } else if (relay != null) {
                toPeers.add(new ToPeer(relay, remote, data));
            } else {
                toClients.computeIfAbsent(remote, unused -> new ArrayDeque<>()).add(data);
                fromListener
                        .computeIfAbsent(out.socketId(), unused -> new ArrayDeque<>())
                        .add(data);
            }
        }
        return any;
    }

    /** What went to a client, once. */
    byte[] reply(InetSocketAddress client) {
        Queue<byte[]> queue = toClients.get(client);
        byte[] reply = queue == null ? null : queue.poll();
        if (reply == null) {
            throw new AssertionError("nothing was sent to " + client + "; " + server);
        }
        return reply;
    }

    boolean isSilentTo(InetSocketAddress client) {
        Queue<byte[]> queue = toClients.get(client);
        return queue == null || queue.isEmpty();
    }
}
