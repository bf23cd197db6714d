package dev.yodel.interop.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.rooms.RoomServer;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.PageLooks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The conference page for those who use a keyboard, see little contrast, or have a telephone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RoomPageTest {
    private final RoomServer server;
    private final Chromium chromium;
    private final PageLooks looks;

    RoomPageTest() throws IOException {
        server = RoomServer.start(RoomServer.Options.of(new InetSocketAddress("localhost", 0)));
        chromium = Chromium.start();
        looks = new PageLooks(chromium);
    }

    @BeforeAll
    void open() {
        chromium.screenshot(1280, 900);
        chromium.navigate(server.page("kitchen"));
    }

    @AfterAll
    void close() {
        chromium.close();
        server.close();
    }

    private String focused() {
        return chromium.evaluate("document.activeElement.id").getAsString();
    }

    /** Goes on by the tabulator and notes where it is; what is in focus must show it. */
    private List<String> tabThrough(int times) {
        final List<String> ids = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            chromium.press("Tab");
            ids.add(focused());
            assertThat(chromium.evaluate("getComputedStyle(document.activeElement).outlineStyle + ' '"
                                    + " + getComputedStyle(document.activeElement).outlineWidth")
                            .getAsString())
                    .as("%s in focus", ids.get(i))
                    .isEqualTo("solid 3px");
        }
        return ids;
    }

    @Test
    @Order(1)
    void theLobbyIsJoinedByKeyboardAlone() {
        assertThat(focused()).isEqualTo("name");
        chromium.evaluate("document.body.click()");
        assertThat(chromium.console()).isEmpty();
        looks.assertReadable();
        looks.assertNamed();
        chromium.evaluate("document.getElementById('room').focus()");
        assertThat(tabThrough(5)).containsExactly("name", "key", "source", "picture", "enter");
        chromium.evaluate("void (document.getElementById('name').value = 'Ann',"
                + " document.getElementById('source').value = 'tone',"
                + " document.getElementById('picture').value = 'pattern')");
        chromium.press("Enter");
        new RoomPage(chromium, "Ann").await("the room", 20, "window.room?.id === 'p1' && window.room.tiles.size === 1");
    }

    @Test
    @Order(2)
    void theRoomIsUsedByKeyboardAlone() {
        assertThat(focused()).isEqualTo("title");
        assertThat(tabThrough(7)).containsExactly("mic", "cam", "share", "chat", "numbers", "link", "leave");
        RoomPage ann = new RoomPage(chromium, "Ann");
        // The tone is taken for speech; who is muted no longer speaks, though nobody else has taken the floor.
        ann.await("heard", 20, "document.querySelector('.tile').ariaLabel === 'Ann (you), speaking'");
        chromium.evaluate("document.getElementById('mic').focus()");
        chromium.press(" ");
        ann.await("muted", 10, "document.getElementById('mic').ariaPressed === 'false'");
        ann.await("said", 10, "document.querySelector('.tile').ariaLabel === 'Ann (you) (muted)'");
        assertThat(chromium.evaluate("document.querySelector('.tile').classList.contains('speaking')")
                        .getAsBoolean())
                .isFalse();
        chromium.press(" ");
        ann.await("loud", 10, "document.getElementById('mic').ariaPressed === 'true'");
        chromium.evaluate("document.getElementById('chat').focus()");
        chromium.press("Enter");
        ann.await("the chat", 10, "document.activeElement.id === 'text'");
        assertThat(chromium.evaluate("document.getElementById('chat').ariaExpanded")
                        .getAsString())
                .isEqualTo("true");
        chromium.press("Escape");
        assertThat(focused()).isEqualTo("chat");
        assertThat(chromium.evaluate("document.getElementById('side').hidden").getAsBoolean())
                .isTrue();
    }

    /** Bit rate, loss and round trip, drawn and said, once a second. */
    @Test
    @Order(3)
    void figuresAreDrawnAndSaid() {
        chromium.evaluate("document.getElementById('numbers').click()");
        looks.awaitGraphs();
        // The chat beside it, with a line, so that everything there is stands in sight.
        chromium.evaluate("document.getElementById('chat').click()");
        looks.assertReadable();
        looks.assertNamed();
    }

    /** 390 pixels wide: nothing sticks out, and every button takes a thumb. */
    @Test
    @Order(4)
    void itFitsATelephone() {
        looks.assertFitsATelephone(true);
        assertThat(chromium.evaluate("document.querySelector('.tile').getBoundingClientRect().height")
                        .getAsDouble())
                .isGreaterThan(90);
        looks.assertReadable();
        chromium.evaluate("document.getElementById('leave').click()");
        assertThat(focused()).isEqualTo("enter");
        assertThat(chromium.evaluate("document.documentElement.scrollWidth").getAsInt())
                .isLessThanOrEqualTo(390);
        assertThat(chromium.console()).isEmpty();
    }
}
