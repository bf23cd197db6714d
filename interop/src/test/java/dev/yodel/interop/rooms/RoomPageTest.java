package dev.yodel.interop.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.yodel.examples.rooms.RoomServer;
import dev.yodel.interop.browser.Chromium;
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
    /**
     * What is too faint: text below 4.5 to 1, or 3 to 1 if it is large, and edges of controls below 3 to 1 (WCAG 2.2,
     * 1.4.3 and 1.4.11). Pictures are no background: what stands on them brings its own.
     */
    private static final String FAINT =
            """
            (() => {
              const parse = (text) => {
                const [r, g, b, a = 1] = text.match(/[\\d.]+%?/g).map((one) => one.endsWith('%') ? parseFloat(one) / 100 : +one);
                return { r, g, b, a };
              };
              const over = (top, below) => ({
                r: top.r * top.a + below.r * (1 - top.a),
                g: top.g * top.a + below.g * (1 - top.a),
                b: top.b * top.a + below.b * (1 - top.a),
                a: 1,
              });
              const background = (element) => {
                const layers = [];
                for (let one = element; one; one = one.parentElement) {
                  layers.push(parse(getComputedStyle(one).backgroundColor));
                }
                return layers.reverse().reduce((below, top) => over(top, below), parse(getComputedStyle(document.body).backgroundColor));
              };
              const light = ({ r, g, b }) => {
                const part = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
                return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
              };
              const ratio = (one, other) => {
                const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
                return (high + 0.05) / (low + 0.05);
              };
              const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
              const faint = [];
              let looked = 0;
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const element = node.parentElement;
                if (!node.data.trim() || !shown(element) || element.closest('script') || element.tagName === 'OPTION') {
                  continue;
                }
                looked++;
                const style = getComputedStyle(element);
                const size = parseFloat(style.fontSize);
                const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
                const behind = background(element);
                const found = ratio(over(parse(style.color), behind), behind);
                if (found < (large ? 3 : 4.5)) {
                  faint.push(`text ${node.data.trim()}: ${found.toFixed(2)}`);
                }
              }
              for (const control of document.querySelectorAll('input, select, button')) {
                if (shown(control)) {
                  looked++;
                  const behind = background(control.parentElement);
                  const edge = ratio(over(parse(getComputedStyle(control).borderTopColor), behind), behind);
                  const face = ratio(background(control), behind);
                  if (Math.max(edge, face) < 3) {
                    faint.push(`edge of ${control.id}: ${edge.toFixed(2)}`);
                  }
                }
              }
              return looked < 5 ? ['nothing was looked at'] : faint;
            })()""";

    private final RoomServer server;
    private final Chromium chromium;

    RoomPageTest() throws IOException {
        server = RoomServer.start(RoomServer.Options.of(new InetSocketAddress("localhost", 0)));
        chromium = Chromium.start();
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

    private List<String> texts(String expression) {
        final List<String> texts = new ArrayList<>();
        final JsonArray array = chromium.evaluate(expression).getAsJsonArray();
        for (JsonElement one : array) {
            texts.add(one.getAsString());
        }
        return texts;
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

    private void assertReadable() {
        for (boolean dark : new boolean[] {false, true}) {
            chromium.prefersDark(dark);
            assertThat(texts(FAINT)).as(dark ? "dark" : "light").isEmpty();
        }
        chromium.prefersDark(false);
    }

    private void assertNamed() {
        assertThat(texts(
                        "[...document.querySelectorAll('input, select, button, canvas')].filter((one) => one.checkVisibility())"
                                + ".filter((one) => !(one.ariaLabel || one.textContent.trim() && one.tagName === 'BUTTON'"
                                + " || one.labels?.[0]?.textContent.trim())).map((one) => one.outerHTML)"))
                .as("controls without a name")
                .isEmpty();
        assertThat(texts("[...document.querySelectorAll('h1')].filter((one) => one.checkVisibility()).map((one) =>"
                        + " one.textContent)"))
                .hasSize(1);
        assertThat(chromium.evaluate("document.documentElement.lang + document.title")
                        .getAsString())
                .startsWith("en");
    }

    @Test
    @Order(1)
    void theLobbyIsJoinedByKeyboardAlone() {
        assertThat(focused()).isEqualTo("name");
        assertReadable();
        assertNamed();
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
        chromium.evaluate("document.getElementById('mic').focus()");
        chromium.press(" ");
        RoomPage ann = new RoomPage(chromium, "Ann");
        ann.await("muted", 10, "document.getElementById('mic').ariaPressed === 'false'");
        ann.await("said", 10, "document.querySelector('.tile').ariaLabel === 'Ann (you) (muted)'");
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
        RoomPage ann = new RoomPage(chromium, "Ann");
        ann.await(
                "figures",
                20,
                """
                (() => {
                  const said = [...document.querySelectorAll('.graph canvas')].map((one) => one.ariaLabel ?? '');
                  const drawn = [...document.querySelectorAll('.graph canvas')].every((one) =>
                    one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some((value) => value > 0));
                  return drawn && /^Bit rate: .*: \\d+ \\/ [1-9]\\d* kbit\\/s$/.test(said[0])
                    && /^Lost: \\d+\\.\\d %$/.test(said[1]) && /^Round trip: \\d+ ms$/.test(said[2]);
                })()""");
        // The chat beside it, with a line, so that everything there is stands in sight.
        chromium.evaluate("document.getElementById('chat').click()");
        assertReadable();
        assertNamed();
    }

    /** 390 pixels wide: nothing sticks out, and every button takes a thumb. */
    @Test
    @Order(4)
    void itFitsATelephone() {
        chromium.screenshot(390, 844);
        assertThat(chromium.evaluate("document.documentElement.scrollWidth").getAsInt())
                .isLessThanOrEqualTo(390);
        assertThat(texts("[...document.querySelectorAll('button, input')].filter((one) => one.checkVisibility())"
                        + ".filter((one) => { const box = one.getBoundingClientRect();"
                        + " return box.height < 44 || box.width < 44 || box.left < 0 || box.right > 390 || box.bottom > 844; })"
                        + ".map((one) => one.id)"))
                .isEmpty();
        assertThat(chromium.evaluate("document.querySelector('.tile').getBoundingClientRect().height")
                        .getAsDouble())
                .isGreaterThan(90);
        assertReadable();
        chromium.evaluate("document.getElementById('leave').click()");
        assertThat(focused()).isEqualTo("enter");
        assertThat(chromium.evaluate("document.documentElement.scrollWidth").getAsInt())
                .isLessThanOrEqualTo(390);
    }
}
