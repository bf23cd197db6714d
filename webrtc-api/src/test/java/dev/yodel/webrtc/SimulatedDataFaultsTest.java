package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** THREATS.md F03, F04, F12, F23, F25, F26: data channels of whole connections when things go wrong, in virtual time. */
final class SimulatedDataFaultsTest {
    private static final boolean LONG = Boolean.getBoolean("yodel.long");

    private static Duration seconds(int count) {
        return Duration.ofSeconds(count);
    }

    /** Every connection state that either side took. */
    private static Set<ConnectionState> watch(SimulatedPair pair) {
        Set<ConnectionState> states = new HashSet<>();
        pair.a.onConnectionStateChange(() -> states.add(pair.a.connectionState()));
        pair.b.onConnectionStateChange(() -> states.add(pair.b.connectionState()));
        return states;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends as sendAsync allows. */
    private static void pump(DataChannel channel, Random random, MessageDigest digest, int messages, int bytes) {
        if (messages == 0) {
            channel.send("end");
            return;
        }
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        digest.update(data);
        channel.sendAsync(data).thenRun(() -> pump(channel, random, digest, messages - 1, bytes));
    }

    @Test
    void F03_everythingArrivesThroughABadNetwork() {
        int messages = LONG ? 4_000 : 120;
        for (int seed = 0; seed < (LONG ? 5 : 2); seed++) {
            try (SimulatedPair pair = new SimulatedPair(300 + seed)) {
                Set<ConnectionState> states = watch(pair);
                MessageDigest received = sha256();
                boolean[] ended = new boolean[1];
                pair.b.onDataChannel(event -> event.channel().onMessage(message -> {
                    if (message.isText()) {
                        ended[0] = true;
                    } else {
                        received.update(message.bytes());
                    }
                }));
                DataChannel channel = pair.a.createDataChannel("bulk");
                pair.connect();
                for (SimulatedHost host : List.of(pair.hostA, pair.hostB)) {
                    host.uplink()
                            .delay(Duration.ofMillis(10))
                            .loss(0.1)
                            .reordering(0.3, Duration.ofMillis(50))
                            .duplication(0.05, 1)
                            .corruption(0.01);
                }
                MessageDigest sent = sha256();
                Random random = new Random(seed);
                channel.onOpen(() -> pump(channel, random, sent, messages, 16_384));
                pair.simulator.require("all of it, seed " + seed, () -> ended[0], seconds(LONG ? 3_000 : 300));
                assertThat(received.digest()).as("seed %d", seed).isEqualTo(sent.digest());
                assertThat(states).containsOnly(ConnectionState.CONNECTING, ConnectionState.CONNECTED);
            }
        }
    }

    @Test
    void F04_halfOfAllIsLostAndSomethingComesEveryTenSeconds() {
        for (int seed = 0; seed < (LONG ? 100 : 5); seed++) {
            try (SimulatedPair pair = new SimulatedPair(400 + seed)) {
                Set<ConnectionState> states = watch(pair);
                int[] count = new int[1];
                pair.b.onDataChannel(event -> event.channel().onMessage(message -> count[0]++));
                DataChannel channel = pair.a.createDataChannel("bulk");
                pair.connect();
                pair.simulator.require("open", () -> channel.readyState() == DataChannelState.OPEN, seconds(1));
                pair.hostA.uplink().delay(Duration.ofMillis(20)).loss(0.5);
                pair.hostB.uplink().delay(Duration.ofMillis(20)).loss(0.5);
                for (int i = 0; i < 5_000; i++) {
                    channel.send(new byte[1_000]);
                }
                for (int i = 0; i < 12 && count[0] < 5_000; i++) {
                    int before = count[0];
                    pair.simulator.run(seconds(10));
                    assertThat(count[0])
                            .as("seed %d after %d s", seed, 10 * (i + 1))
                            .isGreaterThan(before);
                }
                assertThat(states).as("seed %d", seed).doesNotContain(ConnectionState.FAILED, ConnectionState.CLOSED);
            }
        }
    }

    /** Two minutes of numbered messages each way, of which the wire is cut for the second half of the first. */
    @Test
    void F12_afterABlackholeOfAMinuteAndARestartNothingReliableIsMissing() {
        for (int seed = 0; seed < (LONG ? 20 : 2); seed++) {
            try (SimulatedPair pair = new SimulatedPair(1200 + seed)) {
                List<Integer> atB = new ArrayList<>();
                List<Integer> atA = new ArrayList<>();
                List<String> events = new ArrayList<>();
                List<DataChannel> theirs = new ArrayList<>();
                DataChannel ours = pair.a.createDataChannel("numbers");
                ours.onMessage(message -> atA.add(Bytes.u16(message.bytes(), 0)));
                ours.onClosing(() -> events.add("closing"));
                ours.onError(event -> events.add("error"));
                pair.b.onDataChannel(event -> {
                    theirs.add(event.channel());
                    event.channel().onMessage(message -> atB.add(Bytes.u16(message.bytes(), 0)));
                });
                pair.connect();
                pair.simulator.run(seconds(1));
                for (int i = 0; i < 1_000; i++) {
                    byte[] data = new byte[200 + i % 3_000];
                    Bytes.put16(data, 0, i);
                    pair.simulator.schedule(Duration.ofMillis(100L * i), () -> {
                        ours.send(data);
                        theirs.get(0).send(data);
                    });
                }
                pair.simulator.run(seconds(20));
                pair.hostA.uplink().down(true);
                pair.hostA.downlink().down(true);
                pair.simulator.run(seconds(60));
                assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.FAILED);
                assertThat(pair.b.connectionState()).isEqualTo(ConnectionState.FAILED);
                assertThat(ours.readyState()).isEqualTo(DataChannelState.OPEN);
                assertThat(ours.bufferedAmount()).isPositive();
                pair.hostA.uplink().down(false);
                pair.hostA.downlink().down(false);
                pair.a.restartIce();
                pair.negotiate(pair.a, pair.b);
                pair.simulator.require(
                        "connected again",
                        () -> pair.a.connectionState() == ConnectionState.CONNECTED
                                && pair.b.connectionState() == ConnectionState.CONNECTED,
                        seconds(2));
                pair.simulator.run(seconds(5));
                assertThat(ours.bufferedAmount()).as("caught up").isZero();
                pair.simulator.run(seconds(30));
                assertThat(atB).as("seed %d", seed).hasSize(1_000).isSorted();
                assertThat(atA).as("seed %d", seed).hasSize(1_000).isSorted();
                assertThat(events).isEmpty();
                assertThat(Objects.requireNonNull(pair.a.sctp()).state()).isEqualTo(SctpTransportState.CONNECTED);
                DataChannel next = pair.b.createDataChannel("next");
                pair.simulator.run(seconds(1));
                assertThat(next.readyState()).isEqualTo(DataChannelState.OPEN);
            }
        }
    }

    @Test
    void F23_thePeerClosesItsConnection() {
        try (SimulatedPair pair = new SimulatedPair(23)) {
            List<String> events = new ArrayList<>();
            DataChannel ours = pair.a.createDataChannel("c");
            ours.onMessage(message -> events.add(message.text()));
            ours.onClose(() -> events.add("close " + ours.readyState()));
            List<DataChannel> theirs = new ArrayList<>();
            pair.b.onDataChannel(event -> theirs.add(event.channel()));
            pair.connect();
            pair.simulator.run(seconds(1));
            CompletableFuture<Void> last = theirs.get(0).sendAsync("last words");
            pair.simulator.run(Duration.ofMillis(300));
            assertThat(last).isCompleted();
            pair.b.close();
            assertThat(theirs.get(0).readyState()).isEqualTo(DataChannelState.CLOSED);
            assertThatThrownBy(() -> theirs.get(0).send("x")).isInstanceOf(InvalidStateException.class);
            pair.simulator.run(seconds(1));
            assertThat(events).containsExactly("last words", "close closed");
            SctpTransport sctp = Objects.requireNonNull(pair.a.sctp());
            assertThat(sctp.state()).isEqualTo(SctpTransportState.CLOSED);
            assertThat(sctp.transport().state()).isEqualTo(DtlsTransportState.CLOSED);
            assertThatThrownBy(() -> ours.send("x")).isInstanceOf(InvalidStateException.class);
        }
    }

    private static boolean closedAt(int index) {
        try (SimulatedPair pair = new SimulatedPair(25)) {
            List<String> late = new ArrayList<>();
            boolean[] closed = new boolean[1];
            Runnable heard = () -> {
                if (closed[0]) {
                    late.add("event after close at " + index);
                }
            };
            DataChannel ours = pair.a.createDataChannel("ours");
            ours.onOpen(heard);
            ours.onMessage(message -> heard.run());
            ours.onError(error -> heard.run());
            ours.onClosing(heard);
            ours.onClose(heard);
            ours.onBufferedAmountLow(heard);
            pair.a.onDataChannel(event -> heard.run());
            List<CompletableFuture<?>> futures = new ArrayList<>();
            DataChannel theirs = pair.b.createDataChannel("theirs");
            ours.onOpen(() -> futures.add(ours.sendAsync(new byte[50_000])));
            int[] got = new int[1];
            pair.b.onDataChannel(event -> event.channel().onMessage(message -> got[0]++));
            pair.trickle();
            futures.add(pair.a.connected());
            futures.add(pair.a
                    .setLocalDescription()
                    .thenCompose(pair.b::setRemoteDescription)
                    .thenCompose(done -> pair.b.setLocalDescription())
                    .thenCompose(pair.a::setRemoteDescription));
            for (int events = 0; events < index && pair.simulator.step(); events++) {
                if (got[0] > 0 && theirs.readyState() == DataChannelState.OPEN) {
                    return false;
                }
            }
            pair.a.close();
            closed[0] = true;
            assertThat(ours.readyState()).isEqualTo(DataChannelState.CLOSED);
            pair.simulator.run(Duration.ofMillis(500));
            assertThat(late).isEmpty();
            for (CompletableFuture<?> future : futures) {
                assertThat(future.isDone()).as("index %d, %s", index, future).isTrue();
            }
            assertThat(pair.hostA.leaks().sockets()).as("index " + index).isEmpty();
            return true;
        }
    }

    @Test
    void F25_closeAtEveryEventOfASessionWithChannels() {
        int index = 0;
        while (closedAt(index)) {
            index++;
        }
        assertThat(index).as("events until a message has come").isGreaterThan(60);
    }

    @Test
    void F26_thePeerAbortsTheAssociation() {
        TamperingDtls dtls = new TamperingDtls();
        try (SimulatedPair pair = new SimulatedPair(Simulator.create(26), Settings.DEFAULT, Settings.DEFAULT, dtls)) {
            List<String> events = new ArrayList<>();
            List<RtcError> errors = new ArrayList<>();
            DataChannel ours = pair.a.createDataChannel("c");
            ours.onError(event -> {
                events.add("error " + ours.readyState());
                errors.add(event.error());
            });
            ours.onClose(() -> events.add("close " + ours.readyState()));
            List<DataChannel> theirs = new ArrayList<>();
            pair.b.onDataChannel(event -> theirs.add(event.channel()));
            pair.connect();
            pair.simulator.run(seconds(1));
            // RFC 9260 3.3.7: an ABORT with the cause "user-initiated abort" (12) and a reason.
            dtls.hand = packet -> {
                byte[] abort = Arrays.copyOf(packet, 12 + 4 + 8);
                Bytes.put32(abort, 8, 0);
                Bytes.put16(abort, 12, 0x0600);
                Bytes.put16(abort, 14, 12);
                Bytes.put16(abort, 16, 12);
                Bytes.put16(abort, 18, 8);
                System.arraycopy(new byte[] {'b', 'y', 'e', '!'}, 0, abort, 20, 4);
                return abort;
            };
            theirs.get(0).send("x");
            pair.simulator.run(seconds(1));
            assertThat(events).containsExactly("error closed", "close closed");
            assertThat(errors.get(0).errorDetail()).isEqualTo(RtcErrorDetail.SCTP_FAILURE);
            assertThat(errors.get(0).sctpCauseCode()).isEqualTo(12);
            assertThat(errors.get(0).message()).contains("bye!");
            assertThat(Objects.requireNonNull(pair.a.sctp()).state()).isEqualTo(SctpTransportState.CLOSED);
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
            assertThatThrownBy(() -> ours.send("x")).isInstanceOf(InvalidStateException.class);
        }
    }

    @Test
    void F26_nobodyAnswersTheInit() {
        TamperingDtls dtls = new TamperingDtls();
        dtls.hand = packet -> new byte[0];
        try (SimulatedPair pair = new SimulatedPair(Simulator.create(27), Settings.DEFAULT, Settings.DEFAULT, dtls)) {
            List<RtcError> errors = new ArrayList<>();
            DataChannel ours = pair.a.createDataChannel("c");
            CompletableFuture<Void> closed = new CompletableFuture<>();
            ours.onError(event -> errors.add(event.error()));
            ours.onClose(() -> closed.complete(null));
            pair.connect();
            pair.simulator.await(closed, seconds(60));
            assertThat(errors).singleElement().satisfies(error -> {
                assertThat(error.errorDetail()).isEqualTo(RtcErrorDetail.SCTP_FAILURE);
                assertThat(error.sctpCauseCode()).isNull();
                assertThat(error.message()).contains("no answer");
            });
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        }
    }
}
