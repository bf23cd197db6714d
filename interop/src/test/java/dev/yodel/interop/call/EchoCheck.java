package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.yodel.examples.audio.Clip;
import dev.yodel.examples.audio.Recording;
import dev.yodel.examples.audio.SharedClock;
import dev.yodel.examples.audio.Spectrum;
import dev.yodel.examples.serve.EchoBot;
import dev.yodel.examples.serve.EchoServer;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The echo server in this JVM, and what must hold when a browser's page calls it. */
final class EchoCheck implements AutoCloseable {
    /** How the page finds the frequency of what it hears. */
    enum Analysis {
        /** By an AnalyserNode on the running stream. */
        LIVE("Promise.resolve(window.echoCall.heard.peakHz())"),

        /**
         * By an AnalyserNode over a recording of the stream: Firefox runs no AudioContext on a machine without an audio
         * device, except one that renders off line.
         */
        RECORDED(
                """
                (async () => {
                  const track = window.echoCall.pc.getReceivers()[0].track;
                  const recorder = new MediaRecorder(new MediaStream([track]));
                  const pieces = [];
                  recorder.ondataavailable = (event) => pieces.push(event.data);
                  const stopped = new Promise((done) => { recorder.onstop = done; });
                  recorder.start();
                  await new Promise((done) => setTimeout(done, 1000));
                  recorder.stop();
                  await stopped;
                  const bytes = await new Blob(pieces).arrayBuffer();
                  const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes);
                  const context = new OfflineAudioContext(1, sound.length, 48000);
                  const source = context.createBufferSource();
                  source.buffer = sound;
                  const analyser = context.createAnalyser();
                  analyser.fftSize = 8192;
                  analyser.smoothingTimeConstant = 0;
                  source.connect(analyser).connect(context.destination);
                  source.start();
                  await context.startRendering();
                  const spectrum = new Float32Array(analyser.frequencyBinCount);
                  analyser.getFloatFrequencyData(spectrum);
                  let best = 0;
                  spectrum.forEach((value, i) => { if (value > spectrum[best]) { best = i; } });
                  return spectrum[best] > -60 ? (best * 48000) / 8192 : 0;
                })()""");

        private final String peakHz;

        Analysis(String peakHz) {
            this.peakHz = peakHz;
        }
    }

    private static final long SEED = new Random().nextLong();
    private static final Random RANDOM = new Random(SEED);

    private final PeerConnectionFactory factory;
    private final BlockingQueue<EchoBot> bots = new LinkedBlockingQueue<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final SharedClock clock = new SharedClock();
    private final EchoServer server;
    private String pageConfiguration = "{}";
    private volatile Recording.Collector heard = new Recording.Collector(48_000);

    EchoCheck(String host) throws IOException {
        this(host, Settings.DEFAULT, Configuration.DEFAULT);
    }

    EchoCheck(String host, Settings settings, Configuration configuration) throws IOException {
        factory = PeerConnectionFactory.builder().settings(settings).build();
        server = EchoServer.start(
                new InetSocketAddress(host, 0), OriginRule.OWN_PAGES, factory, configuration, log::add, bot -> {
                    bot.onHeard(
                            frame -> heard.add(frame.samples(), frame.channels(), clock.micros(), frame.concealed()));
                    bots.add(bot);
                });
    }

    /** What the page's connections are made with, as JSON; the page itself knows no servers. */
    void pageConfiguration(String json) {
        pageConfiguration = json;
    }

    /** A frequency that no other run is likely to use, in the middle of an analyser's bin neither. */
    static int randomHz() {
        return 400 + RANDOM.nextInt(1_600);
    }

    /** For failure messages. */
    String story(BrowserPage page) {
        return "seed " + SEED + ", server " + log + ", page says "
                + page.evaluate(
                        "document.getElementById('state').textContent + ', ' + document.getElementById('detail').textContent")
                + ", console " + page.console();
    }

    /** The bot's page, without a call. */
    void open(BrowserPage page) {
        heard = new Recording.Collector(48_000);
        page.navigate(server.page());
    }

    /**
     * One call: the page's tone comes back to it, and lies in our recording; then one side hangs up and the other
     * notices.
     *
     * @param page a browser's page
     * @param source microphone or tone
     * @param botOffers who offers
     * @param hz the frequency of the tone, or of the browser's pretended microphone
     * @param botHangsUp who hangs up
     * @param analysis how the page listens
     */
    void call(BrowserPage page, String source, boolean botOffers, int hz, boolean botHangsUp, Analysis analysis)
            throws InterruptedException {
        open(page);
        page.evaluate("void (window.RTCPeerConnection = class extends RTCPeerConnection { constructor() { super("
                + pageConfiguration + "); } })");
        page.evaluate("document.getElementById('source').value = '" + source + "'");
        page.evaluate("document.getElementById('offers').value = '" + (botOffers ? "bot" : "page") + "'");
        page.evaluate("import('/echo.js').then(module => module.call(" + hz + "))");
        final EchoBot bot = bots.poll(10, TimeUnit.SECONDS);
        assertThat(bot).as("a call, %s", story(page)).isNotNull();
        awaitTrue(page, "the connection", "window.echoCall?.pc.connectionState === 'connected'");
        awaitTrue(page, "the echo's track", "window.echoCall?.heard != null");
        awaitTrue(
                page, "the echo's " + hz + " Hz", analysis.peakHz + ".then(peak => Math.abs(peak - " + hz + ") < 12)");
        final double before = energy(page);
        awaitTrue(
                page,
                "rising totalAudioEnergy",
                "import('/media.js').then(module => module.figures(window.echoCall.pc))"
                        + ".then(figures => figures.totalAudioEnergy > " + before + " && figures.received > 50)");
        checkRecording(page, hz);
        hangUp(page, bot, botHangsUp);
    }

    private double energy(BrowserPage page) {
        final JsonObject figures = page.evaluate(
                        "import('/media.js').then(module => module.figures(window.echoCall.pc))")
                .getAsJsonObject();
        assertThat(figures.has("totalAudioEnergy"))
                .as("%s, %s", figures, story(page))
                .isTrue();
        return figures.get("totalAudioEnergy").getAsDouble();
    }

    private void checkRecording(BrowserPage page, int hz) {
        final int wanted = 48_000;
        Polling.until(
                "a second of recording", 10, () -> heard.recording().clip().samples().length >= wanted ? true : null);
        final Clip clip = heard.recording().clip();
        final int from = clip.samples().length - wanted;
        assertThat(Spectrum.strongestHz(clip, from, wanted))
                .as("our recording, %s", story(page))
                .isCloseTo(hz, within(3.0));
    }

    private void hangUp(BrowserPage page, EchoBot bot, boolean botHangsUp) {
        if (botHangsUp) {
            // Only the connection is closed, not the WebSocket: the page must learn of it by DTLS.
            page.evaluate("void (window.dtls = window.echoCall.pc.getReceivers()[0].transport)");
            bot.hangUp();
            awaitTrue(page, "the bot's hang-up", "window.dtls.state === 'closed'");
            page.evaluate("document.getElementById('hangup').click()");
        } else {
            page.evaluate("document.getElementById('hangup').click()");
        }
        Polling.until("the end of the call, " + story(page), 10, () -> server.calls() == 0 ? true : null);
        awaitTrue(page, "the page's end", "document.getElementById('state').textContent === 'not in a call'");
    }

    private void awaitTrue(BrowserPage page, String what, String expression) {
        try {
            Polling.until(what, 25, () -> page.evaluate(expression).getAsBoolean() ? true : null);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + story(page), e);
        }
    }

    @Override
    public void close() {
        server.close();
        factory.close();
    }
}
