package dev.yodel.interop.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.yodel.examples.rooms.RoomServer;
import dev.yodel.examples.web.WebExtras;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.turn.OwnTurn;
import dev.yodel.interop.turn.TestCertificate;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of one Chromium meet in a room: everyone decodes everyone. */
class ChromiumRoomTest {
    /** Pages behind others keep painting and sending; our own certificate is taken. */
    private static final String[] FLAGS = {
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
        "--ignore-certificate-errors"
    };

    /** Three layers of small pictures too, which this machine can encode for eight. */
    private static final String SMALL_LAYERS = "--force-fieldtrials=WebRTC-LegacySimulcastLayerLimit/Disabled/";

    private static RoomServer.Options options() {
        return RoomServer.Options.of(new InetSocketAddress("localhost", 0));
    }

    private static int freePort() throws IOException {
        try (DatagramSocket free = new DatagramSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static List<RoomPage> join(Chromium chromium, RoomServer server, int width, int height, String... names) {
        final List<RoomPage> people = new ArrayList<>();
        for (String name : names) {
            final RoomPage person = new RoomPage(people.isEmpty() ? chromium : chromium.newPage(), name);
            // Large enough for everyone to be in sight.
            person.size(1280, 900);
            person.join(server.page("kitchen"), width, height, 10);
            people.add(person);
        }
        return people;
    }

    /** What somebody would see, on a desk and on a telephone: target/screenshots. */
    private static void keepPictures(Chromium chromium, String name) throws IOException {
        final Path folder = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(folder.resolve(name + ".png"), chromium.screenshot(1280, 800));
        Files.write(folder.resolve(name + "-phone.png"), chromium.screenshot(390, 844));
    }

    /** Over HTTPS and WSS, with all media on one UDP port. */
    @Test
    void threePeopleSeeAndHearEachOther(@TempDir Path folder) throws Exception {
        TestCertificate.create(folder, "dns:localhost");
        RoomServer.Options options = options()
                .withSettings(Settings.builder().udpMux(freePort(), 1).build())
                .withExtras(WebExtras.NONE.withKeyStore(folder.resolve("server.p12"), "changeit"));
        try (RoomServer server = RoomServer.start(options);
                Chromium chromium = Chromium.start(FLAGS)) {
            assertThat(server.page().getScheme()).isEqualTo("https");
            List<RoomPage> people = join(chromium, server, 320, 180, "Ann", "Ben <b>bold</b>", "Cleo");
            for (RoomPage person : people) {
                person.awaitOthers(2);
            }
            RoomPage ann = people.get(0);
            // HTML in names is text.
            assertThat(ann.page()
                            .evaluate("[...document.querySelectorAll('.who')].map((one) => one.textContent).join()"
                                    + " + document.querySelectorAll('.who b').length")
                            .getAsString())
                    .contains("Ben <b>bold</b>")
                    .endsWith("0");
            ann.page().evaluate("void window.room.write('<img src=x onerror=\"window.hacked=1\">')");
            people.get(1)
                    .await(
                            "the line",
                            10,
                            "document.getElementById('lines').textContent === 'Ann: <img src=x onerror=\"window.hacked=1\">'"
                                    + " && document.images.length === 0 && window.hacked === undefined");
            ann.await("who speaks", 20, "window.room.speaker !== null");
            // Muted: the others are told, and nothing is heard of it any more.
            ann.page().evaluate("document.getElementById('mic').click()");
            people.get(1)
                    .await(
                            "Ann's muting",
                            10,
                            "document.querySelector('[data-key=p1] .who').textContent === 'Ann (muted)'");
            // Not even a page that were fooled into it could run a script that is not the server's (CSP).
            ann.page()
                    .evaluate(
                            "void (document.body.append(Object.assign(document.createElement('script'),"
                                    + " { textContent: 'window.hacked = 1' })),"
                                    + " document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hacked=1\">'))");
            ann.await(
                    "no script runs",
                    10,
                    "new Promise((done) => setTimeout(() => done(window.hacked === undefined), 300))");
            people.get(2).page().evaluate("void window.room.end('left')");
            ann.await("Cleo's leaving", 10, "document.querySelectorAll('.tile').length === 2");
            keepPictures(chromium, "room");
        }
    }

    /** Chromium answers an offer that asks for layers by sending them, and a receiver gets the one that fits its tile. */
    @Test
    @Tag("long")
    void aReceiverGetsTheLayerThatItsTileNeeds() throws Exception {
        try (RoomServer server = RoomServer.start(options());
                Chromium chromium = Chromium.start(FLAGS)) {
            List<RoomPage> people = join(chromium, server, 1280, 720, "Ann", "Ben");
            RoomPage ben = people.get(1);
            ben.await("Ann's picture", 40, RoomPage.pictures(1));
            people.get(0)
                    .await(
                            "three layers",
                            40,
                            "window.room.pc.getStats().then((report) => [...report.values()].filter((entry) =>"
                                    + " entry.type === 'outbound-rtp' && entry.rid && entry.framesSent > 5).length === 3)");
            ben.size(1280, 1000);
            ben.await("the high layer", 90, RoomPage.width("p1", 1280));
            ben.size(720, 240);
            ben.await("the low layer", 90, RoomPage.width("p1", 320));
            assertThat(ben.figures().get("lost").getAsInt()).isLessThan(50);
        }
    }

    /** A page shares what the user chooses, here the tab itself: the other sees it beside the person, until it ends. */
    @Test
    @Tag("long")
    void aScreenIsShared() throws Exception {
        List<String> flags = new ArrayList<>(List.of(FLAGS));
        flags.add("--auto-select-tab-capture-source-by-title=Yodel: a room");
        try (RoomServer server = RoomServer.start(options());
                Chromium chromium = Chromium.start(flags.toArray(new String[0]))) {
            List<RoomPage> people = join(chromium, server, 320, 180, "Ann", "Ben");
            RoomPage ann = people.get(0);
            RoomPage ben = people.get(1);
            ann.page().evaluate("document.getElementById('share').click()");
            ann.await("the share", 20, "document.getElementById('share').ariaPressed === 'true'");
            ben.await(
                    "the screen", 30, "document.querySelector('[data-key=\"p1/screen\"].large video')?.videoWidth > 0");
            ben.await(
                    "its title",
                    10,
                    "document.querySelector('[data-key=\"p1/screen\"] .who').textContent === 'Ann: screen'");
            // The camera's picture goes on beside it.
            ben.awaitOthers(1, 2);
            ann.page().evaluate("document.getElementById('share').click()");
            ben.await("its end", 20, "document.querySelector('[data-key=\"p1/screen\"]') === null");
        }
    }

    /** A network that lets no UDP through: the TCP port of the same number carries the call. */
    @Test
    @Tag("long")
    void mediaGoesByTcpWhereNothingElseDoes() throws Exception {
        int port = freePort();
        Settings settings = Settings.builder().udpMux(port, 1).tcpMux(port, 1).build();
        try (RoomServer server = RoomServer.start(options().withSettings(settings));
                // Raw addresses: Chromium makes no TCP candidates for hidden ones.
                Chromium chromium = Chromium.start(FLAGS[0], FLAGS[1], FLAGS[2], "--use-fake-ui-for-media-stream")) {
            RoomPage ann = new RoomPage(chromium, "Ann");
            ann.join(server.page("kitchen"), 320, 180, 10);
            RoomPage ben = new RoomPage(chromium.newPage(), "Ben");
            ben.open(server.page("kitchen"));
            ben.tcpOnly();
            ben.enter(320, 180, 10);
            ben.awaitOthers(1);
            ann.awaitOthers(1);
            assertThat(ben.protocol()).isEqualTo("tcp");
            assertThat(ann.protocol()).isEqualTo("udp");
        }
    }

    /** A page that may use nothing but relays comes by the TURN server of {@code yodel rooms --turn}. */
    @Test
    @Tag("long")
    void aPageComesByTheTurnServerThatItIsTold() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                OwnTurn turn = OwnTurn.start(namespace.outerAddress(), null);
                RoomsProgram server =
                        RoomsProgram.start("--turn", turn.url("udp").replace("turn:", "turn:user:pass@"));
                Chromium chromium = Chromium.start(FLAGS)) {
            RoomPage ann = new RoomPage(chromium, "Ann");
            ann.join(server.page("kitchen"), 320, 180, 10);
            RoomPage ben = new RoomPage(chromium.newPage(), "Ben");
            ben.open(server.page("kitchen"));
            ben.page()
                    .evaluate("void (window.RTCPeerConnection = class extends RTCPeerConnection {"
                            + " constructor(options) { super({ ...options, iceTransportPolicy: 'relay' }); } })");
            ben.enter(320, 180, 10);
            ben.awaitOthers(1);
            ann.awaitOthers(1);
            assertThat(ben.pair()).isEqualTo("relay");
            assertThat(ann.pair()).isNotEqualTo("relay");
            assertThat(turn.allocated()).isNotEmpty();
            assertThat(server.said()).doesNotContain("pass");
        }
    }

    /** The page loses its WebSocket and, later, everything: it comes back, and the call goes on. */
    @Test
    @Tag("long")
    void aPageComesBack() throws Exception {
        try (RoomServer server = RoomServer.start(options());
                Chromium chromium = Chromium.start(FLAGS)) {
            List<RoomPage> people = join(chromium, server, 320, 180, "Ann", "Ben");
            people.forEach(person -> person.awaitOthers(1));
            RoomPage ben = people.get(1);
            ben.page().evaluate("void (window.before = window.room.pc, window.room.socket.close())");
            ben.await(
                    "another WebSocket",
                    20,
                    "window.room.socket.readyState === 1 && window.room.attempts === 0 && window.room.pc === window.before");
            ben.awaitOthers(1);
            ben.page().evaluate("void window.room.tell({ restart: {} })");
            ben.awaitOthers(1);
            people.get(0).awaitOthers(1);
            assertThat(server.population()).isEqualTo(2);
            assertThat(server.metricsText()).contains("yodel_rooms_resumes_total 1\n");
        }
    }

    /**
     * Seven pages of one Chromium and a Firefox, with simulcast video and audio, for a minute: everyone decodes everyone's
     * pictures and hears everyone. The pictures are small, because two cores encode and decode all of it.
     */
    @Test
    @Tag("long")
    void eightPeopleForAMinute() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                RoomServer server =
                        RoomServer.start(RoomServer.Options.of(new InetSocketAddress(namespace.outerAddress(), 0)));
                Firefox firefox = Firefox.start(namespace, Map.of());
                Chromium chromium = Chromium.start(FLAGS[0], FLAGS[1], FLAGS[2], SMALL_LAYERS)) {
            List<RoomPage> people = join(chromium, server, 320, 180, "A", "B", "C", "D", "E", "F", "G");
            RoomPage fox = new RoomPage(firefox, "Fox");
            fox.open(server.page("kitchen"));
            fox.enter("microphone", 320, 180, 10);
            people.add(fox);
            for (RoomPage person : people) {
                person.awaitOthers(7);
            }
            people.get(0)
                    .await(
                            "three layers",
                            60,
                            "window.room.pc.getStats().then((report) => [...report.values()].filter((entry) =>"
                                    + " entry.type === 'outbound-rtp' && entry.rid && entry.framesSent > 5).length === 3)");
            List<JsonObject> before = new ArrayList<>();
            for (RoomPage person : people) {
                before.add(person.received());
            }
            Thread.sleep(60_000);
            int fewest = Integer.MAX_VALUE;
            for (int i = 0; i < people.size(); i++) {
                JsonObject now = people.get(i).received();
                assertThat(now.keySet()).as("whom %d sees", i).hasSize(7);
                for (String other : now.keySet()) {
                    JsonObject then = before.get(i).getAsJsonObject(other);
                    JsonObject one = now.getAsJsonObject(other);
                    int frames =
                            one.get("frames").getAsInt() - then.get("frames").getAsInt();
                    double energy =
                            one.get("energy").getAsDouble() - then.get("energy").getAsDouble();
                    assertThat(frames).as("%d's frames of %s", i, other).isGreaterThan(300);
                    assertThat(energy).as("%d's sound of %s", i, other).isPositive();
                    fewest = Math.min(fewest, frames);
                }
                System.out.println("person " + i + " after a minute: " + now);
            }
            keepPictures(chromium, "eight");
            System.out.println(
                    "eight for a minute at 10 pictures a second: the fewest of anyone's by anyone " + fewest);
        }
    }

    @Test
    @Tag("long")
    void aLateJoinerSeesSoon() throws Exception {
        try (RoomServer server = RoomServer.start(options());
                Chromium chromium = Chromium.start(FLAGS)) {
            RoomPage ann = new RoomPage(chromium, "Ann");
            ann.join(server.page("kitchen"), 640, 360, 20);
            RoomPage late = new RoomPage(chromium.newPage(), "Late");
            List<Double> millis = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                late.open(server.page("kitchen"));
                millis.add(late.page()
                        .evaluate(
                                """
                                (async () => {
                                  document.getElementById('name').value = 'Late';
                                  document.getElementById('source').value = 'none';
                                  document.getElementById('picture').value = 'none';
                                  const click = performance.now();
                                  document.getElementById('enter').click();
                                  for (;;) {
                                    const video = document.querySelector('.tile:not(.me) video');
                                    if (video?.srcObject) {
                                      return new Promise((done) =>
                                        video.requestVideoFrameCallback((now) => done(performance.now() - click)));
                                    }
                                    await new Promise((done) => setTimeout(done, 5));
                                  }
                                })()""")
                        .getAsDouble());
                late.page().evaluate("void window.room.end('left')");
            }
            millis.sort(Double::compare);
            System.out.println("first picture after the click, ms: " + millis);
            // The nineteenth of twenty. The clock is the page's own, from the click to the picture's call.
            assertThat(millis.get(18)).isLessThan(1_000);
        }
    }
}
