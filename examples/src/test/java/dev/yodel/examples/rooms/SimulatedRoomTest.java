package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.LogLines;
import dev.yodel.examples.rooms.RoomMetrics.Counter;
import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.ConnectionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole room in virtual time: media, layers, joining, leaving, faults and people who mean no good. */
class SimulatedRoomTest {
    @Test
    void everyoneSeesEveryone() {
        try (SimulatedRoom room = new SimulatedRoom(1)) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            SimulatedPerson cleo = room.join("Cleo");
            room.run(2);
            List.of(ann, ben, cleo).forEach(SimulatedPerson::show);
            room.run(5);
            for (SimulatedPerson person : List.of(ann, ben, cleo)) {
                for (SimulatedPerson other : List.of(ann, ben, cleo)) {
                    if (person != other) {
                        assertThat(person.framesOf(other.id)).hasSizeGreaterThan(100);
                    }
                }
                assertThat(person.errors).isEmpty();
                assertThat(person.framesOf(person.id)).isEmpty();
            }
        }
    }

    /** Everyone gets all seven others, whatever the first estimate of what a path carries was. */
    @Test
    void eightPeopleSeeEveryone() {
        try (SimulatedRoom room = new SimulatedRoom(16)) {
            for (int i = 0; i < 8; i++) {
                room.join("n" + i).show();
                room.run(0.3);
            }
            room.run(5);
            for (SimulatedPerson person : room.people) {
                for (SimulatedPerson other : room.people) {
                    int before = person.framesOf(other.id).size();
                    assertThat(person == other || before > 50)
                            .as("%s sees %d frames of %s", person.id, before, other.id)
                            .isTrue();
                }
            }
        }
    }

    /** The first thing a late joiner sees is a whole picture, soon. */
    @Test
    void aLateJoinerSeesAKeyFrameWithinHalfASecond() {
        try (SimulatedRoom room = new SimulatedRoom(2)) {
            SimulatedPerson ann = room.join("Ann");
            room.run(2);
            ann.show();
            room.run(3);
            for (int i = 0; i < 5; i++) {
                SimulatedPerson late = room.join("Late");
                room.simulator.require(
                        "late joiner " + i,
                        () -> late.connection.connectionState() == dev.yodel.webrtc.ConnectionState.CONNECTED,
                        Duration.ofSeconds(5));
                long connected = room.simulator.now();
                room.run(2);
                List<EncodedFrame> frames = late.framesOf(ann.id);
                assertThat(frames).isNotEmpty();
                assertThat(frames.get(0).keyFrame()).isTrue();
                assertThat(late.firstSeenNanos.getOrDefault(ann.id, Long.MAX_VALUE) - connected)
                        .isLessThan(500_000_000L);
            }
        }
    }

    /** A screen that nothing changes on sends nothing by itself; who comes later, or looks again, sees it all the same. */
    @Test
    void aStillPictureIsSeenByWhoComesLater() {
        try (SimulatedRoom room = new SimulatedRoom(25)) {
            SimulatedPerson ann = room.join("Ann");
            room.run(2);
            ann.show();
            room.run(2);
            ann.standStill();
            room.run(2);
            SimulatedPerson late = room.join("Late");
            room.run(4);
            assertThat(late.framesOf(ann.id)).isNotEmpty();
            late.say("{\"view\":{\"p1\":0}}");
            room.run(2);
            int before = late.framesOf(ann.id).size();
            late.say("{\"view\":{\"p1\":180}}");
            room.run(2);
            assertThat(late.framesOf(ann.id).size()).isGreaterThan(before);
        }
    }

    /** 300 kbit/s: the low layer for who has no more, the high one for the others, and no frame less for them. */
    @Test
    void aSlowViewerGetsTheLowLayerAndSlowsNobody() {
        try (SimulatedRoom room = new SimulatedRoom(3)) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson fast = room.join("Fast");
            SimulatedPerson slow = room.join("Slow");
            slow.host.downlink().rate(300_000, 20_000);
            room.run(2);
            fast.say("{\"view\":{\"p1\":720}}");
            slow.say("{\"view\":{\"p1\":720}}");
            ann.show();
            room.run(20);
            assertThat(fast.layerOf(ann.id)).isEqualTo("f");
            assertThat(slow.layerOf(ann.id)).isEqualTo("q");
            int before = fast.framesOf(ann.id).size();
            int slowBefore = slow.framesOf(ann.id).size();
            room.run(10);
            assertThat(fast.framesOf(ann.id).size() - before).isGreaterThan(245);
            assertThat(slow.framesOf(ann.id).size() - slowBefore).isGreaterThan(200);
            // A stalled one: nothing is read at all.
            slow.host.downlink().down(true);
            int stalledBefore = fast.framesOf(ann.id).size();
            room.run(10);
            assertThat(fast.framesOf(ann.id).size() - stalledBefore).isGreaterThan(245);
        }
    }

    /**
     * Who stalls and goes on costs no less than before: a viewer with 300 kbit/s is never sent a picture that does
     * not fit.
     */
    @Test
    void aStalledSenderIsNotTakenForCheap() {
        for (int seed = 30; seed < 34; seed++) {
            try (SimulatedRoom room = new SimulatedRoom(seed)) {
                SimulatedPerson ann = room.join("Ann");
                SimulatedPerson slow = room.join("Slow");
                slow.host.downlink().rate(300_000, 20_000);
                room.run(2);
                slow.say("{\"view\":{\"p1\":720}}");
                ann.show();
                room.run(10);
                int first = slow.framesOf(ann.id).size();
                for (double stalled : new double[] {0.3, 0.6, 1.1, 1.1, 2, 5}) {
                    ann.stopShowing();
                    room.run(stalled);
                    ann.goOn();
                    room.run(2.03);
                }
                List<EncodedFrame> after = slow.framesOf(ann.id);
                assertThat(after.size() - first).isGreaterThan(200);
                assertThat(after.subList(first, after.size()))
                        .as("seed %d", seed)
                        .allMatch(frame -> frame.data().length == SimulatedPerson.SMALLEST);
            }
        }
    }

    /**
     * A layer that takes less for a moment, or next to nothing, is not taken for one that fits, nor for the smallest:
     * a viewer with 300 kbit/s would have to give it up a moment later.
     */
    @Test
    void aLayerThatIsCheapForAMomentIsNotTaken() {
        for (int seed = 40; seed < 44; seed++) {
            try (SimulatedRoom room = new SimulatedRoom(seed)) {
                SimulatedPerson ann = room.join("Ann");
                SimulatedPerson slow = room.join("Slow");
                slow.host.downlink().rate(300_000, 20_000);
                room.run(2);
                slow.say("{\"view\":{\"p1\":720}}");
                ann.show();
                room.run(10);
                int first = slow.framesOf(ann.id).size();
                for (String rid : List.of("h", "f")) {
                    for (int bytes : new int[] {1_000, 50}) {
                        ann.ease(rid, bytes);
                        room.run(2.03);
                        ann.ease(null, 0);
                        room.run(2.03);
                    }
                }
                List<EncodedFrame> after = slow.framesOf(ann.id);
                assertThat(after.size() - first).isGreaterThan(300);
                assertThat(after.subList(first, after.size()))
                        .as("seed %d", seed)
                        .allMatch(frame -> frame.data().length == SimulatedPerson.SMALLEST);
            }
        }
    }

    @Test
    void whatIsOutOfSightIsNotForwarded() {
        try (SimulatedRoom room = new SimulatedRoom(4)) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            room.run(2);
            ann.show();
            ben.say("{\"view\":{\"p1\":100}}");
            room.run(5);
            assertThat(ben.layerOf(ann.id)).isEqualTo("q");
            ben.say("{\"view\":{\"p1\":0}}");
            room.run(1);
            int before = ben.framesOf(ann.id).size();
            room.run(3);
            assertThat(ben.framesOf(ann.id)).hasSize(before);
            ben.say("{\"view\":{\"p1\":300}}");
            room.run(3);
            assertThat(ben.framesOf(ann.id).size()).isGreaterThan(before + 40);
            assertThat(ben.framesOf(ann.id).get(before).keyFrame()).isTrue();
        }
    }

    /** Ten viewers who join at once ask for one picture, not for ten; the sender hears little of it. */
    @Test
    void keyFrameRequestsAreThrottled() {
        try (SimulatedRoom room = new SimulatedRoom(5)) {
            SimulatedPerson ann = room.join("Ann");
            room.run(2);
            ann.show();
            room.run(2);
            int before = ann.keyRequests;
            for (int i = 0; i < 10; i++) {
                room.join("viewer");
            }
            room.run(4);
            assertThat(ann.keyRequests - before).isBetween(1, 10);
            for (SimulatedPerson viewer : room.people.subList(1, 11)) {
                assertThat(viewer.framesOf(ann.id)).hasSizeGreaterThan(40);
            }
        }
    }

    @Test
    void peopleComeAndGo() {
        try (SimulatedRoom room = new SimulatedRoom(6)) {
            SimulatedPerson ann = room.join("Ann");
            room.run(2);
            ann.show();
            for (int i = 0; i < 6; i++) {
                SimulatedPerson guest = room.join("Guest");
                room.run(2);
                guest.show();
                room.run(2);
                assertThat(ann.framesOf(guest.id)).as("guest %d", i).hasSizeGreaterThan(20);
                assertThat(guest.framesOf(ann.id)).as("guest %d", i).hasSizeGreaterThan(20);
                guest.stopShowing();
                guest.say("{\"leave\":{}}");
                room.run(0.5);
            }
            assertThat(room.room.population()).isEqualTo(1);
            assertThat(room.metrics.value(Counter.LEAVES)).isEqualTo(6);
            ann.stopShowing();
            ann.say("{\"leave\":{}}");
            room.run(1);
            assertThat(room.over).isTrue();
        }
    }

    @Test
    void linesOfChatReachTheOthers() {
        try (SimulatedRoom room = new SimulatedRoom(7)) {
            SimulatedPerson ann = room.join("<b>Ann</b>");
            SimulatedPerson ben = room.join("Ben");
            room.run(3);
            ann.write("<script>alert(1)</script>");
            room.run(1);
            // Letter by letter: it is the page that shows it as text and never as HTML.
            assertThat(ben.lines)
                    .containsExactly(
                            "{\"from\":\"p1\",\"name\":\"<b>Ann</b>\",\"text\":\"<script>alert(1)</script>\"}");
            assertThat(ann.lines).isEmpty();
            for (int i = 0; i < 100; i++) {
                ann.write("again");
            }
            ann.write("x".repeat(5_000));
            room.run(1);
            assertThat(ben.lines.size()).isBetween(10, 30);
            assertThat(room.metrics.value(Counter.BAD_MESSAGES)).isGreaterThan(70);
        }
    }

    /** Who has just come in hears what is said from then on, although their channel opens later. */
    @Test
    void aLineSaidBeforeAChannelIsOpenIsHeard() {
        try (SimulatedRoom room = new SimulatedRoom(18)) {
            SimulatedPerson ann = room.join("Ann");
            room.run(2);
            ann.write("nobody is here");
            room.run(0.5);
            SimulatedPerson ben = room.join("Ben");
            room.run(0.05);
            assertThat(ben.connection.connectionState()).isNotEqualTo(ConnectionState.CONNECTED);
            ann.write("hello");
            ann.write("Ben");
            room.run(2);
            ann.write("!");
            room.run(0.5);
            assertThat(ben.lines).hasSize(3);
            assertThat(ben.lines.get(0)).contains("\"text\":\"hello\"");
            assertThat(ben.lines.get(1)).contains("\"text\":\"Ben\"");
            assertThat(ben.lines.get(2)).contains("\"text\":\"!\"");
            assertThat(room.metrics.value(Counter.CHAT_DROPPED)).isZero();
        }
    }

    /** What waits for somebody who never connects is bounded and counted. */
    @Test
    void linesForWhoNeverConnectsAreBounded() {
        try (SimulatedRoom room = new SimulatedRoom(19)) {
            SimulatedPerson ann = room.join("Ann");
            room.run(2);
            SimulatedPerson ben = room.visit();
            ben.stopAnswering();
            ben.say("{\"join\":{\"name\":\"Ben\"}}");
            room.run(0.5);
            for (int turn = 0; turn < 18; turn++) {
                for (int i = 0; i < 30; i++) {
                    ann.write("x".repeat(2_000));
                }
                room.run(2);
            }
            assertThat(ben.lines).isEmpty();
            assertThat(room.metrics.value(Counter.CHAT_DROPPED)).isPositive();
        }
    }

    /** A WebSocket that is lost comes back with its token; the media never stopped. */
    @Test
    void aLostWebSocketComesBack() {
        try (SimulatedRoom room = new SimulatedRoom(8)) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            room.run(2);
            ann.show();
            room.run(2);
            ben.loseSocket();
            room.run(5);
            int before = ben.framesOf(ann.id).size();
            ben.resume(ben.token);
            room.run(4);
            assertThat(ben.errors).isEmpty();
            assertThat(ben.id).isEqualTo("p2");
            assertThat(room.room.population()).isEqualTo(2);
            assertThat(ben.framesOf(ann.id).size() - before).isGreaterThan(80);
            assertThat(room.metrics.value(Counter.RESUMES)).isEqualTo(1);
        }
    }

    /** The network is gone for ten seconds and has another address then: ICE is restarted, the call goes on. */
    @Test
    void anotherNetworkIsFollowed() {
        try (SimulatedRoom room = new SimulatedRoom(9)) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            room.run(2);
            ann.show();
            room.run(2);
            ben.host.addAddress(room.simulator.internet(), "10.9.0.9");
            ben.host.removeAddress("10.2.0.101");
            ben.host.uplink("10.9.0.9").delay(Duration.ofMillis(10));
            ben.say("{\"restart\":{}}");
            room.run(6);
            int before = ben.framesOf(ann.id).size();
            room.run(4);
            assertThat(ben.framesOf(ann.id).size() - before).isGreaterThan(80);
            assertThat(room.room.population()).isEqualTo(2);
        }
    }

    /** Whoever is lost without a word is missed after the grace, and only then. */
    @Test
    void whoIsLostIsMissed() {
        try (SimulatedRoom room = new SimulatedRoom(10)) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson ben = room.join("Ben");
            room.run(3);
            ben.loseSocket();
            ben.connection.close();
            room.run(10);
            room.run(30);
            assertThat(room.room.population()).isEqualTo(1);
            assertThat(ann.heard).anyMatch(message -> message.has("gone"));
            assertThat(room.metrics.value(Counter.LOST)).isEqualTo(1);
        }
    }

    // People who mean no good.

    @Test
    void aForeignTokenOpensNothing() {
        try (SimulatedRoom room = new SimulatedRoom(11)) {
            room.join("Ann");
            room.run(1);
            SimulatedPerson thief = room.visit();
            thief.say("{\"join\":{\"name\":\"Eve\",\"resume\":\"AAAAAAAAAAAAAAAAAAAAAAAA\"}}");
            room.run(1);
            assertThat(thief.errors)
                    .extracting(error -> error.get("code").getAsString())
                    .containsExactly("unknown-token");
            assertThat(thief.closedWith).isEqualTo("unknown-token");
            assertThat(room.room.population()).isEqualTo(1);
        }
    }

    @Test
    void aForeignRoomStaysShut() {
        try (SimulatedRoom room = new SimulatedRoom(12)) {
            SimulatedPerson ann = room.visit();
            ann.say("{\"join\":{\"name\":\"Ann\",\"key\":\"secret\"}}");
            room.run(1);
            SimulatedPerson eve = room.visit();
            eve.say("{\"join\":{\"name\":\"Eve\",\"key\":\"guess\"}}");
            SimulatedPerson mallory = room.join("Mallory");
            SimulatedPerson ben = room.visit();
            ben.say("{\"join\":{\"name\":\"Ben\",\"key\":\"secret\"}}");
            // Nothing is answered to who has not joined.
            SimulatedPerson silent = room.visit();
            silent.say("{\"publish\":{\"audio\":true,\"video\":true,\"screen\":true}}");
            room.run(1);
            assertThat(eve.closedWith).isEqualTo("wrong-key");
            assertThat(mallory.closedWith).isEqualTo("wrong-key");
            assertThat(ben.id).isEqualTo("p2");
            assertThat(silent.errors)
                    .extracting(error -> error.get("code").getAsString())
                    .containsExactly("join-first");
            room.run(11);
            assertThat(silent.closedWith).isEqualTo("too-slow");
            assertThat(room.room.population()).isEqualTo(2);
            assertThat(eve.heard).noneMatch(message -> message.has("joined") || message.has("member"));
        }
    }

    @Test
    void aRoomHasItsLimit() {
        try (SimulatedRoom room = new SimulatedRoom(13, new RoomLimits(1, 3, 100, 10, 4, 1_000_000))) {
            for (int i = 0; i < 5; i++) {
                room.join("n" + i);
            }
            room.run(1);
            assertThat(room.room.population()).isEqualTo(3);
            assertThat(room.people.get(4).closedWith).isEqualTo("room-full");
            assertThat(room.metrics.value(Counter.JOINS_REFUSED)).isEqualTo(2);
        }
    }

    /** Whoever never answers is out after half a minute, and so is who answers nonsense. */
    @Test
    void whoNeverAnswersIsOut() {
        try (SimulatedRoom room = new SimulatedRoom(14)) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson mute = room.join("Mute");
            mute.stopAnswering();
            SimulatedPerson liar = room.join("Liar");
            liar.stopAnswering();
            room.run(1);
            for (String nonsense : List.of(
                    "{\"type\":\"answer\",\"sdp\":\"v=0\"}",
                    "{\"type\":\"answer\",\"sdp\":\"\\u0000\"}",
                    "{\"type\":\"offer\",\"sdp\":\"v=0\"}",
                    "{\"type\":\"rollback\"}",
                    "{\"candidate\":\"candidate:nonsense\",\"sdpMid\":\"0\"}",
                    "{\"candidate\":\"x\"}",
                    "{\"join\":{\"name\":\"again\"}}",
                    "{{{{")) {
                liar.say(nonsense);
            }
            room.run(1);
            assertThat(liar.errors.size()).isGreaterThanOrEqualTo(6);
            ann.show();
            room.run(40);
            assertThat(room.room.population()).isEqualTo(1);
            assertThat(room.metrics.value(Counter.NEVER_CONNECTED)).isEqualTo(2);
            assertThat(mute.closedWith).isEqualTo("no connection came about");
            assertThat(liar.closedWith).isEqualTo("no connection came about");
            assertThat(ann.errors).isEmpty();
        }
    }

    /**
     * Every message in every wrong shape, before and after the join: an answer in words for each, and nothing else
     * happens.
     */
    @Test
    void hostileShapesAreAnsweredInWords() {
        List<String> values = List.of(
                "null",
                "3",
                "-1e400",
                "true",
                "\"x\"",
                "[]",
                "[[]]",
                "{}",
                "{\"\":null}",
                "{\"name\":{}}",
                "{\"name\":[null]}",
                "{\"audio\":null,\"video\":[],\"screen\":{}}",
                "{\"p1\":null}",
                "{\"p1\":{}}",
                "{\"p1\":-1}",
                "{\"p1\":1e999}",
                "{\"on\":1}",
                "\"" + "x".repeat(20_000) + "\"");
        // The end of the candidates, and views of nothing or of nobody.
        List<String> right = List.of("{\"candidate\":null}", "{\"view\":{}}", "{\"view\":{\"on\":1}}");
        try (SimulatedRoom room = new SimulatedRoom(17);
                LogLines log = LogLines.open()) {
            SimulatedPerson ann = room.join("Ann");
            SimulatedPerson eve = room.join("Eve");
            room.run(2);
            SimulatedPerson visitor = room.visit();
            int members = ann.heard.size();
            int said = 0;
            for (String type : List.of("join", "type", "candidate", "publish", "view", "record", "sdp", "unknown")) {
                for (String value : values) {
                    String message = "{\"" + type + "\":" + value + "}";
                    if (right.contains(message)) {
                        continue;
                    }
                    eve.say(message);
                    visitor.say(message);
                    said++;
                    room.run(0.05);
                }
            }
            for (String type : List.of("offer", "answer", "pranswer", "rollback")) {
                for (String value : values) {
                    eve.say("{\"type\":\"" + type + "\",\"sdp\":" + value + "}");
                    said++;
                    room.run(0.05);
                }
            }
            room.run(1);
            assertThat(eve.errors).hasSize(said);
            assertThat(visitor.errors).isNotEmpty();
            assertThat(eve.errors)
                    .allMatch(error -> !error.get("message").getAsString().isBlank());
            assertThat(eve.errors)
                    .noneMatch(error -> error.get("message").getAsString().contains("Exception"));
            assertThat(eve.closedWith).isNull();
            assertThat(ann.heard).as("Ann hears nothing of it").hasSize(members);
            assertThat(ann.errors).isEmpty();
            assertThat(room.room.population()).isEqualTo(2);
            assertThat(log.with("Exception")).isEmpty();
            // And it all goes on.
            ann.show();
            eve.say("{\"view\":{\"p1\":180}}");
            room.run(3);
            assertThat(eve.framesOf(ann.id)).hasSizeGreaterThan(20);
        }
    }

    /** Whoever wants to record is told where the server cannot write, and nobody is told that it runs. */
    @Test
    void whatCannotBeRecordedIsSaid(@TempDir Path folder) throws IOException {
        Path noFolder = Files.createFile(folder.resolve("file"));
        try (SimulatedRoom room = new SimulatedRoom(26, RoomLimits.DEFAULT, noFolder)) {
            SimulatedPerson ann = room.join("Ann");
            room.run(2);
            ann.say("{\"record\":{\"on\":true}}");
            room.run(1);
            assertThat(ann.errors)
                    .extracting(error -> error.get("code").getAsString())
                    .containsExactly("no-recording");
            assertThat(ann.heard).noneMatch(message -> message.has("recording"));
            assertThat(room.metrics.value(Counter.RECORDINGS)).isZero();
        }
    }

    /** The last four who spoke of twelve; who is not seated is not sent. */
    @Test
    void ofALargeRoomTheLastSpeakersAreSeen() {
        try (SimulatedRoom room = new SimulatedRoom(15, new RoomLimits(1, 20, 100, 10, 4, 5_000_000))) {
            for (int i = 0; i < 8; i++) {
                room.join("n" + i);
            }
            room.run(3);
            room.people.forEach(SimulatedPerson::show);
            room.run(3);
            for (SimulatedPerson person : room.people) {
                long sources = person.seen.entrySet().stream()
                        .filter(entry -> entry.getValue().size() > 20)
                        .count();
                assertThat(sources).isEqualTo(4);
            }
        }
    }
}
