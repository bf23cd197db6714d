package dev.yodel.examples.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.audio.Recording;
import dev.yodel.examples.audio.Spectrum;
import dev.yodel.examples.signal.SignalClient;
import dev.yodel.examples.signal.SignalMessage;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yodel call}: two of them in this JVM, and what they return when a call cannot be. */
class CallCommandTest {
    @TempDir
    private Path folder;

    private SignalServer server;

    @BeforeEach
    void start() throws Exception {
        server = SignalServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String room(String name) {
        return server.room(name).toString();
    }

    @Test
    void twoCallsHearEachOtherAndOneHangsUp() throws Exception {
        final Path wav = folder.resolve("heard.wav");
        final Path stats = folder.resolve("stats.jsonl");
        final Path dump = folder.resolve("dump.txt");
        final int port;
        try (DatagramSocket free = new DatagramSocket(0)) {
            port = free.getLocalPort();
        }
        final Shell waiting = Shell.start(
                "call",
                room("r"),
                "--send",
                "silence",
                "--record",
                wav.toString(),
                "--wait",
                "30",
                "--json",
                "--stats",
                stats.toString(),
                "--dump",
                dump.toString(),
                "--udp-port",
                Integer.toString(port),
                "--public-address",
                "203.0.113.9:40000");
        final Shell calling = Shell.run("call", room("r"), "--send", "tone", "--duration", "2", "--wait", "30");
        assertThat(calling.exitCode()).as("%s %s", calling, waiting).isEqualTo(ExitCode.OK);
        assertThat(waiting.exitCode()).as("%s %s", calling, waiting).isEqualTo(ExitCode.OK);
        assertThat(calling.out()).contains("connected", "rtt", "kbit/s", "call over: hung up after 2 s");
        final JsonObject result = JsonParser.parseString(waiting.lastLine()).getAsJsonObject();
        assertThat(result.get("reason").getAsString()).isEqualTo("the other side hung up");
        assertThat(result.get("packetsReceived").getAsLong()).isGreaterThan(50);
        final Recording heard = Recording.read(wav);
        final int count = heard.clip().samples().length;
        assertThat(Spectrum.strongestHz(heard.clip(), count - 36_000, 32_768)).isCloseTo(440, within(2.0));
        assertThat(Files.readAllLines(stats)).isNotEmpty().allSatisfy(line -> assertThat(line)
                .contains("inbound-rtp"));
        opensInWebrtcInternalsTools(Files.readString(dump));
        assertThat(Files.readString(dump))
                .contains(" 203.0.113.9 40000 typ srflx ")
                .contains(" " + port + " typ host");
    }

    /** What the importers of chrome://webrtc-internals' dumps read. */
    private static void opensInWebrtcInternalsTools(String dump) {
        final JsonObject all = JsonParser.parseString(dump).getAsJsonObject();
        assertThat(all.keySet()).contains("getUserMedia", "PeerConnections", "UserAgent", "UserAgentData");
        final JsonObject connections = all.getAsJsonObject("PeerConnections");
        assertThat(connections.keySet()).hasSize(1).allMatch(name -> name.matches("[0-9]+-[0-9]+"));
        final JsonObject connection =
                connections.entrySet().iterator().next().getValue().getAsJsonObject();
        assertThat(connection.keySet()).contains("pid", "url", "rtcConfiguration", "constraints", "stats", "updateLog");
        final List<String> types = new ArrayList<>();
        connection.getAsJsonArray("updateLog").forEach(each -> {
            final JsonObject update = each.getAsJsonObject();
            assertThat(Instant.parse(update.get("time").getAsString())).isAfter(Instant.EPOCH);
            types.add(update.get("type").getAsString());
            final String value = update.get("value").getAsString();
            if (update.get("type").getAsString().endsWith("Description")) {
                assertThat(JsonParser.parseString(value).getAsJsonObject().keySet())
                        .containsExactly("type", "sdp");
                assertThat(value).contains("a=ice-pwd:hidden");
            }
        });
        assertThat(types)
                .contains(
                        "setRemoteDescription",
                        "setLocalDescription",
                        "signalingstatechange",
                        "icecandidate",
                        "iceconnectionstatechange",
                        "connectionstatechange");
        final JsonObject stats = connection.getAsJsonObject("stats");
        int counted = 0;
        for (final String name : stats.keySet()) {
            final JsonObject series = stats.getAsJsonObject(name);
            final String id = name.substring(0, name.lastIndexOf('-'));
            assertThat(series.keySet()).containsExactly("statsType", "startTime", "endTime", "values");
            // The importers pair each value with the time of its report.
            final int times = values(stats.getAsJsonObject(id + "-timestamp"));
            assertThat(values(series)).as(name).isBetween(1, times);
            counted += name.endsWith("-packetsReceived") ? 1 : 0;
        }
        assertThat(counted).isPositive();
    }

    private static int values(JsonObject series) {
        return JsonParser.parseString(series.get("values").getAsString())
                .getAsJsonArray()
                .size();
    }

    @Test
    void wrongCommandLinesReturnTwo() {
        for (final List<String> wrong : List.of(
                List.of("call"),
                List.of("call", "http://localhost:1/r"),
                List.of("call", "ws://localhost:1"),
                List.of("call", "ws://local host/r"),
                List.of("call", room("r"), "--send", "no-such-file.wav"),
                List.of("call", room("r"), "--duration", "-1"),
                List.of("call", room("r"), "--duration", "soon"),
                List.of("call", room("r"), "--stun", "nowhere"),
                List.of("call", room("r"), "--stun", "host:99999"),
                List.of("call", room("r"), "--public-address", "example.org"),
                List.of("call", room("r"), "--public-address", "192.0.2.1:port"),
                List.of("call", room("r"), "--udp-port", "70000"),
                List.of("call", room("r"), "--turn", "host:3478"),
                List.of("call", room("r"), "--turn", "turn:host:3478"),
                List.of("call", room("r"), "--turn", "turn:user@host:3478"),
                List.of("call", room("r"), "--turn", "turn:user:hidden@"),
                List.of("call", room("r"), "--turn", "stun:user:hidden@host:3478"))) {
            final Shell shell = Shell.run(wrong.toArray(new String[0]));
            assertThat(shell.exitCode()).as("%s: %s", wrong, shell).isEqualTo(ExitCode.USAGE);
            assertThat(shell.err()).as("%s", wrong).isNotBlank();
            assertThat(shell.err()).as("no password is repeated").doesNotContain("hidden");
        }
    }

    @Test
    void callsThatCannotBeginReturnOneAndSayWhy() throws Exception {
        final Shell nowhere = Shell.run("call", "ws://localhost:1/r");
        assertThat(nowhere.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(nowhere.out()).contains("call failed: cannot reach ws://localhost:1/r: nobody listens there");
        final Shell alone = Shell.run("call", room("r"), "--wait", "1");
        assertThat(alone.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(alone.out()).contains("the other side did not come within 1 s");
        final Path text = folder.resolve("text.wav");
        Files.writeString(text, "this is no sound");
        final Shell noSound = Shell.run("call", room("r"), "--send", text.toString());
        assertThat(noSound.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(noSound.out()).contains("WAV");
    }

    /** Takes its 30 s: an agent waits that long for checks from a peer whose candidates it does not know (RFC 8863). */
    @Test
    @Tag("long")
    void peerWithoutCandidatesMakesIceFail() throws Exception {
        try (Bridge bridge = new Bridge(message ->
                message instanceof SignalMessage.Candidate || message instanceof SignalMessage.EndOfCandidates
                        ? new SignalMessage.EndOfCandidates()
                        : withoutCandidates(message))) {
            final Shell first = bridge.callThatOffers();
            final Shell second = bridge.callThatAnswers();
            bridge.begin();
            assertThat(first.exitCode()).as("%s %s", first, second).isEqualTo(ExitCode.ICE_FAILED);
            assertThat(second.exitCode()).as("%s %s", first, second).isEqualTo(ExitCode.ICE_FAILED);
            assertThat(first.out()).contains("call failed: ");
        }
    }

    @Test
    void wrongFingerprintMakesDtlsFail() throws Exception {
        try (Bridge bridge = new Bridge(CallCommandTest::withForeignFingerprint)) {
            final Shell first = bridge.callThatOffers();
            final Shell second = bridge.callThatAnswers();
            bridge.begin();
            assertThat(first.exitCode()).as("%s %s", first, second).isEqualTo(ExitCode.DTLS_FAILED);
            assertThat(second.exitCode()).as("%s %s", first, second).isEqualTo(ExitCode.DTLS_FAILED);
        }
    }

    private static SignalMessage withoutCandidates(SignalMessage message) {
        if (message instanceof SignalMessage.Description description) {
            final StringBuilder kept = new StringBuilder();
            description
                    .sdp()
                    .lines()
                    .filter(line -> !line.startsWith("a=candidate:"))
                    .forEach(line -> kept.append(line).append("\r\n"));
            return new SignalMessage.Description(description.type(), kept.toString());
        }
        return message;
    }

    private static SignalMessage withForeignFingerprint(SignalMessage message) {
        if (message instanceof SignalMessage.Description description) {
            final int at = description.sdp().indexOf("a=fingerprint:sha-256 ") + "a=fingerprint:sha-256 ".length();
            final String sdp = description.sdp();
            final String other = sdp.startsWith("00", at) ? "11" : "00";
            return new SignalMessage.Description(
                    description.type(), sdp.substring(0, at) + other + sdp.substring(at + 2));
        }
        return message;
    }

    /** Sits in two rooms and carries messages from one to the other, changed. */
    private final class Bridge implements AutoCloseable {
        private final UnaryOperator<SignalMessage> change;
        private final BlockingQueue<SignalMessage> fromOne = new LinkedBlockingQueue<>();
        private final BlockingQueue<SignalMessage> fromTwo = new LinkedBlockingQueue<>();
        private final SignalClient one;
        private @Nullable SignalClient two;

        Bridge(UnaryOperator<SignalMessage> change) {
            this.change = change;
            one = SignalClient.connect(server.room("r1"), collecting(fromOne)).join();
        }

        /** The bridge was in this room before, so the call is the later one and offers. */
        Shell callThatOffers() throws InterruptedException {
            final Shell call = Shell.start("call", room("r1"), "--send", "silence", "--wait", "50");
            awaitPeer(fromOne);
            return call;
        }

        /** The call is in this room before the bridge, so it waits for an offer. */
        Shell callThatAnswers() throws InterruptedException {
            final Shell call = Shell.start("call", room("r2"), "--send", "silence", "--wait", "50");
            call.awaitOut("waiting for the other side");
            two = SignalClient.connect(server.room("r2"), collecting(fromTwo)).join();
            return call;
        }

        private void awaitPeer(BlockingQueue<SignalMessage> from) throws InterruptedException {
            SignalMessage message;
            do {
                message = from.poll(20, TimeUnit.SECONDS);
                assertThat(message).as("a peer in the room").isNotNull();
            } while (!(message instanceof SignalMessage.Peer));
        }

        private SignalClient.Listener collecting(BlockingQueue<SignalMessage> into) {
            return new SignalClient.Listener() {
                @Override
                public void onMessage(SignalMessage message) {
                    into.add(message);
                }

                @Override
                public void onClosed(String reason) {}
            };
        }

        void begin() {
            final SignalClient other = Objects.requireNonNull(two);
            pump(fromOne, other);
            pump(fromTwo, one);
        }

        private void pump(BlockingQueue<SignalMessage> from, SignalClient to) {
            final Thread thread = new Thread(
                    () -> {
                        try {
                            while (true) {
                                final SignalMessage message = from.poll(60, TimeUnit.SECONDS);
                                if (message == null) {
                                    return;
                                }
                                if (message instanceof SignalMessage.Description
                                        || message instanceof SignalMessage.Candidate
                                        || message instanceof SignalMessage.EndOfCandidates) {
                                    to.send(change.apply(message));
                                }
                            }
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "bridge");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() {
            one.close();
            final SignalClient other = two;
            if (other != null) {
                other.close();
            }
        }
    }
}
