package dev.yodel.interop.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.rooms.RoomServer;
import dev.yodel.interop.browser.Chromium;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages of one Chromium meet in a room: everyone decodes everyone. */
class ChromiumRoomTest {
    /** Pages behind others keep painting and sending. */
    static final String[] FLAGS = {
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows"
    };

    @Test
    void threePeopleSeeAndHearEachOther() throws Exception {
        try (RoomServer server = RoomServer.start(RoomServer.Options.of(new InetSocketAddress("localhost", 0)));
                Chromium chromium = Chromium.start(FLAGS)) {
            List<RoomPage> people = new ArrayList<>();
            String[] names = {"Ann", "Ben <b>bold</b>", "Cleo"};
            for (int i = 0; i < names.length; i++) {
                RoomPage person = new RoomPage(i == 0 ? chromium : chromium.newPage(), names[i]);
                person.join(server.page("kitchen"), 640, 360, 10);
                people.add(person);
            }
            for (RoomPage person : people) {
                person.awaitOthers(2);
            }
            // HTML in names is text.
            assertThat(people.get(0)
                            .page()
                            .evaluate("[...document.querySelectorAll('.who')].map((one) => one.textContent).join()"
                                    + " + document.querySelectorAll('.who b').length")
                            .getAsString())
                    .contains("Ben <b>bold</b>")
                    .endsWith("0");
            people.get(0).page().evaluate("void window.room.write('<i>hello</i>')");
            people.get(1).await("the line", 10, "document.getElementById('lines').textContent === 'Ann: <i>hello</i>'");
            people.get(2).page().evaluate("void window.room.end('left')");
            people.get(0).await("Cleo's leaving", 10, "document.querySelectorAll('.tile').length === 2");
            people.get(0).await("who speaks", 10, "window.room.speaker !== null");
            String folder = System.getProperty("yodel.screenshots");
            if (folder != null) {
                Files.write(Path.of(folder, "room.png"), chromium.screenshot(1280, 800));
                Files.write(Path.of(folder, "room-phone.png"), chromium.screenshot(390, 844));
            }
        }
    }
}
