package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Compares reports of a call with audio, video and a data channel with {@code stats.tsv}, which has every member of
 * webrtc-stats: there always, there when it is known, or left out with a reason.
 */
class StatsTableTest {
    private static final String OURS = "yodel";

    private record Row(String type, String member, String when, String why) {}

    private static List<Row> rows() throws IOException {
        try (InputStream in = Objects.requireNonNull(StatsTableTest.class.getResourceAsStream("stats.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> {
                        int first = line.indexOf('\t');
                        int second = line.indexOf('\t', first + 1);
                        int third = line.indexOf('\t', second + 1);
                        return new Row(
                                line.substring(0, first),
                                line.substring(first + 1, second),
                                line.substring(second + 1, third),
                                line.substring(third + 1));
                    })
                    .toList();
        }
    }

    private static StatsReport report(SimulatedPair pair, PeerConnection of) {
        return pair.simulator.await(of.getStats(), Duration.ofSeconds(1));
    }

    private static boolean counts(String key) {
        return (key.startsWith("packets") && !key.equals("packetsLost"))
                || key.startsWith("bytes")
                || key.startsWith("messages")
                || key.startsWith("total")
                || key.startsWith("retransmitted")
                || key.endsWith("Count")
                || key.startsWith("requests")
                || key.startsWith("responses");
    }

    @Test
    void everyMemberIsThereOrLeftOutWithAReason() throws IOException {
        Map<String, Map<String, Row>> table = new HashMap<>();
        for (Row row : rows()) {
            assertThat(row.when()).as(row.toString()).isIn("always", "known", "-");
            assertThat(row.why().isBlank())
                    .as(row.toString())
                    .isEqualTo(!row.when().equals("-"));
            Row other =
                    table.computeIfAbsent(row.type(), added -> new HashMap<>()).put(row.member(), row);
            assertThat(other).as("twice").isNull();
        }
        try (SimulatedPair pair = new SimulatedPair(21)) {
            EncodedTrack voiceA = EncodedTrack.opus("voice-a");
            EncodedTrack voiceB = EncodedTrack.opus("voice-b");
            pair.a.addTrack(voiceA);
            pair.b.addTrack(voiceB);
            EncodedTrack picture = EncodedTrack.vp8("picture");
            pair.a.addTrack(picture);
            DataChannel channel = pair.a.createDataChannel("chat");
            pair.b.onTrack(event -> event.track().onRtp(packet -> {}));
            pair.a.onTrack(event -> event.track().onRtp(packet -> {}));
            pair.connect();
            for (int i = 0; i < 700; i++) {
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                    byte[] frame = {(byte) 0x78, 1, 2};
                    voiceA.write(EncodedFrame.ofDuration(frame, 20_000_000));
                    voiceB.write(EncodedFrame.ofDuration(frame, 20_000_000));
                    picture.write(EncodedFrame.ofDuration(new byte[300], 20_000_000));
                });
            }
            pair.simulator.run(Duration.ofSeconds(12));
            channel.send("hello");
            pair.simulator.run(Duration.ofSeconds(1));
            Set<String> seen = new HashSet<>();
            for (PeerConnection side : List.of(pair.a, pair.b)) {
                StatsReport first = report(pair, side);
                check(first, table, seen);
                pair.simulator.run(Duration.ofMillis(500));
                StatsReport second = report(pair, side);
                check(second, table, seen);
                monotonic(first, second);
            }
            Set<String> expected = new HashSet<>(table.keySet());
            expected.remove("media-playout");
            assertThat(seen).isEqualTo(expected);
        }
    }

    private static void check(StatsReport report, Map<String, Map<String, Row>> table, Set<String> seen) {
        for (Stats entry : report.values()) {
            Map<String, Row> rows = table.get(entry.type());
            assertThat(rows).as(entry.type()).isNotNull();
            Objects.requireNonNull(rows).values().forEach(row -> sameInTheView(entry, row));
            seen.add(entry.type());
            for (Row row : Objects.requireNonNull(rows).values()) {
                boolean there = entry.members().containsKey(row.member());
                if (row.when().equals("always")) {
                    assertThat(there).as(row + " in " + entry).isTrue();
                } else if (row.when().equals("-")) {
                    assertThat(there).as(row + " in " + entry).isFalse();
                }
            }
            for (Map.Entry<String, Object> member : entry.members().entrySet()) {
                String key = member.getKey();
                assertThat(key.startsWith(OURS) || rows.containsKey(key))
                        .as(key + " of " + entry.type() + " is no name of W3C's")
                        .isTrue();
                if (key.endsWith("Id")
                        && !key.equals("usernameFragment")
                        && report.get(member.getValue().toString()) == null) {
                    assertThat(key).as("a name of nothing: " + entry).isIn("trackIdentifier", "dataChannelIdentifier");
                }
            }
        }
    }

    /** The typed view has a method for each member that is measured, which says the same, and for no other. */
    private static void sameInTheView(Stats entry, Row row) {
        StatsView view = StatsView.of(entry);
        assertThat(view.stats()).isSameAs(entry);
        assertThat(view.id()).isEqualTo(entry.id());
        assertThat(view.timestamp()).isEqualTo(entry.timestamp());
        List<Method> methods = Arrays.stream(view.getClass().getMethods())
                .filter(method -> method.getName().equals(row.member()) && method.getParameterCount() == 0)
                .toList();
        assertThat(methods).as(row.toString()).hasSize(row.when().equals("-") ? 0 : 1);
        for (Method method : methods) {
            if (row.when().equals("known")) {
                assertThat(method.getReturnType().isPrimitive())
                        .as(row.toString())
                        .isFalse();
            }
            Object told = entry.members().get(row.member());
            Object seen;
            try {
                seen = method.invoke(view);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(row.toString(), e);
            }
            if (seen instanceof Number number && told instanceof Number other) {
                assertThat(number.doubleValue()).as(row.toString()).isEqualTo(other.doubleValue());
            } else {
                assertThat(String.valueOf(seen)).as(row.toString()).isEqualTo(String.valueOf(told));
            }
        }
    }

    @Test
    void aViewIsOfItsTypeOnly() {
        Stats codec = new Stats("c", "codec", 1, Map.of("payloadType", 8, "mimeType", "audio/PCMA"));
        assertThat(new CodecStats(codec).payloadType()).isEqualTo(8);
        assertThat(new CodecStats(codec).channels()).isNull();
        assertThatThrownBy(() -> new CodecStats(codec).clockRate()).hasMessageContaining("clockRate");
        assertThatThrownBy(() -> new TransportStats(codec)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StatsView.of(new Stats("x", "media-playout", 1, Map.of())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Webrtc-stats 4.2, 4.4: identifiers stay, counters and time never go back. */
    private static void monotonic(StatsReport first, StatsReport second) {
        int compared = 0;
        for (Stats before : first.values()) {
            Stats after = second.get(before.id());
            assertThat(after).as(before.id() + " is gone").isNotNull();
            assertThat(Objects.requireNonNull(after).type()).isEqualTo(before.type());
            assertThat(after.timestamp()).isGreaterThan(before.timestamp());
            for (String key : before.members().keySet()) {
                Double old = before.number(key);
                Double now = after.number(key);
                if (old != null && counts(key)) {
                    assertThat(now).as(key + " of " + before.id()).isNotNull().isGreaterThanOrEqualTo(old);
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(40);
    }
}
