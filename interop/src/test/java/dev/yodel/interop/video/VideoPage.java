package dev.yodel.interop.video;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.SessionDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A page with a moving picture and one call at a time, whose descriptions carry all candidates. */
final class VideoPage {
    private static final String SCRIPT =
            """
            void (window.$NAME = {
              codecs() {
                const known = ['VP8', 'H264', 'VP9', 'AV1', 'H265'];
                const sent = RTCRtpSender.getCapabilities('video').codecs.map((c) => c.mimeType);
                const shown = RTCRtpReceiver.getCapabilities('video').codecs.map((c) => c.mimeType);
                return known.filter((name) => sent.includes('video/' + name) && shown.includes('video/' + name));
              },
              async offer(codec, sends, wish) {
                const { width, height } = { width: 320, height: 240, ...wish };
                const pc = new RTCPeerConnection();
                this.pc = pc;
                let transceiver;
                if (sends) {
                  const canvas = document.createElement('canvas');
                  canvas.width = width;
                  canvas.height = height;
                  const paint = canvas.getContext('2d');
                  let tick = 0;
                  this.timer = setInterval(() => {
                    tick++;
                    paint.fillStyle = `hsl(${tick * 7 % 360}, 80%, 50%)`;
                    paint.fillRect(0, 0, width, height);
                    paint.fillStyle = 'white';
                    paint.fillRect(tick * 5 % (width - 20), tick * 3 % (height - 20), 20, 20);
                  }, 33);
                  const stream = canvas.captureStream(30);
                  const encoding = wish.mode ? [{ scalabilityMode: wish.mode, maxBitrate: 900000 }] : undefined;
                  transceiver = pc.addTransceiver(stream.getVideoTracks()[0],
                    { streams: [stream], ...(encoding && { sendEncodings: encoding }) });
                } else {
                  transceiver = pc.addTransceiver('video', {direction: 'recvonly'});
                }
                const all = RTCRtpReceiver.getCapabilities('video').codecs;
                const wanted = all.filter((c) => c.mimeType === 'video/' + codec);
                const repair = all.filter((c) => c.mimeType === 'video/rtx');
                if (wanted.length === 0) { throw new Error('no ' + codec); }
                transceiver.setCodecPreferences([...wanted, ...repair]);
                if (wish.descriptors) {
                  const extensions = transceiver.getHeaderExtensionsToNegotiate();
                  for (const extension of extensions) {
                    if (/dependency-descriptor|video-layers-allocation/.test(extension.uri)) {
                      extension.direction = 'sendrecv';
                    }
                  }
                  transceiver.setHeaderExtensionsToNegotiate(extensions);
                }
                await pc.setLocalDescription();
                await new Promise((done) => {
                  if (pc.iceGatheringState === 'complete') { done(); }
                  pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') { done(); } };
                });
                return pc.localDescription.sdp;
              },
              async answer(sdp) {
                await this.pc.setRemoteDescription({type: 'answer', sdp});
              },
              async figures() {
                const result = {};
                (await this.pc.getStats()).forEach((entry) => {
                  if (entry.type === 'inbound-rtp' && entry.kind === 'video') { Object.assign(result, entry); }
                });
                return result;
              },
              async sent() {
                const result = {};
                (await this.pc.getStats()).forEach((entry) => {
                  if (entry.type === 'outbound-rtp' && entry.kind === 'video') { Object.assign(result, entry); }
                });
                return result;
              },
              hangUp() { clearInterval(this.timer); this.pc.close(); },
            })""";

    private final BrowserPage page;
    private final String name;

    VideoPage(BrowserPage page) {
        this(page, "video");
    }

    /** One of several calls of a page. */
    VideoPage(BrowserPage page, String name) {
        this.page = page;
        this.name = "window." + name;
        page.evaluate(SCRIPT.replace("$NAME", name));
    }

    /** What it can both encode and decode, of the codecs that we carry. */
    List<String> codecs() {
        List<String> names = new ArrayList<>();
        for (JsonElement name : page.evaluate(name + ".codecs()").getAsJsonArray()) {
            names.add(name.getAsString());
        }
        return names;
    }

    /** The page offers, we answer. */
    void call(PeerConnection pc, String codec, boolean pageSends) throws Exception {
        call(pc, codec, pageSends, "{}");
    }

    /**
     * The page offers, we answer.
     *
     * @param wish JSON: width and height of what it sends, mode (its scalabilityMode), descriptors (whether it offers
     *     the extensions that tell of layers)
     */
    void call(PeerConnection pc, String codec, boolean pageSends, String wish) throws Exception {
        String offer = page.evaluate(name + ".offer('" + codec + "', " + pageSends + ", " + wish + ")")
                .getAsString();
        SessionDescription answer = pc.setRemoteDescription(SessionDescription.offer(offer))
                .thenCompose(done -> pc.setLocalDescription())
                .thenCompose(done -> pc.gatheringComplete())
                .get(20, TimeUnit.SECONDS);
        page.evaluate(name + ".answer(" + new JsonPrimitive(answer.sdp()) + ")");
    }

    /** Waits until the page has decoded pictures of ours. */
    void awaitPictures(String codec, int count) {
        Polling.until(count + " pictures of " + codec + ", " + page.console(), 25, () -> {
            return pictures() >= count ? true : null;
        });
    }

    /** What its statistics say of the picture that it sends. */
    String sent() {
        return page.evaluate(name + ".sent()").toString();
    }

    /** How many pictures of ours it has decoded. */
    int pictures() {
        JsonElement decoded =
                page.evaluate(name + ".figures()").getAsJsonObject().get("framesDecoded");
        return decoded == null ? 0 : decoded.getAsInt();
    }

    /** The width of the picture that was decoded last, 0 before the first. */
    int width() {
        JsonElement width = page.evaluate(name + ".figures()").getAsJsonObject().get("frameWidth");
        return width == null ? 0 : width.getAsInt();
    }

    /** How long the pictures of ours stood still, in seconds; browsers count from the first picture on. */
    double frozenSeconds() {
        JsonElement frozen =
                page.evaluate(name + ".figures()").getAsJsonObject().get("totalFreezesDuration");
        return frozen == null ? 0 : frozen.getAsDouble();
    }

    void hangUp() {
        page.evaluate(name + ".hangUp()");
    }
}
