package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.NioEnvironment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds over real sockets and in the simulation alike: a program written against one runs on the other. */
@Timeout(30)
class EnvironmentContractTest {
    /** The environments under test. */
    enum Kind {
        REAL,
        SIMULATED,
        SIMULATED_LATE
    }

    /** An environment, and how its future is reached. */
    private interface World extends AutoCloseable {
        Environment environment();

        <T> T await(CompletableFuture<T> future) throws Exception;

        @Override
        void close();

        default <T> T onLoop(Callable<T> work) throws Exception {
            CompletableFuture<T> result = new CompletableFuture<>();
            environment().loops().get(0).execute(() -> {
                try {
                    result.complete(work.call());
                } catch (Exception e) {
                    result.completeExceptionally(e);
                }
            });
            return await(result);
        }
    }

    private static World start(Kind kind) {
        if (kind == Kind.REAL) {
            NioEnvironment real =
                    NioEnvironment.builder().loops(2).name("contract").start();
            return new World() {
                @Override
                public Environment environment() {
                    return real;
                }

                @Override
                public <T> T await(CompletableFuture<T> future) throws Exception {
                    return future.get(20, TimeUnit.SECONDS);
                }

                @Override
                public void close() {
                    real.close();
                }
            };
        }
        Simulator simulator = Simulator.builder()
                .seed(9)
                .loopsPerHost(2)
                .late(kind == Kind.SIMULATED_LATE)
                .build();
        SimulatedHost host = simulator.internet().host("host", "198.51.100.1");
        return new World() {
            @Override
            public Environment environment() {
                return host;
            }

            @Override
            public <T> T await(CompletableFuture<T> future) {
                return simulator.await(future, Duration.ofMinutes(1));
            }

            @Override
            public void close() {
                simulator.close();
            }
        };
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void datagramsEcho(Kind kind) throws Exception {
        try (World world = start(kind)) {
            Loop loop = world.environment().loops().get(0);
            CompletableFuture<String> echoed = new CompletableFuture<>();
            world.onLoop(() -> {
                UdpPort[] echo = new UdpPort[1];
                echo[0] = loop.openUdp(
                        loopback(),
                        datagram -> echo[0].send(datagram.data, datagram.offset, datagram.length, datagram.remote));
                UdpPort from = loop.openUdp(
                        loopback(),
                        datagram -> echoed.complete(datagram.length + " " + datagram.data[datagram.offset]));
                return from.send(new byte[] {7, 8, 9}, 0, 3, echo[0].localAddress());
            });
            assertThat(world.await(echoed)).isEqualTo("3 7");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void timersAreNeverEarly(Kind kind) throws Exception {
        try (World world = start(kind)) {
            Loop loop = world.environment().loops().get(0);
            CompletableFuture<Long> fired = new CompletableFuture<>();
            long deadline = world.onLoop(() -> {
                LoopTimer timer = loop.newTimer(() -> fired.complete(loop.now()));
                long at = loop.now() + 30 * Time.MILLISECOND;
                timer.set(at);
                return at;
            });
            assertThat(world.await(fired)).isGreaterThanOrEqualTo(deadline);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void streamsCarryBytesBothWaysAndEnd(Kind kind) throws Exception {
        try (World world = start(kind)) {
            Loop loop = world.environment().loops().get(0);
            List<String> events = new CopyOnWriteArrayList<>();
            CompletableFuture<Integer> received = new CompletableFuture<>();
            CompletableFuture<String> ended = new CompletableFuture<>();
            int size = 1_000_000;
            StreamAcceptor acceptor = world.onLoop(() -> loop.listen(loopback(), stream -> new StreamPort.Handler() {
                private int sent;

                private int heard;

                @Override
                public void onConnected() {
                    events.add("must not be called");
                }

                @Override
                public void onBytes(byte[] data, int offset, int length, long now) {
                    heard += length;
                    if (heard == 5) {
                        onWritable();
                    }
                }

                @Override
                public void onWritable() {
                    sent += stream.write(new byte[size], 0, size - sent);
                }

                @Override
                public void onClosed(String reason) {
                    ended.complete(reason);
                }
            }));
            StreamPort[] client = new StreamPort[1];
            world.onLoop(() -> {
                client[0] = loop.connect(loopback(), acceptor.localAddress(), new StreamPort.Handler() {
                    private int got;

                    @Override
                    public void onConnected() {
                        events.add("connected");
                        client[0].write(new byte[5], 0, 5);
                    }

                    @Override
                    public void onBytes(byte[] data, int offset, int length, long now) {
                        got += length;
                        if (got == size) {
                            received.complete(got);
                        }
                    }

                    @Override
                    public void onWritable() {}

                    @Override
                    public void onClosed(String reason) {
                        events.add("must not be called: " + reason);
                    }
                });
                events.add("returned");
                return 0;
            });
            assertThat(world.await(received)).isEqualTo(size);
            world.onLoop(() -> {
                client[0].close();
                return 0;
            });
            assertThat(world.await(ended)).contains("ended by the peer");
            assertThat(events).containsExactly("returned", "connected");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void refusalIsToldAfterTheCall(Kind kind) throws Exception {
        try (World world = start(kind)) {
            Loop loop = world.environment().loops().get(0);
            CompletableFuture<String> reason = new CompletableFuture<>();
            boolean insideCall = world.onLoop(() -> {
                StreamAcceptor gone = loop.listen(loopback(), stream -> {
                    throw new IllegalStateException();
                });
                gone.close();
                loop.connect(loopback(), gone.localAddress(), new StreamPort.Handler() {
                    @Override
                    public void onConnected() {
                        reason.complete("connected");
                    }

                    @Override
                    public void onBytes(byte[] data, int offset, int length, long now) {}

                    @Override
                    public void onWritable() {}

                    @Override
                    public void onClosed(String text) {
                        reason.complete(text);
                    }
                });
                return reason.isDone();
            });
            assertThat(insideCall).isFalse();
            assertThat(world.await(reason)).contains("cannot connect");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void lanesWorkersAndLoopsHandOverInOrder(Kind kind) throws Exception {
        try (World world = start(kind)) {
            Environment environment = world.environment();
            Loop other = environment.loops().get(1);
            Lane lane = environment.newLane();
            CompletableFuture<List<String>> done = new CompletableFuture<>();
            List<String> order = new CopyOnWriteArrayList<>();
            environment
                    .workers()
                    .execute(() -> other.execute(() -> {
                        order.add("loop " + other.inLoop());
                        for (int i = 0; i < 3; i++) {
                            int number = i;
                            lane.execute(() -> order.add(number + " " + lane.inLane()));
                        }
                        lane.execute(() -> environment.mediaWorkers().execute(() -> done.complete(List.copyOf(order))));
                    }));
            assertThat(world.await(done)).containsExactly("loop true", "0 true", "1 true", "2 true");
        }
    }
}
