package dev.yodel.ice;

import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Two agents joined back to back, with no simulator between them. */
final class JoinedAgents {
    static final class SeededSource implements RandomSource {
        private final Random random;
        /** What the next call for 64 bits gives; null for random ones. */
        @Nullable
        Long next;

        SeededSource(long seed) {
            random = new Random(seed);
        }

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
            Long forced = next;
            next = null;
            return forced == null ? random.nextLong() : forced;
        }
    }

    static final class End {
        final SeededSource random;
        final IceAgent agent;
        final InetSocketAddress address;
        final IceCredentials credentials;
        int roleChanges;

        End(long seed, String literal) throws UnknownHostException {
            random = new SeededSource(seed);
            credentials = IceCredentials.generate(random);
            agent = new IceAgent(IceOptions.DEFAULT, random);
            address = new InetSocketAddress(InetAddress.getByName(literal), 5000);
        }

        private NetworkAddress network() {
            return new NetworkAddress("eth0", 1, address.getAddress(), 24, false, false, true);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Flight(long at, End to, InetSocketAddress from, byte[] data) {}

    final End a;
    final End b;
    IceRole roleA = IceRole.CONTROLLING;
    IceRole roleB = IceRole.CONTROLLED;
    long delayNanos;
    long startB;
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();

    JoinedAgents(long seed) throws UnknownHostException {
        a = new End(seed, "198.51.100.1");
        b = new End(~seed, "198.51.100.2");
        a.agent.gather(a.credentials, List.of(a.network()), 0);
        b.agent.gather(b.credentials, List.of(b.network()), 0);
        drain(a, b, 0);
        drain(b, a, 0);
    }

    /** Starts A at 0 and B later, and runs for three seconds. */
    void connect() {
        a.agent.start(roleA, b.credentials, 0);
        boolean started = false;
        long now = 0;
        while (now < 3 * Time.SECOND) {
            if (!started && now >= startB) {
                b.agent.start(roleB, a.credentials, now);
                started = true;
            }
            drain(a, b, now);
            drain(b, a, now);
            while (!flights.isEmpty() && flights.getFirst().at <= now) {
                Flight flight = flights.removeFirst();
                flight.to.agent.handleDatagram(1, flight.data, 0, flight.data.length, flight.from, now);
                drain(flight.to, flight.to == a ? b : a, now);
            }
            a.agent.handleTimeout(now);
            b.agent.handleTimeout(now);
            long next = Math.min(a.agent.nextTimeout(), b.agent.nextTimeout());
            if (!started) {
                next = Math.min(next, startB);
            }
            if (!flights.isEmpty()) {
                next = Math.min(next, flights.getFirst().at);
            }
            now = Math.max(now, next);
        }
    }

    private void drain(End end, End other, long now) {
        IceEvent event = end.agent.pollEvent();
        while (event != null) {
            if (event instanceof IceEvent.OpenUdp open) {
                end.agent.handleOpened(open.socketId(), end.address, now);
            } else if (event instanceof IceEvent.LocalCandidate local) {
                other.agent.addRemoteCandidate(local.candidate(), now);
            } else if (event instanceof IceEvent.RoleChanged) {
                end.roleChanges++;
            }
            event = end.agent.pollEvent();
        }
        IceTransmit transmit = end.agent.pollTransmit();
        while (transmit != null) {
            flights.add(new Flight(now + delayNanos, other, end.address, transmit.data()));
            transmit = end.agent.pollTransmit();
        }
    }
}
