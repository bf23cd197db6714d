package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.LogLines;
import dev.yodel.examples.rooms.RoomMetrics.Counter;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpTrack;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A publisher who answers other codecs and sources, or sends garbage, and a viewer who reads nothing; in virtual time. */
class HostilePublisherTest {
    /** What somebody makes of the answer that their connection gave. */
    private static final Map<String, UnaryOperator<String>> ANSWERS = Map.ofEntries(
            Map.entry("another codec", sdp -> sdp.replace("VP8/90000", "H264/90000")),
            Map.entry("another clock", sdp -> sdp.replace("VP8/90000", "VP8/48000")),
            Map.entry("sound for pictures", sdp -> sdp.replace("VP8/90000", "opus/48000/2")),
            Map.entry("another type", sdp -> sdp.replace("m=video", "m=audio")),
            Map.entry("no layers", sdp -> without(sdp, "a=rid", "a=simulcast")),
            Map.entry(
                    "unknown layers", sdp -> sdp.replace("a=rid:q ", "a=rid:z ").replace("send q", "send z")),
            Map.entry(
                    "a hundred layers",
                    sdp -> sdp.replace("a=simulcast:send q", "a=simulcast:send q" + ";q".repeat(99))),
            Map.entry("one source for all", sdp -> replaceNumber(sdp, "a=ssrc:", "1")),
            Map.entry("sections the other way round", HostilePublisherTest::reversed),
            Map.entry("no sections", sdp -> sdp.substring(0, sdp.indexOf("m="))),
            Map.entry("one mid for all", sdp -> replaceNumber(sdp, "a=mid:", "0")),
            Map.entry("no identifiers", sdp -> without(sdp, "a=extmap")),
            Map.entry("no fingerprint", sdp -> without(sdp, "a=fingerprint")),
            Map.entry("another fingerprint", sdp -> sdp.replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 00:")),
            Map.entry("no retransmission", sdp -> without(sdp, "a=rtcp-fb")),
            Map.entry("nothing is sent", sdp -> sdp.replace("a=sendonly", "a=inactive")),
            Map.entry("everything is sent", sdp -> sdp.replace("a=recvonly", "a=sendonly")),
            Map.entry("cut off", sdp -> sdp.substring(0, sdp.length() / 2)),
            Map.entry("a very long line", sdp -> sdp + "a=x:" + "y".repeat(200_000) + "\r\n"));

    private static String without(String sdp, String... prefixes) {
        final StringBuilder left = new StringBuilder();
        sdp.lines()
                .filter(line -> List.of(prefixes).stream().noneMatch(line::startsWith))
                .forEach(line -> left.append(line).append("\r\n"));
        return left.toString();
    }

    private static String replaceNumber(String sdp, String prefix, String number) {
        final StringBuilder changed = new StringBuilder();
        sdp.lines().forEach(line -> {
            int end = prefix.length();
            while (line.startsWith(prefix) && end < line.length() && Character.isDigit(line.charAt(end))) {
                end++;
            }
            changed.append(line.startsWith(prefix) ? prefix + number + line.substring(end) : line)
                    .append("\r\n");
        });
        return changed.toString();
    }

    private static String reversed(String sdp) {
        final String[] sections = sdp.split("(?=m=(audio|video|application))", -1);
        final StringBuilder changed = new StringBuilder(sections[0]);
        for (int i = sections.length - 1; i > 0; i--) {
            changed.append(sections[i]);
        }
        return changed.toString();
    }

    /** Whatever somebody answers, the others see each other as before, and the liar is told or is simply not seen. */
    @Test
    void answersThatLieHarmNobodyElse() {
        try (SimulatedRoom room = new SimulatedRoom(21);
                LogLines log = LogLines.open()) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            room.run(2);
            ann.show();
            ben.show();
            room.run(3);
            ANSWERS.forEach((what, change) -> {
                int before = ben.framesOf(ann.id).size();
                SimulatedPerson liar = room.visit();
                liar.answerAs(change);
                liar.say("{\"join\":{\"name\":\"Liar\"}}");
                room.run(1);
                liar.show();
                room.run(2);
                assertThat(ben.framesOf(ann.id).size() - before).as(what).isGreaterThan(70);
                liar.stopShowing();
                liar.say("{\"leave\":{}}");
                room.run(0.5);
                assertThat(room.room.population()).as(what).isEqualTo(2);
            });
            assertThat(ann.errors).isEmpty();
            assertThat(ben.errors).isEmpty();
            assertThat(log.with("Exception")).isEmpty();
            assertThat(room.metrics.value(Counter.ANSWERS_REFUSED)).isPositive();
        }
    }

    /** Who was seen for a while answers the next offer with something else: others see each other as before. */
    @Test
    void answersThatChangeInMidCallHarmNobodyElse() {
        try (SimulatedRoom room = new SimulatedRoom(24);
                LogLines log = LogLines.open()) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            room.run(2);
            ann.show();
            ben.show();
            room.run(3);
            ANSWERS.forEach((what, change) -> {
                SimulatedPerson turncoat = room.join("Turncoat");
                room.run(1);
                turncoat.show();
                room.run(2);
                assertThat(ben.framesOf(turncoat.id)).as("before: %s", what).hasSizeGreaterThan(20);
                int before = ben.framesOf(ann.id).size();
                turncoat.answerAs(change);
                turncoat.say("{\"restart\":{}}");
                room.run(3);
                assertThat(ben.framesOf(ann.id).size() - before).as(what).isGreaterThan(70);
                turncoat.stopShowing();
                turncoat.say("{\"leave\":{}}");
                room.run(0.5);
                assertThat(room.room.population()).as(what).isEqualTo(2);
            });
            assertThat(ann.errors).isEmpty();
            assertThat(ben.errors).isEmpty();
            assertThat(log.with("Exception")).isEmpty();
        }
    }

    /** Random payloads, headers that lie about themselves, and timestamps that jump: only who sends them suffers. */
    @Test
    void garbageHarmsNobodyElse() {
        try (SimulatedRoom room = new SimulatedRoom(22);
                LogLines log = LogLines.open()) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            SimulatedPerson mallory = room.join("Mallory");
            room.run(2);
            List.of(ann, ben, mallory).forEach(SimulatedPerson::show);
            room.run(3);
            assertThat(ben.framesOf(mallory.id)).isNotEmpty();
            RtpTrack picture = mallory.sendRaw(MediaKind.VIDEO);
            RtpTrack voice = mallory.sendRaw(MediaKind.AUDIO);
            mallory.stopShowing();
            int before = ben.framesOf(ann.id).size();
            Random random = new Random(22);
            for (int i = 0; i < 5_000; i++) {
                byte[] packet = new byte[random.nextInt(1_200)];
                random.nextBytes(packet);
                if (packet.length > 0 && random.nextInt(10) > 0) {
                    // A header that begins as one of RTP, with padding, extensions and sources as chance will have it.
                    packet[0] = (byte) (0x80 | (packet[0] & (random.nextBoolean() ? 0x3f : 0x00)));
                }
                picture.write(packet, 0, packet.length);
                voice.write(packet, 0, packet.length);
                room.run(0.002);
            }
            assertThat(ben.framesOf(ann.id).size() - before).isGreaterThan(240);
            assertThat(ann.errors).isEmpty();
            assertThat(ben.errors).isEmpty();
            assertThat(room.room.population()).isEqualTo(3);
            assertThat(log.with("Exception")).isEmpty();
            // Whoever sends a picture again is seen again.
            mallory.sendPicture();
            mallory.show();
            int seen = ben.framesOf(mallory.id).size();
            room.run(5);
            assertThat(ben.framesOf(mallory.id).size() - seen).isGreaterThan(50);
        }
    }

    /**
     * A viewer whose network is gone, while a dozen write as much as they may: lines wait up to a bound, then are
     * left out.
     */
    @Test
    void whoReadsNoChatIsLeftOut() {
        try (SimulatedRoom room = new SimulatedRoom(23)) {
            SimulatedPerson deaf = room.join("Deaf");
            for (int i = 0; i < 12; i++) {
                room.join("n" + i);
            }
            room.run(4);
            deaf.host.downlink().down(true);
            List<SimulatedPerson> writers = room.people.subList(1, 13);
            // Each time nearly as much as may wait: whoever reads has read it before the next time.
            for (int time = 0; time < 2; time++) {
                writers.forEach(writer -> {
                    for (int line = 0; line < 10; line++) {
                        writer.write("x".repeat(2_000));
                    }
                });
                room.run(5);
            }
            for (SimulatedPerson writer : writers) {
                assertThat(writer.lines).hasSize(2 * 10 * 11);
            }
            assertThat(deaf.lines).isEmpty();
            assertThat(room.metrics.value(Counter.CHAT_DROPPED)).isPositive();
        }
    }
}
