package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What people may say to a room, and what is refused. */
class RoomMessageTest {
    @Test
    void messagesAreRead() throws RoomMessage.Malformed {
        assertThat(RoomMessage.parse("{\"join\":{\"name\":\" Ann \",\"key\":\"k\"}}"))
                .isEqualTo(new RoomMessage.Join("Ann", "k", null));
        assertThat(RoomMessage.parse("{\"publish\":{\"audio\":true,\"video\":false,\"screen\":true}}"))
                .isEqualTo(new RoomMessage.Publish(true, false, true));
        assertThat(RoomMessage.parse("{\"view\":{\"p1\":360.5,\"p2/screen\":0}}"))
                .isEqualTo(new RoomMessage.View(Map.of("p1", 360, "p2/screen", 0)));
        assertThat(RoomMessage.parse("null")).isInstanceOf(RoomMessage.Negotiate.class);
        assertThat(RoomMessage.parse("{\"type\":\"answer\",\"sdp\":\"v=0\"}"))
                .isInstanceOf(RoomMessage.Negotiate.class);
        assertThat(RoomMessage.parse("{\"leave\":{}}")).isEqualTo(new RoomMessage.Leave());
    }

    /** HTML stays what it is: text. Controls, invisible marks and turned writing go; nobody is nameless. */
    @Test
    void namesAreOneCleanLine() {
        assertThat(RoomMessage.cleanName("<b>Ann</b>")).isEqualTo("<b>Ann</b>");
        assertThat(RoomMessage.cleanName("a\u202Eb\nc\u0000d\u200Be")).isEqualTo("abcde");
        assertThat(RoomMessage.cleanName("  ")).isEqualTo("guest");
        assertThat(RoomMessage.cleanName("\uD83D\uDE00".repeat(100)).length())
                .isLessThanOrEqualTo(RoomMessage.MAX_NAME);
        assertThat(RoomMessage.cleanName("\uD800x")).isEqualTo("x");
    }

    @Test
    void whatIsNoMessageIsRefused() {
        for (String bad : new String[] {
            "",
            "{",
            "[]",
            "3",
            "{}",
            "{\"join\":3}",
            "{\"join\":{}}",
            "{\"join\":{\"name\":3}}",
            "{\"publish\":{\"audio\":1,\"video\":true,\"screen\":true}}",
            "{\"view\":{\"a\":-1}}",
            "{\"view\":{\"a\":\"1\"}}",
            "{\"view\":{\"a\":1e300}}",
            "{\"leave\":{}} x",
            "{\"unknown\":{}}",
            "{\"type\":\"bad\",\"sdp\":\"\"}",
            "{\"candidate\":3}"
        }) {
            assertThatThrownBy(() -> RoomMessage.parse(bad)).as(bad).isInstanceOf(RoomMessage.Malformed.class);
        }
    }

    @Test
    void whatIsTooLargeIsRefused() {
        assertThatThrownBy(() -> RoomMessage.parse("{\"leave\":\"" + "x".repeat(RoomMessage.MAX_TEXT) + "\"}"))
                .isInstanceOf(RoomMessage.Malformed.class);
        assertThatThrownBy(() ->
                        RoomMessage.parse("{\"type\":\"answer\",\"sdp\":\"" + "x".repeat(RoomMessage.MAX_SDP) + "\"}"))
                .isInstanceOf(RoomMessage.Malformed.class);
        StringBuilder view = new StringBuilder("{\"view\":{\"a\":1");
        for (int i = 0; i < RoomMessage.MAX_VIEWS; i++) {
            view.append(",\"p").append(i).append("\":1");
        }
        assertThatThrownBy(() -> RoomMessage.parse(view + "}}")).isInstanceOf(RoomMessage.Malformed.class);
        assertThatThrownBy(() -> RoomMessage.parse(
                        "{\"join\":{\"name\":\"a\",\"key\":\"" + "k".repeat(RoomMessage.MAX_SECRET + 1) + "\"}}"))
                .isInstanceOf(RoomMessage.Malformed.class);
        assertThatThrownBy(() -> RoomMessage.parse("[".repeat(50_000))).isInstanceOf(RoomMessage.Malformed.class);
    }

    /** Whatever comes: a message or a refusal, nothing else. */
    @Test
    void randomTextsAreReadOrRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String good = "{\"view\":{\"p1\":360.5},\"join\":{\"name\":\"a\",\"resume\":\"t\"},\"candidate\":\"x\"}";
        for (int i = 0; i < 20_000; i++) {
            byte[] text = good.getBytes(StandardCharsets.UTF_8);
            for (int j = random.nextInt(6); j >= 0; j--) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(128);
            }
            try {
                RoomMessage.parse(new String(text, StandardCharsets.UTF_8));
            } catch (RoomMessage.Malformed refused) {
                assertThat(refused.code()).as("seed %d", seed).isNotEmpty();
            }
        }
    }
}
