package dev.yodel.interop.rooms;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Polling;
import java.net.URI;

/** The conference page in a browser, driven as a person would, with a tone and a pattern instead of devices. */
final class RoomPage {
    private final BrowserPage page;
    private final String name;

    RoomPage(BrowserPage page, String name) {
        this.page = page;
        this.name = name;
    }

    /** Opens the link and joins. */
    void join(URI link, int width, int height, int fps) {
        page.navigate(link);
        page.evaluate("void (document.getElementById('name').value = " + new JsonPrimitive(name) + ","
                + "document.getElementById('source').value = 'tone',"
                + "document.getElementById('picture').value = 'pattern')");
        page.evaluate("window.joinRoom({width: " + width + ", height: " + height + ", fps: " + fps + "})");
    }

    /** Waits until an expression is true. */
    void await(String what, int seconds, String expression) {
        try {
            Polling.until(
                    name + ": " + what, seconds, () -> page.evaluate(expression).getAsBoolean() ? true : null);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; state " + state() + ", console " + page.console(), e);
        }
    }

    String state() {
        return page.evaluate(
                        "document.getElementById('state').textContent + ' / '"
                                + " + document.getElementById('lobby-state').textContent + ' / ' + window.room?.pc?.connectionState")
                .getAsString();
    }

    /** How many others' pictures are shown whose width is known. */
    static String pictures(int count) {
        return "[...document.querySelectorAll('.tile:not(.me) video')].filter((v) => v.videoWidth > 0).length === "
                + count;
    }

    /** Waits until so many others are decoded, with sound. */
    void awaitOthers(int count) {
        await(count + " pictures", 40, pictures(count));
        await(
                "sound of " + count,
                30,
                "window.room.pc.getStats().then((report) => [...report.values()].filter((entry) =>"
                        + " entry.type === 'inbound-rtp' && entry.kind === 'audio' && entry.totalAudioEnergy > 0)"
                        + ".length >= " + count + ")");
    }

    JsonObject figures() {
        return page.evaluate("window.room.figuresNow()").getAsJsonObject();
    }

    BrowserPage page() {
        return page;
    }
}
