package dev.yodel.interop.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.rooms.RoomServer;
import dev.yodel.examples.web.WebExtras;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.turn.TestCertificate;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        "--ignore-certificate-errors",
        "--auto-select-desktop-capture-source=Entire screen"
    };

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

    private static void keepPictures(Chromium chromium, String name) throws IOException {
        final String folder = System.getProperty("yodel.screenshots");
        if (folder != null) {
            Files.write(Path.of(folder, name + ".png"), chromium.screenshot(1280, 800));
            Files.write(Path.of(folder, name + "-phone.png"), chromium.screenshot(390, 844));
        }
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
            ann.page().evaluate("void window.room.write('<i>hello</i>')");
            people.get(1).await("the line", 10, "document.getElementById('lines').textContent === 'Ann: <i>hello</i>'");
            ann.await("who speaks", 20, "window.room.speaker !== null");
            // Muted: the others are told, and nothing is heard of it any more.
            ann.page().evaluate("document.getElementById('mic').click()");
            people.get(1)
                    .await(
                            "Ann's muting",
                            10,
                            "document.querySelector('[data-key=p1] .who').textContent === 'Ann (muted)'");
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

    /** Eight people for a minute, and twenty who come late: p95 from the click to the first picture. */
    @Test
    @Tag("long")
    void eightPeopleForAMinute() throws Exception {
        try (RoomServer server = RoomServer.start(options());
                Chromium chromium = Chromium.start(FLAGS)) {
            List<RoomPage> people = join(chromium, server, 320, 180, "A", "B", "C", "D", "E", "F", "G", "H");
            for (RoomPage person : people) {
                person.awaitOthers(7);
            }
            List<Integer> before = new ArrayList<>();
            for (RoomPage person : people) {
                before.add(person.figures().get("frames").getAsInt());
            }
            Thread.sleep(60_000);
            keepPictures(chromium, "eight");
            List<Integer> frames = new ArrayList<>();
            for (int i = 0; i < people.size(); i++) {
                people.get(i).awaitOthers(7);
                frames.add(people.get(i).figures().get("frames").getAsInt() - before.get(i));
            }
            System.out.println("frames decoded in a minute of seven others at 10 a second: " + frames);
            assertThat(frames).allMatch(count -> count > 1_000);
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
            assertThat(millis.get(18)).isLessThan(2_000);
        }
    }
}
