package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.simulator.Packet;
import dev.yodel.simulator.PacketTap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data channels of whole connections in virtual time. */
final class SimulatedDataTest {
    @Test
    void messagesFlowBothWays() {
        try (SimulatedPair pair = new SimulatedPair(11)) {
            List<String> log = new ArrayList<>();
            DataChannel channel = pair.a.createDataChannel("chat");
            channel.onOpen(() -> {
                log.add("a open");
                channel.send("hello");
                channel.send(new byte[] {1, 2, 3});
                channel.send("");
            });
            channel.onMessage(message -> log.add("a got " + message.text()));
            pair.b.onDataChannel(event -> {
                DataChannel other = event.channel();
                log.add("b announced " + other.label() + " " + other.readyState());
                other.onOpen(() -> log.add("b open"));
                other.onMessage(message -> {
                    log.add("b got " + message);
                    other.send(message.isText() ? message.text() : "binary");
                });
            });
            pair.connect();
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(log).containsSubsequence("a open", "a got hello", "a got binary", "a got ");
            assertThat(log)
                    .containsSubsequence(
                            "b announced chat open",
                            "b open",
                            "b got text message of 5 bytes",
                            "b got binary message of 3 bytes",
                            "b got text message of 0 bytes");
            assertThat(log).hasSize(9);
            assertThat(channel.id()).isEqualTo(1);
            assertThat(channel.bufferedAmount()).isZero();
            SctpTransport sctp = pair.a.sctp();
            assertThat(sctp).isNotNull();
            assertThat(sctp.state()).isEqualTo(SctpTransportState.CONNECTED);
            assertThat(sctp.maxChannels()).isEqualTo(65_535);
            assertThat(sctp.maxMessageSize()).isEqualTo(262_144);
            StatsReport stats = pair.simulator.await(pair.a.getStats(), Duration.ofSeconds(1));
            assertThat(stats.ofType("peer-connection").get(0).number("dataChannelsOpened"))
                    .isEqualTo(1);
            Stats entry = stats.ofType("data-channel").get(0);
            assertThat(entry.text("label")).isEqualTo("chat");
            assertThat(entry.text("state")).isEqualTo("open");
            assertThat(entry.number("dataChannelIdentifier")).isEqualTo(1);
            assertThat(entry.number("messagesSent")).isEqualTo(3);
            assertThat(entry.number("bytesSent")).isEqualTo(8);
            assertThat(entry.number("messagesReceived")).isEqualTo(3);
            assertThat(entry.number("bytesReceived")).isEqualTo(11);
        }
    }

    @Test
    void closingGoesThroughItsStatesOnBothSides() {
        try (SimulatedPair pair = new SimulatedPair(12)) {
            List<String> log = new ArrayList<>();
            DataChannel channel = pair.a.createDataChannel("short");
            List<DataChannel> others = new ArrayList<>();
            channel.onClose(() -> log.add("a close " + channel.readyState()));
            channel.onClosing(() -> log.add("a closing"));
            pair.b.onDataChannel(event -> {
                DataChannel other = event.channel();
                others.add(other);
                other.onMessage(message -> log.add("b got " + message.text()));
                other.onClosing(() -> log.add("b closing " + other.readyState()));
                other.onClose(() -> log.add("b close " + other.readyState()));
            });
            pair.connect();
            pair.simulator.run(Duration.ofSeconds(1));
            channel.send("last");
            channel.close();
            assertThat(channel.readyState()).isEqualTo(DataChannelState.CLOSING);
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(log)
                    .containsExactlyInAnyOrder("b got last", "b closing closing", "b close closed", "a close closed");
            assertThat(log).containsSubsequence("b got last", "b closing closing", "b close closed");
            DataChannel next = pair.a.createDataChannel("next");
            assertThat(next.id()).isEqualTo(channel.id());
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(next.readyState()).isEqualTo(DataChannelState.OPEN);
            assertThat(others).hasSize(2);
        }
    }

    /** A peer that sends three mebibytes at once on the channels that it is told of. */
    private static void flood(SimulatedPair pair) {
        pair.b.onDataChannel(event -> {
            if (event.channel().label().equals("late")) {
                for (int i = 0; i < 48; i++) {
                    byte[] message = new byte[65_536];
                    message[0] = (byte) i;
                    event.channel().send(message);
                }
            }
        });
    }

    /** A thread that was late by a moment loses nothing, however much came meanwhile. */
    @Test
    void C22_whatComesBeforeTheListenerIsHeldForAMoment() {
        try (SimulatedPair pair = new SimulatedPair(21)) {
            DataChannel channel = pair.a.createDataChannel("late");
            flood(pair);
            pair.connect();
            pair.simulator.run(Duration.ofMillis(1_500));
            List<Integer> got = new ArrayList<>();
            channel.onMessage(message -> got.add((int) message.bytes()[0]));
            pair.simulator.run(Duration.ofSeconds(5));
            assertThat(got).hasSize(48);
            for (int i = 0; i < got.size(); i++) {
                assertThat(got.get(i)).isEqualTo(i);
            }
        }
    }

    /** Channels that are closed and were never listened to: their room is the others' again. */
    @Test
    void C22_whatNobodyReadOfClosedChannelsTakesNoRoomForEver() {
        try (SimulatedPair pair = new SimulatedPair(23)) {
            List<DataChannel> ignored = new ArrayList<>();
            pair.a.onDataChannel(event -> ignored.add(event.channel()));
            pair.a.createDataChannel("first");
            pair.connect();
            for (int i = 0; i < 20; i++) {
                DataChannel channel = pair.b.createDataChannel("ignored " + i);
                channel.onOpen(() -> {
                    channel.send(new byte[65_000]);
                    channel.close();
                });
            }
            pair.simulator.run(Duration.ofSeconds(40));
            assertThat(ignored).hasSize(20).allMatch(channel -> channel.readyState() == DataChannelState.CLOSED);
            ignored.clear();
            DataChannel late = pair.b.createDataChannel("late");
            late.onOpen(() -> {
                for (int i = 0; i < 15; i++) {
                    late.send(new byte[65_000]);
                }
            });
            // Longer than what is beyond the mebibyte would be held.
            pair.simulator.run(Duration.ofSeconds(10));
            List<Integer> got = new ArrayList<>();
            ignored.get(0).onMessage(message -> got.add(message.bytes().length));
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(got).hasSize(15);
        }
    }

    /** Who never listens loses what is more than a mebibyte, and holds up the others for two seconds at most. */
    @Test
    void C22_aChannelThatNobodyListensToHoldsUpOthersForAMomentOnly() {
        try (SimulatedPair pair = new SimulatedPair(22)) {
            DataChannel channel = pair.a.createDataChannel("late");
            flood(pair);
            pair.connect();
            pair.simulator.run(Duration.ofSeconds(1));
            DataChannel theirs = pair.b.createDataChannel("theirs");
            List<String> heard = new ArrayList<>();
            pair.a.onDataChannel(event -> event.channel().onMessage(message -> heard.add(message.text())));
            theirs.onOpen(() -> theirs.send("through"));
            pair.simulator.run(Duration.ofSeconds(4));
            assertThat(heard).containsExactly("through");
            List<Integer> late = new ArrayList<>();
            channel.onMessage(message -> late.add((int) message.bytes()[0]));
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(late).hasSize(15).startsWith(0, 1, 2).endsWith(14);
        }
    }

    /** RFC 8899: packets grow to what a link carries, and shrink with it; nothing is lost of the data. */
    @Test
    void packetsAreAsLongAsThePathCarries() {
        try (SimulatedPair pair = new SimulatedPair(13)) {
            pair.hostA.uplink().mtu(1_400);
            DataChannel channel = pair.a.createDataChannel("file");
            List<byte[]> got = new ArrayList<>();
            pair.b.onDataChannel(event -> event.channel().onMessage(message -> got.add(message.bytes())));
            pair.connect();
            pair.simulator.run(Duration.ofSeconds(1));
            Longest longest = new Longest();
            pair.simulator.tap(longest);
            int sent = sendFor(pair, channel, 0, 40);
            longest.bytes = 0;
            sent += sendFor(pair, channel, sent, 1);
            assertThat(longest.bytes).isBetween(1_400 - 32, 1_400);
            pair.hostA.uplink().mtu(1_280);
            sent += sendFor(pair, channel, sent, 20);
            longest.bytes = 0;
            sent += sendFor(pair, channel, sent, 1);
            assertThat(longest.bytes).isBetween(1_188 + 65, 1_280);
            assertThat(got).hasSize(sent);
            for (int i = 0; i < sent; i++) {
                assertThat(got.get(i)).hasSize(60_000).startsWith(i);
            }
        }
    }

    private static int sendFor(SimulatedPair pair, DataChannel channel, int first, int seconds) {
        for (int i = 0; i < seconds; i++) {
            byte[] data = new byte[60_000];
            data[0] = (byte) (first + i);
            channel.send(data);
            pair.simulator.run(Duration.ofSeconds(1));
        }
        pair.simulator.run(Duration.ofSeconds(10));
        return seconds;
    }

    /** The longest packet that arrived, with the headers of IP and UDP. */
    private static final class Longest implements PacketTap {
        int bytes;

        @Override
        public void onPacket(Stage stage, Packet packet, String detail) {
            if (stage == Stage.DELIVERED) {
                bytes = Math.max(bytes, 28 + packet.length());
            }
        }
    }
}
