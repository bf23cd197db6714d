package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Datagram;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.UdpMux;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UdpMuxTest {
    /** A connection behind the mux. */
    private final class Connection implements UdpPort.Handler {
        final String name;
        boolean broken;

        Connection(String name) {
            this.name = name;
        }

        @Override
        public void onDatagram(Datagram datagram) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            log.add(name + " got " + datagram.length);
        }

        @Override
        public void onClosed(String reason) {
            log.add(name + " closed: " + reason);
        }
    }

    private final List<String> log = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final Simulator simulator = Simulator.create(31);
    private final SimulatedHost server = simulator
            .internet()
            .host("server", "198.51.100.1")
            .diagnostics((where, error) -> errors.add(String.valueOf(error.getMessage())));
    private final SimulatedHost client = simulator.internet().host("client", "198.51.100.2");
    private @Nullable UdpPort forUnknown;
    private final UdpMux mux = simulator.onLoop(
            server.loop(),
            () -> UdpMux.open(server.loop(), new InetSocketAddress(server.address(), 5000), datagram -> {
                if (datagram.length == 666) {
                    throw new IllegalStateException("hook");
                }
                return datagram.length == 100 ? forUnknown : null;
            }));

    private UdpPort from(int port) {
        return simulator.onLoop(client.loop(), () -> client.loop()
                .openUdp(
                        new InetSocketAddress(client.address(), port),
                        datagram -> log.add("client " + port + " got " + datagram.length)));
    }

    private void send(UdpPort port, int length) {
        simulator.onLoop(client.loop(), () -> port.send(new byte[length], 0, length, mux.localAddress()));
        simulator.run(Duration.ofMillis(100));
    }

    private void onServer(Runnable action) {
        simulator.onLoop(server.loop(), () -> {
            action.run();
            return 0;
        });
    }

    @Test
    void routesByRemoteAddressAndAsksForTheRest() {
        UdpPort a = mux.newPort(new Connection("a"));
        UdpPort b = mux.newPort(new Connection("b"));
        UdpPort one = from(1);
        UdpPort two = from(2);
        onServer(() -> {
            mux.claim(one.localAddress(), a);
            mux.claim(two.localAddress(), b);
        });
        send(one, 10);
        send(two, 20);
        UdpPort three = from(3);
        forUnknown = a;
        send(three, 99);
        send(three, 100);
        assertThat(log).containsExactly("a got 10", "b got 20", "a got 100");
        assertThat(mux.dropped()).isEqualTo(1);
        // Whoever is authenticated last has the address.
        onServer(() -> mux.claim(one.localAddress(), b));
        send(one, 11);
        assertThat(log).endsWith("b got 11");
        onServer(() -> mux.release(one.localAddress()));
        send(one, 12);
        assertThat(mux.dropped()).isEqualTo(2);
        assertThat(simulator.onLoop(server.loop(), () -> b.send(new byte[7], 0, 7, three.localAddress())))
                .isEqualTo(SendResult.SENT);
        simulator.run(Duration.ofMillis(100));
        assertThat(log).endsWith("client 3 got 7");
    }

    @Test
    void aClosedPortGivesBackItsAddressesAndTheSocketStays() {
        UdpPort a = mux.newPort(new Connection("a"));
        UdpPort b = mux.newPort(new Connection("b"));
        UdpPort one = from(1);
        UdpPort two = from(2);
        onServer(() -> {
            mux.claim(one.localAddress(), a);
            mux.claim(two.localAddress(), b);
            a.close();
        });
        assertThat(mux.claims()).isEqualTo(1);
        send(one, 10);
        send(two, 10);
        assertThat(log).containsExactly("b got 10");
        assertThat(simulator.onLoop(server.loop(), () -> a.send(new byte[1], 0, 1, one.localAddress())))
                .isEqualTo(SendResult.CLOSED);
        assertThatThrownBy(() -> mux.claim(one.localAddress(), a)).isInstanceOf(IllegalArgumentException.class);
        onServer(mux::close);
        simulator.onLoop(client.loop(), () -> {
            one.close();
            two.close();
            return 0;
        });
        assertThat(log).hasSize(1);
        simulator.assertNoLeaks();
    }

    @Test
    void aFailingHandlerOrHookHarmsNoOther() {
        Connection bad = new Connection("bad");
        UdpPort badPort = mux.newPort(bad);
        UdpPort good = mux.newPort(new Connection("good"));
        UdpPort one = from(1);
        UdpPort two = from(2);
        onServer(() -> {
            mux.claim(one.localAddress(), badPort);
            mux.claim(two.localAddress(), good);
        });
        bad.broken = true;
        send(one, 10);
        send(two, 10);
        send(from(3), 666);
        send(two, 11);
        assertThat(log)
                .containsExactly(
                        "bad closed: its handler failed: java.lang.IllegalStateException: broken",
                        "good got 10",
                        "good got 11");
        assertThat(errors).hasSize(2);
    }

    @Test
    void anAddressMayHaveAHandlerOfItsOwn() {
        Connection own = new Connection("own");
        UdpPort a = mux.newPort(new Connection("a"));
        UdpPort one = from(1);
        UdpPort two = from(2);
        onServer(() -> {
            mux.claim(one.localAddress(), a, own);
            mux.claim(two.localAddress(), a);
        });
        send(one, 10);
        send(two, 11);
        // The same address again: by another handler, and by the port's.
        onServer(() -> mux.claim(two.localAddress(), a, own));
        onServer(() -> mux.claim(one.localAddress(), a));
        send(one, 12);
        send(two, 13);
        assertThat(mux.claims()).isEqualTo(2);
        // Its failure is the port's, whose own handler hears of the end.
        own.broken = true;
        send(two, 14);
        send(one, 15);
        assertThat(log)
                .containsExactly(
                        "own got 10",
                        "a got 11",
                        "a got 12",
                        "own got 13",
                        "a closed: its handler failed: java.lang.IllegalStateException: broken");
        assertThat(mux.claims()).isZero();
        assertThat(mux.dropped()).isEqualTo(1);
    }

    @Test
    void aClaimCountsWhatItsReceiverGets() {
        UdpPort a = mux.newPort(new Connection("a"));
        UdpPort b = mux.newPort(new Connection("b"));
        UdpPort one = from(1);
        UdpMux.Claim claim =
                simulator.onLoop(server.loop(), () -> mux.claim(one.localAddress(), a, new Connection("own")));
        send(one, 10);
        send(one, 20);
        assertThat(claim.packets()).isEqualTo(2);
        assertThat(claim.bytes()).isEqualTo(30);
        long last = claim.lastReceivedNanos();
        assertThat(last).isPositive().isLessThan(server.loop().now());
        onServer(claim::divert);
        send(one, 40);
        assertThat(claim.isHeld()).isTrue();
        assertThat(List.of(claim.packets(), claim.bytes(), claim.lastReceivedNanos()))
                .containsExactly(2L, 30L, last);
        onServer(() -> claim.handTo(new Connection("next")));
        assertThat(claim.lastReceivedNanos()).isEqualTo(last);
        send(one, 5);
        assertThat(List.of(claim.packets(), claim.bytes())).containsExactly(3L, 35L);
        // Whoever is authenticated last has the address, and what came before is still known.
        UdpMux.Claim later = simulator.onLoop(server.loop(), () -> mux.claim(one.localAddress(), b));
        send(one, 7);
        onServer(() -> claim.handTo(new Connection("nobody")));
        send(one, 8);
        assertThat(claim.isHeld()).isFalse();
        assertThat(List.of(claim.packets(), claim.bytes())).containsExactly(3L, 35L);
        assertThat(List.of(later.packets(), later.bytes())).containsExactly(2L, 15L);
        onServer(b::close);
        assertThat(later.isHeld()).isFalse();
        assertThat(later.packets()).isEqualTo(2);
        assertThat(log).containsExactly("own got 10", "own got 20", "a got 40", "next got 5", "b got 7", "b got 8");
    }

    @Test
    void whatIsAskedAboutFirstAndNamesNobodyGoesToThePort() throws Exception {
        UdpMux asking = simulator.onLoop(
                server.loop(),
                () -> UdpMux.open(
                        server.loop(),
                        new InetSocketAddress(server.address(), 5001),
                        datagram -> datagram.length < 50,
                        datagram -> datagram.length == 49 ? forUnknown : null));
        UdpPort a = asking.newPort(new Connection("a"));
        forUnknown = asking.newPort(new Connection("named"));
        UdpPort one = from(1);
        UdpMux.Claim claim =
                simulator.onLoop(server.loop(), () -> asking.claim(one.localAddress(), a, new Connection("data")));
        for (int length : new int[] {50, 49, 48, 60}) {
            simulator.onLoop(client.loop(), () -> one.send(new byte[length], 0, length, asking.localAddress()));
            simulator.run(Duration.ofMillis(100));
        }
        assertThat(log).containsExactly("data got 50", "named got 49", "a got 48", "data got 60");
        assertThat(List.of(claim.packets(), claim.bytes())).containsExactly(2L, 110L);
    }

    @Test
    void claimsOfOnePortAreBounded() {
        UdpPort a = mux.newPort(new Connection("a"));
        onServer(() -> {
            for (int i = 1; i <= 1_000; i++) {
                mux.claim(new InetSocketAddress(client.address(), i), a);
            }
        });
        assertThat(mux.claims()).isEqualTo(UdpMux.MOST_REMOTES_PER_PORT);
        send(from(1), 10);
        send(from(1_000), 20);
        assertThat(log).containsExactly("a got 20");
    }

    @Test
    void aLostInterfaceIsToldToAllPorts() {
        mux.newPort(new Connection("a"));
        mux.newPort(new Connection("b"));
        server.removeAddress("198.51.100.1");
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).containsExactly("a closed: its interface is gone", "b closed: its interface is gone");
    }
}
