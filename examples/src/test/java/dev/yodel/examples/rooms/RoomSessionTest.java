package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.rooms.SignalBus.Envelope;
import dev.yodel.examples.rooms.SignalBus.Kind;
import dev.yodel.examples.web.TextConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One WebSocket between its peer and the bus, without a socket and without a clock. */
class RoomSessionTest {
    private static final long SECOND = 1_000_000_000L;

    private final LocalSignalBus bus = new LocalSignalBus();
    private final List<String> rooms = new ArrayList<>();
    private final List<Envelope> heard = new ArrayList<>();
    private final LocalRoomDirectory directory = new LocalRoomDirectory(2, (name, address) -> {
        rooms.add(name);
        bus.listen(address, heard::add);
    });
    private long now;
    private boolean draining;
    private int closedSessions;

    private final class Peer implements TextConnection {
        private final List<String> texts = new ArrayList<>();
        private final RoomSession session;
        private String closedWith = "";

        Peer(String room, String address) {
            session = new RoomSession(
                    bus, directory, room, "10.0.0.1", address, () -> now, () -> draining, () -> closedSessions++);
            session.onOpen(this);
        }

        @Override
        public void send(String text) {
            texts.add(text);
        }

        @Override
        public void close(int code, String reason) {
            closedWith = code + " " + reason;
        }
    }

    @Test
    void whatIsSaidGoesToTheRoomAndBack() {
        Peer ann = new Peer("kitchen", "s1");
        ann.session.onText("{}");
        assertThat(heard)
                .containsExactly(new Envelope("s1", Kind.OPENED, "10.0.0.1"), new Envelope("s1", Kind.TEXT, "{}"));
        bus.send("s1", new Envelope("room", Kind.TEXT, "hello"));
        assertThat(ann.texts).containsExactly("hello");
        ann.session.onClosed();
        assertThat(heard).last().isEqualTo(new Envelope("s1", Kind.CLOSED, ""));
        assertThat(closedSessions).isEqualTo(1);
        assertThat(bus.send("s1", new Envelope("room", Kind.TEXT, "late"))).isFalse();
    }

    /** Two hundred at once and fifty a second; the message that is one too many ends it. */
    @Test
    void whoTalksTooFastIsCutOff() {
        Peer ann = new Peer("kitchen", "s1");
        for (int i = 0; i < 200; i++) {
            ann.session.onText("{}");
        }
        now += SECOND;
        for (int i = 0; i < 50; i++) {
            ann.session.onText("{}");
        }
        assertThat(ann.closedWith).isEmpty();
        ann.session.onText("{}");
        assertThat(ann.closedWith).isEqualTo("1000 too-fast");
        assertThat(ann.texts).hasSize(1).first().asString().contains("too-fast");
        int before = heard.size();
        ann.session.onText("{}");
        assertThat(heard).hasSize(before);
    }

    @Test
    void whatIsTooLargeOrNoTextIsCutOff() {
        Peer ann = new Peer("kitchen", "s1");
        ann.session.onText("x".repeat(RoomMessage.MAX_SDP + 1));
        assertThat(ann.closedWith).isEqualTo("1000 too-large");
        Peer ben = new Peer("kitchen", "s2");
        ben.session.onBinary();
        assertThat(ben.closedWith).isEqualTo("1000 unknown-message");
        assertThat(heard).noneMatch(envelope -> envelope.kind() == Kind.TEXT);
    }

    @Test
    void roomsAreLimited() {
        new Peer("a", "s1");
        new Peer("b", "s2");
        Peer third = new Peer("c", "s3");
        assertThat(third.texts).hasSize(1).first().asString().contains("server-full");
        assertThat(third.closedWith).isEqualTo("1013 server-full");
        assertThat(new Peer("a", "s4").closedWith).isEmpty();
        assertThat(rooms).containsExactly("a", "b");
    }

    /**
     * A room that listens no more, and has not told the directory yet, is followed by another and is not taken for
     * "full".
     */
    @Test
    void aRoomThatListensNoMoreIsFollowedByAnother() {
        LocalRoomDirectory late = new LocalRoomDirectory(1, (name, address) -> {
            rooms.add(name);
            if (rooms.size() > 1) {
                bus.listen(address, heard::add);
            }
        });
        late.open("kitchen");
        RoomSession session = new RoomSession(
                bus, late, "kitchen", "10.0.0.1", "s1", () -> now, () -> draining, () -> closedSessions++);
        session.onOpen(new TextConnection() {
            @Override
            public void send(String text) {
                throw new AssertionError(text);
            }

            @Override
            public void close(int code, String reason) {
                throw new AssertionError(reason);
            }
        });
        assertThat(rooms).hasSize(2);
        assertThat(heard).containsExactly(new Envelope("s1", Kind.OPENED, "10.0.0.1"));
    }

    /** While the server drains, who was in a room comes back to it, and no room is opened. */
    @Test
    void aDrainingServerOpensNoRoom() {
        new Peer("a", "s1");
        draining = true;
        assertThat(new Peer("a", "s2").closedWith).isEmpty();
        Peer late = new Peer("b", "s3");
        assertThat(late.closedWith).isEqualTo("1013 draining");
        assertThat(late.texts).first().asString().contains("about to stop");
        assertThat(rooms).containsExactly("a");
    }

    /** The room ended at the moment in which somebody came: what they said first reaches the next one of its name. */
    @Test
    void aRoomThatEndsIsFollowedByAnother() {
        Peer ann = new Peer("kitchen", "s1");
        ann.session.onText("{\"join\":{}}");
        String first = directory.find("kitchen");
        directory.closed("kitchen", String.valueOf(first));
        heard.clear();
        bus.send("s1", new Envelope(String.valueOf(first), Kind.CLOSED, Room.OVER));
        assertThat(heard)
                .containsExactly(
                        new Envelope("s1", Kind.OPENED, "10.0.0.1"), new Envelope("s1", Kind.TEXT, "{\"join\":{}}"));
        assertThat(rooms).containsExactly("kitchen", "kitchen");
        assertThat(ann.closedWith).isEmpty();
    }
}
