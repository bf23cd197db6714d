package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import dev.yodel.simulator.Simulator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** THREATS.md C10, C11, C18 to C22: what a peer with the keys can do to the data channels of a whole connection. */
final class SimulatedDataAttacksTest {
    private static final int CYCLES = Boolean.getBoolean("yodel.long") ? 20_000 : 400;

    private final TamperingDtls dtls = new TamperingDtls();

    private SimulatedPair pair(long seed, Settings ours, Settings theirs) {
        return new SimulatedPair(Simulator.create(seed), ours, theirs, dtls);
    }

    private SimulatedPair pair(long seed) {
        return pair(seed, Settings.DEFAULT, Settings.DEFAULT);
    }

    private static Duration seconds(int count) {
        return Duration.ofSeconds(count);
    }

    private static SctpTransport sctp(PeerConnection connection) {
        return Objects.requireNonNull(connection.sctp());
    }

    @Test
    void C10_sendTakesWhatThePeerTakesAndNoMore() {
        // The limit that the peer tells, and what ours is then: 16 MiB wait at most.
        long[][] limits = {
            {1000, 1000}, {0, 16 << 20}, {1L << 31, 16 << 20}, {1L << 32, 16 << 20}, {Long.MAX_VALUE, 16 << 20}
        };
        for (long[] limit : limits) {
            try (SimulatedPair pair = pair(1)) {
                DataChannel channel = pair.a.createDataChannel("c");
                pair.trickle();
                pair.simulator.await(
                        pair.b.setRemoteDescription(pair.simulator.await(pair.a.setLocalDescription(), seconds(5))),
                        seconds(5));
                String answer = pair.simulator
                        .await(pair.b.setLocalDescription(), seconds(5))
                        .sdp();
                pair.simulator.await(
                        pair.a.setRemoteDescription(SessionDescription.answer(
                                answer.replace("a=max-message-size:262144", "a=max-message-size:" + limit[0]))),
                        seconds(5));
                pair.simulator.run(seconds(2));
                assertThat(sctp(pair.a).maxMessageSize()).isEqualTo((double) limit[1]);
                if (limit[1] == 1000) {
                    channel.send(new byte[1000]);
                    assertThatThrownBy(() -> channel.send(new byte[1001]))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("1001");
                    assertThatThrownBy(() -> channel.sendAsync(new byte[1001]).join())
                            .hasCauseInstanceOf(IllegalArgumentException.class);
                    channel.send("x".repeat(1000));
                    assertThatThrownBy(() -> channel.send("\u20ac".repeat(334)))
                            .isInstanceOf(IllegalArgumentException.class);
                }
                assertThat(channel.readyState()).isEqualTo(DataChannelState.OPEN);
            }
        }
    }

    @Test
    void C10_aPeerThatSendsMoreThanWeTakeLosesItsAssociation() {
        Settings small = Settings.builder().maxMessageBytes(1000).build();
        try (SimulatedPair pair = pair(2, small, Settings.DEFAULT)) {
            List<String> errors = new ArrayList<>();
            DataChannel ours = pair.a.createDataChannel("c");
            ours.onError(event -> errors.add("a " + event.error()));
            ours.onMessage(message -> errors.add("a got " + message));
            List<DataChannel> theirs = new ArrayList<>();
            pair.b.onDataChannel(event -> {
                theirs.add(event.channel());
                event.channel().onError(error -> errors.add("b " + error.error()));
            });
            pair.trickle();
            // The peer does not heed what our description says.
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), seconds(5));
            assertThat(offer.sdp()).contains("a=max-message-size:1000");
            pair.simulator.await(
                    pair.b.setRemoteDescription(
                            SessionDescription.offer(offer.sdp().replace("size:1000", "size:5000"))),
                    seconds(5));
            pair.simulator.await(
                    pair.a.setRemoteDescription(pair.simulator.await(pair.b.setLocalDescription(), seconds(5))),
                    seconds(5));
            pair.simulator.run(seconds(2));
            theirs.get(0).send(new byte[1000]);
            theirs.get(0).send(new byte[1001]);
            pair.simulator.run(seconds(2));
            assertThat(errors).hasSize(3);
            assertThat(errors.get(0)).isEqualTo("a got binary message of 1000 bytes");
            assertThat(errors.get(1))
                    .startsWith("a ")
                    .contains("sctp-failure", "max-message-size", "sctpCauseCode=null");
            assertThat(errors.get(2)).startsWith("b ").contains("sctp-failure", "sctpCauseCode=13");
            assertThat(ours.readyState()).isEqualTo(DataChannelState.CLOSED);
            assertThat(theirs.get(0).readyState()).isEqualTo(DataChannelState.CLOSED);
            assertThat(sctp(pair.a).state()).isEqualTo(SctpTransportState.CLOSED);
            assertThat(sctp(pair.b).state()).isEqualTo(SctpTransportState.CLOSED);
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    @Test
    void C11_channelsOpenAndCloseWithoutEndTwoAtATime() {
        try (SimulatedPair pair = pair(3)) {
            pair.a.createDataChannel("control");
            pair.b.onDataChannel(event -> {});
            pair.connect();
            Set<Integer> ids = new HashSet<>();
            ArrayDeque<DataChannel> live = new ArrayDeque<>();
            for (int i = 0; i < CYCLES; i++) {
                DataChannel channel = (i % 3 == 0 ? pair.b : pair.a).createDataChannel("c" + i);
                live.add(channel);
                pair.simulator.require("open " + i, () -> channel.readyState() == DataChannelState.OPEN, seconds(5));
                ids.add(channel.id());
                if (live.size() == 2) {
                    DataChannel old = live.remove();
                    old.close();
                    pair.simulator.require(
                            "closed " + i, () -> old.readyState() == DataChannelState.CLOSED, seconds(5));
                }
            }
            assertThat(ids).hasSizeLessThanOrEqualTo(4);
            StatsReport stats = pair.simulator.await(pair.a.getStats(), seconds(1));
            assertThat(stats.ofType("peer-connection").get(0).number("dataChannelsOpened"))
                    .isEqualTo(CYCLES + 1);
            assertThat(stats.ofType("data-channel")).hasSizeLessThan(5);
        }
    }

    @Test
    void C18_openMessagesThatLie() {
        try (SimulatedPair pair = pair(4)) {
            dtls.hand = TamperingDtls.onData((packet, ppidAt, from, to) -> {
                if (Bytes.u32(packet, ppidAt) != 50 || to - from < 16 || packet[from + 12] != '#') {
                    return;
                }
                switch (packet[from + 13]) {
                    case '0' -> packet[from] = 9;
                    case '1' -> Bytes.put16(packet, from + 8, 0xffff);
                    case '2' -> Bytes.put16(packet, from + 10, 0xffff);
                    case '3' -> packet[from + 1] = 0x55;
                    case '4' -> packet[from + 13] = (byte) 0xff;
                    case '5' -> {
                        packet[from + 1] = 1;
                        Bytes.put32(packet, from + 4, -1);
                    }
                    default -> {}
                }
            });
            List<DataChannel> announced = new ArrayList<>();
            pair.a.createDataChannel("control");
            pair.a.onDataChannel(event -> announced.add(event.channel()));
            pair.connect();
            List<DataChannel> sent = new ArrayList<>();
            for (String label : List.of("#0 x", "#1 x", "#2 x", "#3 x", "#4 x", "#5 x", "#" + "y".repeat(65_534))) {
                sent.add(pair.b.createDataChannel(label));
            }
            pair.simulator.run(seconds(3));
            assertThat(sent.subList(0, 5)).allMatch(channel -> channel.readyState() == DataChannelState.CLOSED);
            assertThat(sent.subList(5, 7)).allMatch(channel -> channel.readyState() == DataChannelState.OPEN);
            assertThat(announced)
                    .extracting(channel -> channel.label().length())
                    .containsExactly(4, 65_535);
            assertThat(announced.get(0).maxRetransmits()).isEqualTo(65_535);
            DataChannel next = pair.b.createDataChannel("honest");
            pair.simulator.run(seconds(1));
            assertThat(next.readyState()).isEqualTo(DataChannelState.OPEN);
            assertThat(announced).hasSize(3);
        }
    }

    @Test
    void C19_payloadProtocolsThatLie() {
        try (SimulatedPair pair = pair(5)) {
            dtls.hand = TamperingDtls.onData((packet, ppidAt, from, to) -> {
                String text = new String(packet, from, to - from, StandardCharsets.ISO_8859_1);
                if (text.startsWith("ppid=")) {
                    Bytes.put32(packet, ppidAt, Integer.parseInt(text.substring(5)));
                } else if (text.equals("no UTF-8")) {
                    Arrays.fill(packet, from, from + 3, (byte) 0xff);
                }
            });
            List<String> got = new ArrayList<>();
            List<String> closed = new ArrayList<>();
            DataChannel ours = pair.a.createDataChannel("c");
            ours.onMessage(message -> got.add(
                    message.isText()
                            ? "t" + message.text()
                            : "b" + new String(message.bytes(), StandardCharsets.ISO_8859_1)));
            ours.onError(event -> closed.add(event.error().errorDetail() + ""));
            ours.onClose(() -> closed.add("closed"));
            List<DataChannel> theirs = new ArrayList<>();
            pair.b.onDataChannel(event -> theirs.add(event.channel()));
            pair.connect();
            pair.simulator.run(seconds(1));
            DataChannel liar = theirs.get(0);
            for (String text : List.of(
                    "ppid=56", "ppid=57", "ppid=99", "ppid=52", "ppid=53", "ppid=54", "ppid=51", "no UTF-8", "end")) {
                liar.send(text);
            }
            pair.simulator.run(seconds(1));
            assertThat(got)
                    .containsExactly(
                            "t", "b", "bppid=52ppid=53", "tppid=54ppid=51", "t\ufffd\ufffd\ufffdUTF-8", "tend");
            // What claims to be about channels on one that is open cannot be.
            liar.send("ppid=50");
            pair.simulator.run(seconds(1));
            assertThat(closed).containsExactly("data-channel-failure", "closed");
            assertThat(liar.readyState()).isEqualTo(DataChannelState.CLOSED);
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    @Test
    void C20_thereIsNoAssociationBeforeDtls() {
        try (SimulatedPair pair = pair(6)) {
            dtls.answers = false;
            List<String> events = new ArrayList<>();
            DataChannel ours = pair.a.createDataChannel("c");
            ours.onError(event -> events.add(event.error().errorDetail().toString()));
            ours.onClose(() -> events.add("close"));
            pair.trickle();
            pair.negotiate(pair.a, pair.b);
            pair.simulator.run(seconds(10));
            assertThat(pair.a.iceConnectionState()).isIn(IceConnectionState.CONNECTED, IceConnectionState.COMPLETED);
            assertThat(sctp(pair.a).state()).isEqualTo(SctpTransportState.CONNECTING);
            assertThat(sctp(pair.a).maxChannels()).isNull();
            assertThat(ours.readyState()).isEqualTo(DataChannelState.CONNECTING);
            assertThat(events).isEmpty();
            // The handshake gives up after 30 s, and with it the channels that wait for it.
            pair.simulator.run(seconds(30));
            assertThat(sctp(pair.a).transport().state()).isEqualTo(DtlsTransportState.FAILED);
            assertThat(events).containsExactly("sctp-failure", "close");
            assertThat(sctp(pair.a).state()).isEqualTo(SctpTransportState.CLOSED);
        }
    }

    @Test
    void C21_aPeerHasSoManyChannelsAndNoMore() {
        Settings few = Settings.builder().maxRemoteChannels(50).build();
        try (SimulatedPair pair = pair(7, few, Settings.DEFAULT)) {
            List<DataChannel> announced = new ArrayList<>();
            pair.a.createDataChannel("control");
            pair.a.onDataChannel(event -> announced.add(event.channel()));
            pair.connect();
            List<DataChannel> theirs = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                theirs.add(pair.b.createDataChannel("c" + i));
            }
            pair.simulator.run(seconds(3));
            assertThat(announced).hasSize(50);
            assertThat(theirs.stream().filter(channel -> channel.readyState() == DataChannelState.OPEN))
                    .hasSize(50);
            assertThat(theirs.stream().filter(channel -> channel.readyState() == DataChannelState.CLOSED))
                    .hasSize(30);
            theirs.get(0).close();
            pair.simulator.run(seconds(1));
            DataChannel next = pair.b.createDataChannel("next");
            pair.simulator.run(seconds(1));
            assertThat(next.readyState()).isEqualTo(DataChannelState.OPEN);
            assertThat(announced).hasSize(51);
            // Ours are not counted.
            DataChannel ours = pair.a.createDataChannel("ours");
            pair.simulator.run(seconds(1));
            assertThat(ours.readyState()).isEqualTo(DataChannelState.OPEN);
        }
    }

    /** 60 channels of a peer, 100 KB on each, and nobody listens: a mebibyte is kept of all that. */
    @Test
    void C21_whatNobodyListensToFillsNoHeap() {
        try (SimulatedPair pair = pair(8)) {
            List<DataChannel> announced = new ArrayList<>();
            pair.a.createDataChannel("control");
            pair.a.onDataChannel(event -> announced.add(event.channel()));
            pair.connect();
            for (int i = 0; i < 60; i++) {
                DataChannel channel = pair.b.createDataChannel("c" + i);
                channel.onOpen(() -> {
                    for (int k = 0; k < 10; k++) {
                        channel.send(new byte[10_000]);
                    }
                });
            }
            pair.simulator.run(seconds(20));
            assertThat(announced).hasSize(60);
            long[] bytes = new long[1];
            announced.forEach(channel -> channel.onMessage(message -> bytes[0] += message.bytes().length));
            pair.simulator.run(seconds(1));
            assertThat(bytes[0]).isBetween(900_000L, 1L << 20);
        }
    }

    @Test
    void C22_aListenerThatSleepsHoldsUpItsChannelAndBeyondItsQuotaTheAssociation() {
        try (SimulatedPair pair = pair(9)) {
            List<Integer> slowGot = new ArrayList<>();
            List<String> liveGot = new ArrayList<>();
            pair.b.onDataChannel(event -> event.channel().onMessage(message -> {
                if (event.channel().label().equals("live")) {
                    liveGot.add(message.text());
                    return;
                }
                slowGot.add(Bytes.u16(message.bytes(), 0));
                if (slowGot.size() == 1) {
                    pair.hostB.occupyLane(seconds(60));
                }
            }));
            DataChannel slow = pair.a.createDataChannel("slow");
            DataChannel live = pair.a.createDataChannel("live");
            pair.connect();
            pair.simulator.run(seconds(1));
            for (int i = 0; i < 95; i++) {
                slow.send(numbered(i));
            }
            pair.simulator.run(seconds(5));
            // 950 KB wait unread: the other channel lives.
            for (int i = 0; i < 20; i++) {
                live.send("live " + i);
                pair.simulator.run(Duration.ofMillis(200));
                assertThat(liveGot).hasSize(i + 1);
            }
            assertThat(slowGot).hasSize(1);
            assertThat(slow.bufferedAmount()).isZero();
            // 5 MB more do not fit into the receive buffer: everything waits, consent goes on.
            for (int i = 95; i < 600; i++) {
                slow.send(numbered(i));
            }
            pair.simulator.run(seconds(10));
            live.send("late");
            pair.simulator.run(seconds(10));
            assertThat(liveGot).hasSize(20);
            assertThat(slow.bufferedAmount()).isGreaterThan(500_000);
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
            pair.simulator.run(seconds(25));
            assertThat(pair.a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
            // The listener wakes up.
            pair.simulator.run(seconds(30));
            assertThat(slowGot).hasSize(600).isSorted();
            assertThat(liveGot).hasSize(21).last().isEqualTo("late");
        }
    }

    private static byte[] numbered(int number) {
        byte[] data = new byte[10_000];
        Bytes.put16(data, 0, number);
        return data;
    }
}
