package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.loop.NioEnvironment;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The faults that THREATS.md marks R, over real sockets with real handshakes and through a relay that spoils the wire.
 * Exact deadlines are {@link SimulatedFaultsTest}'s; here the machine may be late by {@link #LATE}.
 */
class RealSocketFaultsTest {
    private static final long LATE = 3_000;
    private static final long CONSENT = 9_500;

    private static PeerConnectionFactory factory(NioEnvironment environment) {
        return PeerConnectionFactory.builder()
                .environment(environment)
                .settings(Settings.builder().resolveMdns(false).build())
                .build();
    }

    /** What is done to a call that stands. */
    private interface Scenario {
        void run(RelayedCall call, NioEnvironment ofA) throws Exception;
    }

    private static Callable<Void> scenario(long seed, Scenario scenario) {
        return () -> {
            try (NioEnvironment environmentA = NioEnvironment.create();
                    NioEnvironment environmentB = NioEnvironment.create();
                    PeerConnectionFactory factoryA = factory(environmentA);
                    PeerConnectionFactory factoryB = factory(environmentB);
                    RelayedCall call = new RelayedCall(factoryA, factoryB, seed).talking()) {
                scenario.run(call, environmentA);
            }
            return null;
        };
    }

    /** At the same time, as most of it is waiting. */
    private static void together(List<Callable<Void>> scenarios) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(scenarios.size());
        try {
            for (Future<Void> each : threads.invokeAll(scenarios)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void stays(RelayedCall call) {
        for (RelayedCall.Side side : List.of(call.a, call.b)) {
            assertThat(side.states)
                    .as("no state changes: %s", call)
                    .containsExactly(ConnectionState.CONNECTING, ConnectionState.CONNECTED);
        }
    }

    private static void neverFailed(RelayedCall call) {
        assertThat(call.a.states).as("%s", call).doesNotContain(ConnectionState.FAILED);
        assertThat(call.b.states).as("%s", call).doesNotContain(ConnectionState.FAILED);
    }

    private static boolean both(RelayedCall call, ConnectionState state) {
        return call.a.is(state) && call.b.is(state);
    }

    private static void heardAgain(RelayedCall call, long limitMillis) {
        int byA = call.a.heard.get();
        int byB = call.b.heard.get();
        call.await(
                "both are heard again",
                limitMillis,
                () -> call.a.heard.get() > byA + 5 && call.b.heard.get() > byB + 5);
    }

    /** Loss in percent; the 99th percentile that is promised, in milliseconds. */
    private static final long[][] LOSSES = {{0, 2_000}, {1, 2_000}, {5, 4_000}, {10, 4_000}, {20, 8_000}};

    private static void setUp(int callsOfEach, int atATime) throws Exception {
        StringBuilder table = new StringBuilder();
        try (NioEnvironment environment = NioEnvironment.builder().loops(2).start();
                PeerConnectionFactory factory = factory(environment)) {
            for (long[] row : LOSSES) {
                for (boolean bursts : new boolean[] {false, true}) {
                    List<Long> times = setUp(factory, callsOfEach, atATime, row[0], bursts);
                    long p99 = times.get((times.size() * 99 + 99) / 100 - 1);
                    table.append(String.format(
                            Locale.ROOT,
                            "%n  %2d %%%s: median %d ms, p99 %d ms",
                            row[0],
                            bursts ? " in bursts" : "",
                            times.get(times.size() / 2),
                            p99));
                    if (callsOfEach >= 100) {
                        assertThat(p99).as("%s", table).isLessThan(row[1] + LATE);
                    }
                }
            }
        }
        System.out.println("set-up over real sockets, " + callsOfEach + " calls of each:" + table);
    }

    private static List<Long> setUp(PeerConnectionFactory factory, int calls, int atATime, long percent, boolean bursts)
            throws Exception {
        List<Long> times = new ArrayList<>();
        ArrayDeque<RelayedCall> running = new ArrayDeque<>();
        ArrayDeque<Long> begun = new ArrayDeque<>();
        for (int i = 0; i < calls || !running.isEmpty(); i++) {
            if (i < calls) {
                RelayedCall call = new RelayedCall(factory, factory, 1_000 * percent + i);
                for (FaultyRelay.Direction way : List.of(call.relay.fromA, call.relay.fromB)) {
                    if (bursts) {
                        way.bursts(percent / 300.0);
                    } else {
                        way.loss(percent / 100.0);
                    }
                }
                begun.add(System.nanoTime());
                running.add(call.begin());
            }
            if (i >= atATime - 1 || i >= calls) {
                long since = begun.remove();
                try (RelayedCall call = running.remove()) {
                    call.await("connected at " + percent + " %", 31_000, call::connected);
                }
                times.add((System.nanoTime() - since) / 1_000_000);
            }
        }
        times.sort(Long::compare);
        return times;
    }

    @Test
    void F01_callsConnectInSpiteOfLoss() throws Exception {
        setUp(3, 3);
    }

    @Test
    @Tag("long")
    void F01_aHundredCallsOfEachLossConnectInTime() throws Exception {
        setUp(100, 1);
    }

    private static void blackholeOf3s(RelayedCall call, NioEnvironment ofA) {
        call.relay.cut(true);
        RelayedCall.pause(3_000);
        call.relay.cut(false);
        heardAgain(call, 500 + LATE);
        call.exchange("after 3 s");
        stays(call);
    }

    private static void peerCloses(RelayedCall call, NioEnvironment ofA) {
        call.b.connection.close();
        call.await("DTLS is closed", 1_000 + LATE, () -> call.a.dtls().state() == DtlsTransportState.CLOSED);
        call.await(
                "the channel is closed", 1_000 + LATE, () -> call.a.channel().readyState() == DataChannelState.CLOSED);
        assertThat(call.a.connection.signalingState()).isEqualTo(SignalingState.STABLE);
    }

    @Test
    void F08_F23_D12_aBlackholeAndAFloodChangeNothingAndACloseIsSeen() throws Exception {
        together(List.of(
                scenario(8, RealSocketFaultsTest::blackholeOf3s),
                scenario(23, RealSocketFaultsTest::peerCloses),
                scenario(12, flooded(20_000, 60))));
    }

    private static void blackholeOf10s(RelayedCall call, NioEnvironment ofA) {
        call.relay.cut(true);
        long begun = System.nanoTime();
        call.a.channel().send("while it was dark");
        call.await("disconnected", CONSENT + LATE, () -> both(call, ConnectionState.DISCONNECTED));
        RelayedCall.pause(10_000 - (System.nanoTime() - begun) / 1_000_000);
        assertThat(call.a.channel().readyState()).isEqualTo(DataChannelState.OPEN);
        call.relay.cut(false);
        call.await("connected again", 1_500 + LATE, call::connected);
        heardAgain(call, 1_500 + LATE);
        call.exchange("after 10 s");
        assertThat(call.b.words).contains("while it was dark");
        neverFailed(call);
    }

    private static void blackholeOf29s(RelayedCall call, NioEnvironment ofA) {
        call.await(
                "both have an answer",
                14_000,
                () -> call.relay.fromA.answeredAt() != 0 && call.relay.fromB.answeredAt() != 0);
        call.relay.cut(true);
        long last = Math.min(call.relay.fromA.answeredAt(), call.relay.fromB.answeredAt());
        // A second before the end, so that a check of a busy machine is answered in time.
        RelayedCall.pause((last - System.nanoTime()) / 1_000_000 + 29_000);
        assertThat(both(call, ConnectionState.DISCONNECTED)).as("%s", call).isTrue();
        call.relay.cut(false);
        call.await("connected again", 2_000 + LATE, call::connected);
        call.exchange("after 29 s");
        neverFailed(call);
    }

    private static void blackholeOf31s(RelayedCall call, NioEnvironment ofA) {
        call.relay.cut(true);
        long answerForA = call.relay.fromB.answeredAt();
        call.await("A fails", 31_000 + LATE, () -> call.a.is(ConnectionState.FAILED));
        assertThat((System.nanoTime() - answerForA) / 1_000_000)
                .as("since the last answer: %s", call)
                .isBetween(29_000L, 31_000 + LATE);
        call.await("B fails", 8_000, () -> call.b.is(ConnectionState.FAILED));
        call.relay.cut(false);
        // What was sent in the moment of failing is on its way no more.
        RelayedCall.pause(500);
        long sent = call.relay.fromA.sent() + call.relay.fromB.sent();
        RelayedCall.pause(10_000);
        assertThat(call.relay.fromA.sent() + call.relay.fromB.sent())
                .as("nothing is sent after")
                .isEqualTo(sent);
        assertThat(call.a.channel().readyState()).isEqualTo(DataChannelState.OPEN);
        assertThat(call.a.dtls().state()).isEqualTo(DtlsTransportState.CONNECTED);
    }

    private static void farewellIsLost(RelayedCall call, NioEnvironment ofA) {
        call.relay.fromB.down(true);
        call.b.connection.close();
        call.await("disconnected", CONSENT + LATE, () -> call.a.is(ConnectionState.DISCONNECTED));
        call.await("failed", 31_000 - CONSENT + LATE, () -> call.a.is(ConnectionState.FAILED));
        assertThat(call.a.dtls().state()).isEqualTo(DtlsTransportState.CONNECTED);
        assertThat(call.a.channel().readyState()).isEqualTo(DataChannelState.OPEN);
    }

    private static Scenario paused(long millis) {
        return (call, ofA) -> {
            ofA.loops().forEach(loop -> loop.execute(() -> RelayedCall.pause(millis)));
            RelayedCall.pause(millis);
            call.await("connected", 1_500 + LATE, call::connected);
            heardAgain(call, 1_500 + LATE);
            call.exchange("after a pause of " + millis);
            neverFailed(call);
            if (millis <= 2_000) {
                stays(call);
            }
        };
    }

    @Test
    @Tag("long")
    void F09_F10_F11_F21_F23_longerFaultsOverRealSockets() throws Exception {
        together(Arrays.asList(
                scenario(9, RealSocketFaultsTest::blackholeOf10s),
                scenario(10, RealSocketFaultsTest::blackholeOf29s),
                scenario(11, RealSocketFaultsTest::blackholeOf31s),
                scenario(230, RealSocketFaultsTest::farewellIsLost),
                scenario(210, paused(200)),
                scenario(211, paused(2_000)),
                scenario(212, paused(10_000))));
    }

    /** The peer that is killed. It reads an offer from its input, a line each, and says its answer. */
    static final class Peer {
        private Peer() {}

        public static void main(String[] arguments) throws Exception {
            PeerConnectionFactory factory = PeerConnectionFactory.create();
            PeerConnection connection = factory.newPeerConnection();
            connection.addTrack(EncodedTrack.opus("b"));
            connection.onDataChannel(event ->
                    event.channel().onMessage(message -> event.channel().send(message.text())));
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            connection
                    .setRemoteDescription(SessionDescription.offer(lines(in)))
                    .thenCompose(done -> connection.setLocalDescription())
                    .get(20, TimeUnit.SECONDS);
            String answer =
                    connection.gatheringComplete().get(20, TimeUnit.SECONDS).sdp();
            System.out.print(answer + ".\r\n");
            System.out.flush();
            // Lives until it is killed, or its parent is gone.
            in.readLine();
            factory.close();
        }

        static String lines(BufferedReader in) throws IOException {
            StringBuilder text = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                text.append(line).append("\r\n");
            }
            return text.toString();
        }
    }

    @Test
    @Tag("long")
    void F22_aKilledProcessIsNoticed() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Peer.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                BufferedWriter out = process.outputWriter(StandardCharsets.UTF_8);
                BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            RelayedCall.Side side = new RelayedCall.Side(factory.newPeerConnection(), "a");
            side.channel(side.connection.createDataChannel("words"));
            side.connection.setLocalDescription();
            out.write(side.connection
                    .gatheringComplete()
                    .get(20, TimeUnit.SECONDS)
                    .sdp());
            out.write(".\r\n");
            out.flush();
            side.connection
                    .setRemoteDescription(SessionDescription.answer(Peer.lines(in)))
                    .get(60, TimeUnit.SECONDS);
            side.connection.connected().get(30, TimeUnit.SECONDS);
            until("the channel is open", 10_000, () -> side.channel().readyState() == DataChannelState.OPEN);
            side.channel().send("echo");
            until("echo", 10_000, () -> side.words.contains("echo"));
            process.destroyForcibly().waitFor();
            long killed = System.nanoTime();
            until("disconnected", CONSENT + LATE, () -> side.is(ConnectionState.DISCONNECTED));
            until("failed", 31_000 + LATE, () -> side.is(ConnectionState.FAILED));
            assertThat((System.nanoTime() - killed) / 1_000_000).isBetween(23_000L, 31_000 + LATE);
            assertThat(side.channel().readyState()).isEqualTo(DataChannelState.OPEN);
            side.connection.close();
            assertThat(side.channel().readyState()).isEqualTo(DataChannelState.CLOSED);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void until(String what, long limitMillis, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat((System.nanoTime() - begun) / 1_000_000).as(what).isLessThan(limitMillis);
            RelayedCall.pause(5);
        }
    }

    /** Paced messages and voice go on while A is showered with records that its peer never made. */
    private static Scenario flooded(long records, long limitSeconds) {
        return (call, ofA) -> {
            int perSecond = 500;
            int sent = 0;
            long begun = System.nanoTime();
            int heardBefore = call.a.heard.get();
            call.relay.forge(50);
            while (call.relay.forged() < records) {
                assertThat((System.nanoTime() - begun) / 1_000_000_000)
                        .as("seconds for %d forged records", call.relay.forged())
                        .isLessThan(limitSeconds);
                while (sent < (System.nanoTime() - begun) * perSecond / 1_000_000_000) {
                    call.b.channel().send("message " + sent++);
                }
                RelayedCall.pause(2);
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            int heard = call.a.heard.get() - heardBefore;
            int came = call.a.words.size();
            call.relay.forge(0);
            System.out.printf(
                    Locale.ROOT,
                    "%d forged records in %.1f s (%.0f a second): %d of %d messages and %d of %.0f voice packets came meanwhile%n",
                    call.relay.forged(),
                    seconds,
                    call.relay.forged() / seconds,
                    came,
                    sent,
                    heard,
                    seconds * 50);
            // A flood that lasts so long that a moment in which the machine did something else does not count.
            if (records >= 1_000_000) {
                assertThat(came).as("messages of %d", sent).isGreaterThanOrEqualTo(sent * 9 / 10);
                assertThat(heard).as("voice packets").isGreaterThanOrEqualTo((int) (seconds * 50 * 9 / 10));
            }
            int all = sent;
            call.await("all messages", 20_000, () -> call.a.words.size() == all);
            call.exchange("after the flood");
            stays(call);
        };
    }

    @Test
    @Tag("long")
    void D12_messagesComeThroughAMillionForgedRecords() throws Exception {
        together(List.of(scenario(12, flooded(1_000_000, 300))));
    }
}
