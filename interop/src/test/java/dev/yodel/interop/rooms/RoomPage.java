package dev.yodel.interop.rooms;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Chromium;
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

    /** From here on the page neither says nor takes UDP candidates. Between opening the link and entering. */
    void tcpOnly() {
        page.evaluate(
                """
                void (() => {
                  const udp = (text) => / udp /i.test(text ?? '');
                  const send = WebSocket.prototype.send;
                  WebSocket.prototype.send = function(text) {
                    const message = JSON.parse(text);
                    if (message?.sdp) {
                      message.sdp = message.sdp.split('\\r\\n').filter((line) => !udp(line)).join('\\r\\n');
                    }
                    return udp(message?.candidate) ? undefined : send.call(this, JSON.stringify(message));
                  };
                  const add = RTCPeerConnection.prototype.addIceCandidate;
                  RTCPeerConnection.prototype.addIceCandidate = function(candidate) {
                    return udp(candidate?.candidate) ? Promise.resolve() : add.call(this, candidate);
                  };
                  const set = RTCPeerConnection.prototype.setRemoteDescription;
                  RTCPeerConnection.prototype.setRemoteDescription = function({ type, sdp }) {
                    const lines = sdp.split('\\r\\n').filter((line) => !(line.startsWith('a=candidate') && udp(line)));
                    return set.call(this, { type, sdp: lines.join('\\r\\n') });
                  };
                })()""");
    }

    /** The protocol of the pair in use. */
    String protocol() {
        return local("protocol");
    }

    /** The type of our candidate of the pair in use: host, prflx, relay. */
    String pair() {
        return local("candidateType");
    }

    private String local(String member) {
        return page.evaluate(
                        "window.room.pc.getStats().then((report) => report.get(report.get([...report.values()].find((one) =>"
                                + " one.type === 'transport' && one.selectedCandidatePairId).selectedCandidatePairId).localCandidateId)."
                                + member + ")")
                .getAsString();
    }

    /** Opens the link and joins. */
    void join(URI link, int width, int height, int fps) {
        open(link);
        enter(width, height, fps);
    }

    /** Opens the link. */
    void open(URI link) {
        page.navigate(link);
    }

    /** Joins with a tone and a pattern. */
    void enter(int width, int height, int fps) {
        enter("tone", width, height, fps);
    }

    /** Joins with a pattern, and a sound that the page can open: Firefox makes no tone where there is no audio device. */
    void enter(String sound, int width, int height, int fps) {
        page.evaluate("void (document.getElementById('name').value = " + new JsonPrimitive(name) + ","
                + "document.getElementById('source').value = " + new JsonPrimitive(sound) + ","
                + "document.getElementById('picture').value = 'pattern')");
        page.evaluate("window.joinRoom({width: " + width + ", height: " + height + ", fps: " + fps + "})");
    }

    /** From here on the pattern costs as much as its encoder may spend: blocks jump about in it. Before entering. */
    void costlyPattern() {
        page.evaluate(
                """
                void (() => {
                  const fill = CanvasRenderingContext2D.prototype.fillRect;
                  CanvasRenderingContext2D.prototype.fillRect = function(x, y, width, height) {
                    fill.call(this, x, y, width, height);
                    if (x === 0 && y === 0) {
                      for (let block = 0; block < 60; block++) {
                        this.fillStyle = `hsl(${Math.random() * 360}, 80%, ${20 + Math.random() * 60}%)`;
                        fill.call(this, Math.random() * width, Math.random() * height, width / 10, height / 10);
                      }
                    }
                  };
                })()""");
    }

    /** Joins to look on, with a voice that is silent and no picture. */
    void enterWithout() {
        page.evaluate("void (document.getElementById('name').value = " + new JsonPrimitive(name) + ","
                + "document.getElementById('source').value = 'none',"
                + "document.getElementById('picture').value = 'none')");
        page.evaluate("window.joinRoom()");
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
        return page.evaluate("document.getElementById('state').textContent + ' / '"
                        + " + document.getElementById('lobby-state').textContent + ' / ' + window.room?.pc?.connectionState"
                        + " + ' ' + [...(window.room?.tiles ?? [])].map(([key, tile]) => key + ':' + tile.video.videoWidth"
                        + " + '/' + tile.element.clientHeight + tile.element.dataset.sight + tile.video.hidden).join()"
                        + " + ' ' + window.room?.seats + ' ' + window.room?.view")
                .getAsString();
    }

    /** How many others' pictures are shown whose width is known. */
    static String pictures(int count) {
        return "[...document.querySelectorAll('.tile:not(.me) video')].filter((v) => v.videoWidth > 0).length === "
                + count;
    }

    /** Waits until so many others are decoded, with sound. */
    void awaitOthers(int count) {
        awaitOthers(count, count);
    }

    /** Waits for the sound of so many others, and so many pictures: screens have one and no sound. */
    void awaitOthers(int count, int pictures) {
        await(pictures + " pictures", 40, pictures(pictures));
        await(
                "sound of " + count,
                30,
                "window.room.pc.getStats().then((report) => [...report.values()].filter((entry) =>"
                        + " entry.type === 'inbound-rtp' && entry.kind === 'audio' && entry.totalAudioEnergy > 0)"
                        + ".length >= " + count + ")");
    }

    /** How wide somebody's picture is now. */
    static String width(String person, int pixels) {
        return "document.querySelector('[data-key=" + new JsonPrimitive(person) + "] video')?.videoWidth === " + pixels;
    }

    /** Changes the size of the window. */
    void size(int width, int height) {
        ((Chromium) page).screenshot(width, height);
    }

    /** What came of each place that shows somebody: frames decoded, their width, and the sound's energy. */
    JsonObject received() {
        return page.evaluate(
                        """
                        (async () => {
                          const inbound = async (mid) =>
                            [...(await window.room.transceiver(mid).receiver.getStats()).values()]
                              .find((one) => one.type === 'inbound-rtp') ?? {};
                          const all = {};
                          for (const [i, place] of window.room.places.entries()) {
                            const key = window.room.seats[i];
                            if (key) {
                              const [video, audio] = [await inbound(place.video), await inbound(place.audio)];
                              all[key] = {
                                frames: video.framesDecoded ?? 0,
                                width: video.frameWidth ?? 0,
                                energy: audio.totalAudioEnergy ?? 0,
                              };
                            }
                          }
                          return all;
                        })()""")
                .getAsJsonObject();
    }

    JsonObject figures() {
        return page.evaluate("window.room.figuresNow()").getAsJsonObject();
    }

    BrowserPage page() {
        return page;
    }
}
