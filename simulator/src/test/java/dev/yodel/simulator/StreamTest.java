package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Loop;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import java.io.ByteArrayOutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTest {
    /** One end that writes all it has as there is room, and notes what comes. */
    private static class End implements StreamPort.Handler {
        final List<String> events = new ArrayList<>();
        final ByteArrayOutputStream got = new ByteArrayOutputStream();
        final List<Integer> pieces = new ArrayList<>();
        byte[] toWrite = new byte[0];
        int written;

        @Nullable
        StreamPort port;

        StreamPort port() {
            return Objects.requireNonNull(port);
        }

        void writeMore() {
            written += port().write(toWrite, written, toWrite.length - written);
        }

        @Override
        public void onConnected() {
            events.add("connected");
            writeMore();
        }

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {
            got.write(data, offset, length);
            pieces.add(length);
        }

        @Override
        public void onWritable() {
            writeMore();
        }

        @Override
        public void onClosed(String reason) {
            events.add("closed: " + reason);
        }
    }

    private final Simulator defaults = Simulator.create(11);

    private record World(Simulator simulator, SimulatedHost client, SimulatedHost server, End near, End far) {
        static World of(Simulator simulator) {
            return new World(
                    simulator,
                    simulator.internet().host("client", "198.51.100.1"),
                    simulator.internet().host("server", "198.51.100.2"),
                    new End(),
                    new End());
        }

        StreamAcceptor listen() {
            Loop loop = server.loop();
            return simulator.onLoop(
                    loop,
                    () -> loop.listen(new InetSocketAddress(server.address(), 443), stream -> {
                        far.port = stream;
                        far.events.add("accepted "
                                + stream.remoteAddress().getAddress().getHostAddress());
                        return far;
                    }));
        }

        void connect() {
            Loop loop = client.loop();
            near.port = simulator.onLoop(
                    loop,
                    () -> loop.connect(
                            new InetSocketAddress(client.address(), 0),
                            new InetSocketAddress(server.address(), 443),
                            near));
        }
    }

    @ParameterizedTest
    @EnumSource(StreamSegmentation.class)
    void bytesArriveInOrderInAnySegmentationThroughLoss(StreamSegmentation segmentation) {
        for (long seed = 0; seed < 3; seed++) {
            Simulator simulator =
                    Simulator.builder().seed(seed).segmentation(segmentation).build();
            World world = World.of(simulator);
            world.client.uplink().loss(0.1).jitter(Duration.ofMillis(20));
            world.server.uplink().loss(0.1).rate(1_000_000, 100_000);
            world.listen();
            int size = segmentation == StreamSegmentation.SINGLE_BYTES ? 3_000 : 300_000;
            world.near.toWrite = new byte[size];
            SplittableRandom random = new SplittableRandom(seed);
            random.nextBytes(world.near.toWrite);
            world.connect();
            simulator.require("all arrived", () -> world.far.got.size() == size, Duration.ofMinutes(10));
            assertThat(world.far.got.toByteArray()).isEqualTo(world.near.toWrite);
            if (segmentation == StreamSegmentation.SINGLE_BYTES) {
                assertThat(world.far.pieces).containsOnly(1);
            } else if (segmentation == StreamSegmentation.SEGMENTS) {
                assertThat(world.far.pieces).allMatch(piece -> piece <= 1460);
            }
            simulator.close();
            simulator.run(Duration.ofMinutes(3));
            simulator.assertNoLeaks();
        }
    }

    @Test
    void writingStopsAtTheBufferAndGoesOn() {
        World world = World.of(defaults);
        world.listen();
        world.near.toWrite = new byte[200_000];
        world.connect();
        defaults.run(Duration.ofMillis(25));
        assertThat(world.near.written).isEqualTo(65_536);
        defaults.run(Duration.ofSeconds(1));
        assertThat(world.near.written).isEqualTo(200_000);
    }

    @Test
    void refusedWhereNobodyListens() {
        World world = World.of(defaults);
        world.connect();
        assertThat(world.near.events).isEmpty();
        defaults.run(Duration.ofSeconds(1));
        assertThat(world.near.events).hasSize(1);
        assertThat(world.near.events.get(0)).contains("refused");
        assertThat(world.client.leaks().sockets()).isEmpty();
    }

    @Test
    void timesOutWhereNothingPasses() {
        World world = World.of(defaults);
        world.listen();
        world.client.uplink().down(true);
        world.connect();
        defaults.run(Duration.ofSeconds(74));
        assertThat(world.near.events).isEmpty();
        defaults.run(Duration.ofSeconds(2));
        assertThat(world.near.events.toString()).contains("timed out");
    }

    @Test
    void endAndResetReachTheOtherSide() {
        World world = World.of(defaults);
        StreamAcceptor acceptor = world.listen();
        world.near.toWrite = new byte[5_000];
        world.connect();
        defaults.run(Duration.ofMillis(21));
        defaults.onLoop(world.client.loop(), () -> {
            world.near.port().close();
            return 0;
        });
        defaults.run(Duration.ofSeconds(1));
        // Everything written before the end arrives before it.
        assertThat(world.far.got.size()).isEqualTo(5_000);
        assertThat(world.far.events).containsExactly("accepted 198.51.100.1", "closed: ended by the peer");
        assertThat(world.near.events).containsExactly("connected");

        World again = new World(defaults, world.client, world.server, new End(), world.far);
        again.connect();
        defaults.run(Duration.ofSeconds(1));
        world.server.resetStreams();
        defaults.run(Duration.ofSeconds(1));
        assertThat(again.near.events).containsExactly("connected", "closed: reset by the peer");
        defaults.onLoop(world.server.loop(), () -> {
            acceptor.close();
            return 0;
        });
        defaults.assertNoLeaks();
    }

    private static StreamPort open(SimulatedHost from, SimulatedHost to, End end) {
        StreamPort port = from.simulator().onLoop(from.loop(), () -> from.loop()
                .connectShared(
                        new InetSocketAddress(from.address(), 7000), new InetSocketAddress(to.address(), 7000), end));
        end.port = port;
        return port;
    }

    /** RFC 9293 section 3.5. */
    @Test
    void openingsThatCrossMakeOneStream() {
        World world = World.of(defaults);
        world.near.toWrite = new byte[3_000];
        world.far.toWrite = new byte[2_000];
        open(world.client, world.server, world.near);
        defaults.run(Duration.ofMillis(3));
        open(world.server, world.client, world.far);
        defaults.run(Duration.ofSeconds(1));
        assertThat(world.near.events).containsExactly("connected");
        assertThat(world.far.events).containsExactly("connected");
        assertThat(world.far.got.size()).isEqualTo(3_000);
        assertThat(world.near.got.size()).isEqualTo(2_000);
        defaults.onLoop(world.client.loop(), () -> {
            world.near.port().close();
            return 0;
        });
        defaults.run(Duration.ofSeconds(1));
        assertThat(world.far.events).containsExactly("connected", "closed: ended by the peer");
        defaults.run(Duration.ofMinutes(3));
        defaults.assertNoLeaks();
    }

    @Test
    void anOpeningThatIsEarlyIsRefusedAndTheNextOneMayMeet() {
        World world = World.of(defaults);
        open(world.client, world.server, world.near);
        defaults.run(Duration.ofMillis(25));
        assertThat(world.near.events).hasSize(1);
        assertThat(world.near.events.get(0)).contains("refused");
        End again = new End();
        open(world.server, world.client, world.far);
        open(world.client, world.server, again);
        defaults.run(Duration.ofSeconds(1));
        assertThat(again.events).containsExactly("connected");
        assertThat(world.far.events).containsExactly("connected");
    }

    /** Either side lets in only what it has sent to: each opens the way for the other. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void openingsPassTwoNatsThatKeepStrangersOut(boolean resets) {
        NatBehaviour behaviour = NatBehaviour.PORT_RESTRICTED.withResets(resets);
        End[] ends = {new End(), new End()};
        SimulatedHost[] hosts = new SimulatedHost[2];
        for (int i = 0; i < 2; i++) {
            Nat nat = defaults.internet().nat("nat " + i, "203.0.113." + (i + 1), behaviour);
            nat.uplink().delay(Duration.ofMillis(20));
            hosts[i] = nat.inside().host("host " + i, "10.0.0.1");
        }
        for (int i = 0; i < 2; i++) {
            SimulatedHost from = hosts[i];
            InetSocketAddress to = new InetSocketAddress(Simulator.address("203.0.113." + (2 - i)), 7000);
            End end = ends[i];
            end.port = defaults.onLoop(
                    from.loop(), () -> from.loop().connectShared(new InetSocketAddress(from.address(), 7000), to, end));
            // Long after the first was dropped, or soon enough to cross it.
            defaults.run(resets ? Duration.ofMillis(8) : Duration.ofMillis(500));
        }
        defaults.run(Duration.ofSeconds(1));
        assertThat(ends[0].events).containsExactly("connected");
        assertThat(ends[1].events).containsExactly("connected");
    }

    @Test
    void aPortThatIsSharedIsConnectedToEachAddressOnce() {
        World world = World.of(defaults);
        world.listen();
        InetSocketAddress local = new InetSocketAddress(world.client.address(), 7000);
        InetSocketAddress remote = new InetSocketAddress(world.server.address(), 443);
        Loop loop = world.client.loop();
        defaults.onLoop(loop, () -> {
            loop.listenShared(local, stream -> world.near);
            world.near.port = loop.connectShared(local, remote, world.near);
            assertThatThrownBy(() -> loop.connectShared(local, remote, new End()))
                    .isInstanceOf(BindException.class);
            assertThatThrownBy(() -> loop.connect(local, remote, new End())).isInstanceOf(BindException.class);
            return 0;
        });
        defaults.run(Duration.ofSeconds(1));
        assertThat(world.near.events).containsExactly("connected");
    }

    @Test
    void aStreamPassesANatAndDiesWithItsMapping() {
        Nat nat = defaults.internet().nat("nat", "203.0.113.1", NatBehaviour.SYMMETRIC);
        SimulatedHost inside = nat.inside().host("inside", "192.168.1.2");
        World world =
                new World(defaults, inside, defaults.internet().host("server", "198.51.100.2"), new End(), new End());
        world.listen();
        world.near.toWrite = new byte[1_000];
        world.connect();
        defaults.run(Duration.ofSeconds(1));
        assertThat(world.far.events).containsExactly("accepted 203.0.113.1");
        assertThat(world.far.got.size()).isEqualTo(1_000);
        nat.rebind();
        defaults.onLoop(inside.loop(), () -> world.near.port().write(new byte[10], 0, 10));
        defaults.run(Duration.ofSeconds(1));
        assertThat(world.near.events.toString()).contains("reset");
    }

    @Test
    void droppedSegmentsComeLater() {
        World world = World.of(defaults);
        world.listen();
        defaults.filter(PacketFilter.dropFirst(1, packet -> packet.length() > 0));
        world.near.toWrite = new byte[100];
        world.connect();
        defaults.run(Duration.ofMillis(100));
        assertThat(world.far.got.size()).isZero();
        defaults.run(Duration.ofMillis(200));
        assertThat(world.far.got.size()).isEqualTo(100);
    }
}
