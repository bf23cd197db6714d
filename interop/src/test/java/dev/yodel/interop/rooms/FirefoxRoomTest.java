package dev.yodel.interop.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.yodel.examples.rooms.RoomServer;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Firefox in a room, in a network of its own, with Chromium. */
class FirefoxRoomTest {
    /** Chromium sends three layers of small pictures too, and its page need not be in front. */
    private static final String[] CHROMIUM = {
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
        "--force-fieldtrials=WebRTC-LegacySimulcastLayerLimit/Disabled/"
    };

    private static RoomServer server(NetworkNamespace namespace) throws Exception {
        return RoomServer.start(RoomServer.Options.of(new InetSocketAddress(namespace.outerAddress(), 0)));
    }

    private static int frames(RoomPage page, String person) {
        final JsonObject all = page.received();
        return all.has(person) ? all.getAsJsonObject(person).get("frames").getAsInt() : 0;
    }

    /** It joins, sends, decodes and hears the other, and the other decodes and hears it. */
    @Test
    void firefoxAndChromiumSeeAndHearEachOther() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                RoomServer server = server(namespace);
                Firefox firefox = Firefox.start(namespace, Map.of());
                Chromium chromium = Chromium.start(CHROMIUM)) {
            RoomPage ann = new RoomPage(chromium, "Ann");
            ann.size(1280, 900);
            ann.join(server.page("kitchen"), 320, 180, 10);
            RoomPage fox = new RoomPage(firefox, "Fox");
            fox.open(server.page("kitchen"));
            fox.enter("microphone", 320, 180, 10);
            fox.awaitOthers(1);
            ann.awaitOthers(1);
            firefox.evaluate("void window.room.write('hello')");
            ann.await("the line", 10, "document.getElementById('lines').textContent === 'Fox: hello'");
            int before = frames(fox, "p1");
            fox.await(
                    "more of Ann's pictures",
                    20,
                    "window.room.figuresNow().then((now) => now.frames > " + (before + 10) + ")");
            assertThat(fox.received().keySet()).containsExactly("p1");
        }
    }

    /** Firefox's address is replaced in mid-call: its page comes back by itself, the call goes on, nobody joined anew. */
    @Test
    @Tag("long")
    void anotherAddressIsFollowed() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            // The browser is steered by the first pair of interfaces, which stays.
            namespace.joinAgain();
            anotherAddressIsFollowed(namespace, namespace.secondOuterAddress());
        }
    }

    private static void anotherAddressIsFollowed(NetworkNamespace namespace, String address) throws Exception {
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(new InetSocketAddress(address, 0)));
                Firefox firefox = Firefox.start(namespace, Map.of());
                Chromium chromium = Chromium.start(CHROMIUM)) {
            RoomPage ann = new RoomPage(chromium, "Ann");
            ann.size(1280, 900);
            ann.join(server.page("kitchen"), 320, 180, 10);
            RoomPage fox = new RoomPage(firefox, "Fox");
            fox.open(server.page("kitchen"));
            fox.enter("microphone", 320, 180, 10);
            fox.awaitOthers(1);
            ann.awaitOthers(1);
            int foxSaw = frames(fox, "p1");
            int annSaw = frames(ann, "p2");
            long begin = System.nanoTime();
            namespace.replaceSecondAddress();
            fox.await(
                    "Ann's pictures", 60, "window.room.figuresNow().then((now) => now.frames > " + (foxSaw + 30) + ")");
            ann.await(
                    "Fox's pictures", 60, "window.room.figuresNow().then((now) => now.frames > " + (annSaw + 30) + ")");
            System.out.println(
                    "pictures again " + (System.nanoTime() - begin) / 1_000_000 + " ms after the address changed");
            assertThat(server.population()).isEqualTo(2);
            assertThat(server.metricsText()).contains("yodel_rooms_joins_total 2\n");
        }
    }

    /** Firefox has 300 kbit/s and gets the low layer; Chromium beside it keeps the high one and misses nothing. */
    @Test
    @Tag("long")
    void whoHasLittleBandwidthGetsTheLowLayer() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                RoomServer server = server(namespace);
                Firefox firefox = Firefox.start(namespace, Map.of());
                Chromium chromium = Chromium.start(CHROMIUM)) {
            RoomPage ann = new RoomPage(chromium, "Ann");
            ann.size(1280, 900);
            ann.open(server.page("kitchen"));
            ann.costlyPattern();
            // Chromium's layers are 240 x 135 for 150 kbit/s, 480 x 270 for 350 and 960 x 540 for 1,200: only the first
            // one fits.
            // At 15 pictures a second their encoders are so close to what two cores give that Chromium makes them
            // smaller.
            ann.enter(960, 540, 10);
            RoomPage ben = new RoomPage(chromium.newPage(), "Ben");
            ben.size(1280, 900);
            ben.open(server.page("kitchen"));
            ben.enterWithout();
            RoomPage fox = new RoomPage(firefox, "Fox");
            fox.open(server.page("kitchen"));
            // The page is there; from here on the network is slow.
            namespace.limitDownlink(300);
            fox.enterWithout();
            ben.await("the high layer", 60, RoomPage.width("p1", 960));
            fox.await("the low layer", 60, RoomPage.width("p1", 240));
            for (int second = 0; second < 20; second++) {
                int before = frames(ben, "p1");
                int slowBefore = frames(fox, "p1");
                ben.await(
                        "a second's pictures",
                        5,
                        "window.room.figuresNow().then((now) => now.frames > " + before + " + 12)");
                assertThat(ben.received().getAsJsonObject("p1").get("width").getAsInt())
                        .isEqualTo(960);
                assertThat(fox.received().getAsJsonObject("p1").get("width").getAsInt())
                        .isEqualTo(240);
                assertThat(frames(fox, "p1")).isGreaterThan(slowBefore);
            }
            System.out.println("with 300 kbit/s: " + fox.received() + "; without limit: " + ben.received());
        }
    }
}
