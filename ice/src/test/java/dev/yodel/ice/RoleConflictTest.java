package dev.yodel.ice;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

/** Two agents joined back to back, with no simulator between them. */
class RoleConflictTest {
    private static final class SeededSource implements RandomSource {
        private final Random random;
        /** What the first call for a tie-breaker gives; null for a random one. */
        @Nullable
        Long first;

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
            Long forced = first;
            first = null;
            return forced == null ? random.nextLong() : forced;
        }
    }

    private static final class End {
        final SeededSource random;
        final IceAgent agent;
        final InetSocketAddress address;
        int roleChanges;

        End(long seed, String literal) throws UnknownHostException {
            random = new SeededSource(seed);
            agent = new IceAgent(IceOptions.DEFAULT, random);
            address = new InetSocketAddress(InetAddress.getByName(literal), 5000);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Flight(long at, End to, InetSocketAddress from, byte[] data) {}

    private static void drain(End end, End other, ArrayDeque<Flight> flights, long now, long delay) {
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
            flights.add(new Flight(now + delay, other, end.address, transmit.data()));
            transmit = end.agent.pollTransmit();
        }
    }

    private static NetworkAddress network(End end) {
        return new NetworkAddress("eth0", 1, end.address.getAddress(), 24, false, false, true);
    }

    @Test
    void I13_conflictsConvergeWithinTwoSwitches() throws Exception {
        for (int seed = 0; seed < 10_000; seed++) {
            Random random = new Random(seed);
            End a = new End(seed, "198.51.100.1");
            End b = new End(~seed, "198.51.100.2");
            IceCredentials credentialsA = IceCredentials.generate(a.random);
            IceCredentials credentialsB = IceCredentials.generate(b.random);
            a.agent.gather(credentialsA, List.of(network(a)), 0);
            b.agent.gather(credentialsB, List.of(network(b)), 0);
            ArrayDeque<Flight> flights = new ArrayDeque<>();
            drain(a, b, flights, 0, 0);
            drain(b, a, flights, 0, 0);
            IceRole same = seed % 2 == 0 ? IceRole.CONTROLLING : IceRole.CONTROLLED;
            if (seed % 3 == 0) {
                // Equal tie-breakers.
                long tie = random.nextLong();
                a.random.first = tie;
                b.random.first = tie;
            }
            long startB = random.nextInt(60) * Time.MILLISECOND;
            long delay = random.nextInt(40) * Time.MILLISECOND;
            a.agent.start(same, credentialsB, 0);
            boolean started = false;
            long now = 0;
            while (now < 3 * Time.SECOND) {
                if (!started && now >= startB) {
                    b.agent.start(same, credentialsA, now);
                    started = true;
                }
                drain(a, b, flights, now, delay);
                drain(b, a, flights, now, delay);
                while (!flights.isEmpty() && flights.getFirst().at <= now) {
                    Flight flight = flights.removeFirst();
                    flight.to.agent.handleDatagram(1, flight.data, 0, flight.data.length, flight.from, now);
                    drain(flight.to, flight.to == a ? b : a, flights, now, delay);
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
            assertThat(a.agent.state()).as("seed %d", seed).isEqualTo(IceState.CONNECTED);
            assertThat(b.agent.state()).as("seed %d", seed).isEqualTo(IceState.CONNECTED);
            assertThat(a.agent.role()).as("seed %d", seed).isNotEqualTo(b.agent.role());
            assertThat(a.roleChanges).as("seed %d", seed).isLessThanOrEqualTo(2);
            assertThat(b.roleChanges).as("seed %d", seed).isLessThanOrEqualTo(2);
        }
    }
}
